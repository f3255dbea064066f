"""Patches that read their base, cut into bands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu_export.core.color import BT709, ChromaLocation
from gpu_export.core.geometry import Box
from gpu_export.cpu.bands import bands_of
from gpu_export.cpu.cache import FrameCache
from gpu_export.cpu.compositor import CpuCompositor
from gpu_export.cpu.mixer import patch_stack
from gpu_export.cpu.patch import blend, plane_patches
from gpu_export.cpu.raster import Rasterizer
from gpu_export.cpu.space import Space
from gpu_export.render.damage import Patch, plan_damage
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import DecodedFrame, Layout, RenderedFrame, plain_allocator
from gpu_export.render.planes import base_picture, start_frame
from gpu_export.render.scene import Below, BlendMode, Light, Scene
from tests.builders import RED, a_frame, a_layer, a_picture, a_solid, a_target, ramp_colors

SIZE = (256.0, 600.0)
BOX = Box(0, 0, 256, 600)


def _scene(mode: BlendMode, light: Light) -> Scene:
    layers = (
        a_picture(SIZE),
        replace(a_picture(SIZE, slot=1, opacity=0.7), blend=mode),
        replace(a_solid(RED, (101.5, 403.0), (20.0, 33.5)), blend=mode, radius=9.0),
    )
    return Scene(256, 600, layers=layers, light=light)


def _composed_whole(scene: Scene) -> RenderedFrame:
    """The same without bands."""
    inputs, target = _inputs(), a_target(256, 600)
    plan = plan_damage(scene, inputs, target)
    frame = plain_allocator(target)()
    start_frame(frame, plan, inputs)
    (patch,) = plan.patches
    rasterizer = Rasterizer(Space.of(target), FrameCache(1 << 28))
    stack = patch_stack(
        rasterizer, patch, inputs, patch.box, base_picture(frame, target, patch.box)
    )
    assert stack is not None
    blend(frame, plane_patches(stack, target))
    return frame


def _inputs() -> tuple[DecodedFrame, ...]:
    return (
        a_frame(ramp_colors(256, 600)),
        a_frame(np.ascontiguousarray(ramp_colors(256, 600)[::-1, ::-1])),
    )


@pytest.mark.parametrize(
    ("mode", "light"),
    [
        (BlendMode.SOFT_LIGHT, Light.GAMMA),
        (BlendMode.LUMINOSITY, Light.GAMMA),
        (BlendMode.NORMAL, Light.LINEAR),
    ],
)
def test_bands_show_what_the_whole_patch_shows(mode: BlendMode, light: Light) -> None:
    scene, target = _scene(mode, light), a_target(256, 600)
    plan = plan_damage(scene, _inputs(), target)
    assert len(list(bands_of(plan.patches[0], target, 4))) > 1
    compositor = CpuCompositor(target, plain_allocator(target))
    compositor.submit(plan, _inputs())
    for plane, whole in zip(
        compositor.collect().planes, _composed_whole(scene).planes, strict=True
    ):
        np.testing.assert_allclose(plane.astype(int), whole.astype(int), atol=1)


def test_bands_cover_a_patch_once_and_end_on_chroma_rows() -> None:
    patch = Patch(Box(10, 4, 1930, 1079), (a_solid(RED, (1920.0, 1080.0)),))
    bands = list(bands_of(patch, a_target(1940, 1080), 4))
    assert [band.y0 for band in bands[1:]] == [band.y1 for band in bands[:-1]]
    assert (bands[0].y0, bands[-1].y1) == (4, 1079)
    assert all(band.y0 % 2 == 0 and band.height <= 36 for band in bands)
    assert {(band.x0, band.x1) for band in bands} == {(10, 1930)}


def test_patches_whose_rows_depend_on_one_another_stay_whole() -> None:
    target = a_target(1920, 1080)
    looks_around = Patch(BOX, (a_layer(Below(), SIZE, effects=(GaussianBlur(3.0),)),))
    assert list(bands_of(looks_around, target, 4)) == [BOX]
    on_rows = replace(BT709, chroma_location=ChromaLocation.TOP_LEFT)
    plain = Patch(BOX, (a_solid(RED, SIZE),))
    sited = a_target(1920, 1080, Layout.I420, on_rows)
    assert list(bands_of(plain, sited, 4)) == [BOX]
