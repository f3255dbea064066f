"""From the caller's wishes to one compositor, with the reason for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export import backends
from gpu_export.engine.options import CompositorChoice, Mode
from gpu_export.engine.report import Choice
from gpu_export.usershaders.shelf import EMPTY_SHELF

if TYPE_CHECKING:
    from gpu_export.backends import ChosenCompositor
    from gpu_export.engine.options import ExportOptions
    from gpu_export.errors import DeviceError
    from gpu_export.usershaders.shelf import Shelf


NEEDS_GL = "the project has shaders of its own, which only GL can run"


def choose_compositor(options: ExportOptions, shaders: Shelf = EMPTY_SHELF) -> ChosenCompositor:
    """An explicit choice wins over the mode; the mode sets the default.

    Projects with shaders of their own get GL in a process of its own, whatever kind there is.

    Raises:
        DeviceError: GL was asked for by name or is needed, and does not work here.
    """
    if shaders:
        reason = "asked for" if options.compositor is CompositorChoice.GL else NEEDS_GL
        return backends.guarded_gl_compositor(options.device_index, reason, options.shader_timeout)
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
    options: ExportOptions, failed: ChosenCompositor, failure: DeviceError, shaders: Shelf
) -> ChosenCompositor | None:
    """What draws on after a device failed in mid-export; None where nothing else may.

    Who asked for GL by name gets no other: the failure is then the answer. So it is where the
    project's own shaders need GL.
    """
    if options.compositor is CompositorChoice.GL or failed.name == "cpu" or shaders:
        return None
    return backends.cpu_compositor(f"{failed.name} failed: {failure.message}")


def as_choice(options: ExportOptions, chosen: ChosenCompositor) -> Choice:
    """The choice as the report shows it."""
    asked = options.compositor.value
    if options.compositor is CompositorChoice.AUTO:
        asked = f"auto (mode {options.mode.value})"
    return Choice(asked, f"{chosen.name} ({chosen.detail})", chosen.reason)
