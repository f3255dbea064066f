from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.geometry import Box
from gpu_export.gl.device import PixelFormat
from gpu_export.gl.pipeline import Blend, Pipelines
from gpu_export.gl.shaders import ShaderLibrary
from gpu_export.gl.textures import Surface, TexturePool
from gpu_export.resources import shader_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.gl.device import Device
    from gpu_export.gl.pipeline import UniformValue

pytestmark = pytest.mark.gl

WHOLE = Box(0, 0, 4, 4)


@pytest.fixture
def pipelines(device: Device) -> Iterator[Pipelines]:
    made = Pipelines(device, ShaderLibrary(shader_dir()))
    yield made
    made.close()


@pytest.fixture
def pool(device: Device) -> Iterator[TexturePool]:
    made = TexturePool(device)
    yield made
    made.close()


def read(surface: Surface) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    width, height = surface.size
    data = surface.framebuffer.read(components=4)
    return np.frombuffer(data, np.uint8).reshape(height, width, 4)


def solid(color: tuple[float, float, float, float]) -> dict[str, UniformValue]:
    return {"color": color, "opacity": 1.0}


def test_a_draw_depends_on_nothing_an_earlier_one_has_set(
    pipelines: Pipelines, pool: TexturePool
) -> None:
    target, elsewhere = (pool.acquire((4, 4), PixelFormat.RGBA8) for _ in range(2))
    source = pool.upload(np.arange(64, dtype=np.uint8).reshape(4, 4, 4))
    replace = pipelines.get("solid.frag", (), Blend.REPLACE)
    blur = pipelines.get("blur.frag", (), Blend.REPLACE)
    over = pipelines.get("solid.frag", (), Blend.OVER)

    replace.draw(target, Box(1, 0, 3, 4), {}, solid((0.2, 0.4, 0.6, 0.5)))
    first = read(target).copy()
    taps: dict[str, UniformValue] = {"direction": (1, 0), "reach": 2, "sigma": 1.0}
    blur.draw(elsewhere, WHOLE, {"content_map": source}, taps)
    over.draw(elsewhere, Box(0, 0, 1, 1), {}, solid((1.0, 1.0, 1.0, 1.0)))
    replace.draw(target, Box(1, 0, 3, 4), {}, solid((0.2, 0.4, 0.6, 0.5)))

    assert np.array_equal(read(target), first)


def test_regions_are_exact_and_row_0_is_on_top(pipelines: Pipelines, pool: TexturePool) -> None:
    target = pool.acquire((4, 4), PixelFormat.RGBA8)
    target.clear((0.0, 0.0, 0.0, 0.0))
    draw = pipelines.get("solid.frag", (), Blend.REPLACE)
    draw.draw(target, Box(1, 0, 4, 2), {}, solid((1.0, 1.0, 1.0, 1.0)))
    expected = np.zeros((4, 4))
    expected[0:2, 1:4] = 255
    assert np.array_equal(read(target)[..., 0], expected)


def test_over_blends_premultiplied(pipelines: Pipelines, pool: TexturePool) -> None:
    target = pool.acquire((4, 4), PixelFormat.RGBA8)
    target.clear((0.0, 0.0, 1.0, 1.0))
    draw = pipelines.get("solid.frag", (), Blend.OVER)
    draw.draw(target, WHOLE, {}, solid((0.4, 0.0, 0.0, 0.4)))
    assert read(target)[2, 2].tolist() == [102, 0, 153, 255]


@pytest.mark.parametrize("uniforms", [{"opacity": 1.0}, {"colour": (0.0,) * 4, "opacity": 1.0}])
def test_missing_and_misspelt_uniforms_are_refused(
    pipelines: Pipelines, pool: TexturePool, uniforms: dict[str, UniformValue]
) -> None:
    target = pool.acquire((4, 4), PixelFormat.RGBA8)
    with pytest.raises(ValueError, match="not given: color"):
        pipelines.get("solid.frag", (), Blend.REPLACE).draw(target, WHOLE, {}, uniforms)


def test_a_missing_texture_is_refused(pipelines: Pipelines, pool: TexturePool) -> None:
    target = pool.acquire((4, 4), PixelFormat.RGBA8)
    with pytest.raises(ValueError, match="content_map"):
        pipelines.get("blur.frag", (), Blend.REPLACE).draw(target, WHOLE, {}, {})


def test_a_pipeline_is_made_once_and_programs_are_shared(
    device: Device, pipelines: Pipelines
) -> None:
    first = pipelines.get("solid.frag", (), Blend.REPLACE)
    assert pipelines.get("solid.frag", (), Blend.REPLACE) is first
    assert device.live_objects == 2
    pipelines.get("solid.frag", (), Blend.OVER)
    assert device.live_objects == 3
