from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.errors import DeviceError, ShaderError
from gpu_export.gl import probe
from gpu_export.gl.compositor import GlCompositor
from gpu_export.gl.pipeline import Pipelines
from gpu_export.gl.probe import probe_render

if TYPE_CHECKING:
    from collections.abc import Callable

    from gpu_export.gl.device import Device
    from gpu_export.render.frames import Plane, RenderedFrame

pytestmark = pytest.mark.gl


def test_a_sound_driver_passes(device: Device) -> None:
    probe_render(device)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda planes: tuple(plane[::-1] for plane in planes),
        lambda planes: (planes[0], planes[2], planes[1]),
        lambda planes: (np.clip(planes[0], 16, 235), *planes[1:]),
        lambda planes: (planes[0] - np.uint8(5), *planes[1:]),
    ],
    ids=["upside down", "chroma swapped", "clamped", "too dark"],
)
def test_a_driver_that_draws_wrong_pixels_is_found_out(
    device: Device,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[tuple[Plane, ...]], tuple[Plane, ...]],
) -> None:
    class Saboteur(GlCompositor):
        def collect(self) -> RenderedFrame:
            frame = super().collect()
            return replace(frame, planes=spoil(frame.planes))

    monkeypatch.setattr(probe, "GlCompositor", Saboteur)
    with pytest.raises(DeviceError, match="draws wrong colours") as error:
        probe_render(device)
    assert error.value.reasons


def test_a_refused_shader_counts_as_an_unusable_device(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ShaderError(file="stage/pack.frag", line=7, log="syntax error")

    monkeypatch.setattr(Pipelines, "get", refuse)
    with pytest.raises(DeviceError, match="refuses a shader") as error:
        probe_render(device)
    assert "stage/pack.frag:7" in error.value.reasons[0]
