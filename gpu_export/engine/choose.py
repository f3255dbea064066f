"""From the caller's wishes to one compositor, with the reason for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export import backends
from gpu_export.engine.options import CompositorChoice, Mode
from gpu_export.engine.report import Choice

if TYPE_CHECKING:
    from gpu_export.backends import ChosenCompositor
    from gpu_export.engine.options import ExportOptions
    from gpu_export.errors import DeviceError


def choose_compositor(options: ExportOptions) -> ChosenCompositor:
    """An explicit choice wins over the mode; the mode sets the default.

    Raises:
        DeviceError: GL was asked for by name and does not work here.
    """
    match options.compositor:
        case CompositorChoice.CPU:
            return backends.cpu_compositor("asked for")
        case CompositorChoice.GL:
            return backends.gl_compositor(options.device_index, "asked for")
        case CompositorChoice.AUTO:
            return _by_mode(options)


def _by_mode(options: ExportOptions) -> ChosenCompositor:
    match options.mode:
        case Mode.STABLE:
            return backends.cpu_compositor("mode stable")
        case Mode.EXPERIMENTAL:
            return backends.daring_compositor(options.device_index)
        case Mode.AUTO:
            return backends.auto_compositor(options.device_index)


def fallback_compositor(
    options: ExportOptions, failed: ChosenCompositor, failure: DeviceError
) -> ChosenCompositor | None:
    """What draws on after a device failed in mid-export; None where nothing else may.

    Who asked for GL by name gets no other: the failure is then the answer.
    """
    if options.compositor is CompositorChoice.GL or failed.name == "cpu":
        return None
    return backends.cpu_compositor(f"{failed.name} failed: {failure.message}")


def as_choice(options: ExportOptions, chosen: ChosenCompositor) -> Choice:
    """The choice as the report shows it."""
    asked = options.compositor.value
    if options.compositor is CompositorChoice.AUTO:
        asked = f"auto (mode {options.mode.value})"
    return Choice(asked, f"{chosen.name} ({chosen.detail})", chosen.reason)
