"""The compositor as a stream: order, depth, errors, what it keeps and what it gives back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.core.color import BT709
from gpu_export.core.geometry import Box, translate
from gpu_export.errors import DeviceError
from gpu_export.gl.compositor import GlCompositor
from gpu_export.gl.device import Device, PixelFormat
from gpu_export.gl.painter import Painter
from gpu_export.gl.textures import TexturePool
from gpu_export.render.damage import plan_damage
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import Layout, Target, plain_allocator
from gpu_export.render.looks import Luma
from gpu_export.render.scene import (
    Crossing,
    Gradient,
    GradientKind,
    GradientStop,
    Group,
    Layer,
    Picture,
    Solid,
)
from tests.gl.drawing import (
    BLACK,
    WHITE,
    flat_yuv,
    noise_yuv,
    quadrants,
    render,
    rgba_frame,
    rgba_target,
    scene,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import moderngl

    from gpu_export.render.frames import DecodedFrame, RenderedFrame
    from gpu_export.render.scene import Scene

pytestmark = pytest.mark.gl

TARGET = Target(16, 12, Layout.I420, BT709)


@pytest.fixture
def compositor(device: Device) -> Iterator[GlCompositor]:
    made = GlCompositor(device, TARGET, plain_allocator(TARGET))
    yield made
    made.close()


def submit(compositor: GlCompositor, drawn: Scene, inputs: Sequence[DecodedFrame] = ()) -> None:
    compositor.submit(plan_damage(drawn, inputs, TARGET), inputs)


def compose(compositor: GlCompositor, drawn: Scene, inputs: Sequence[DecodedFrame]) -> None:
    submit(compositor, drawn, inputs)
    compositor.collect()


def grey_box(level: int) -> Scene:
    shade = level / 255
    layer = Layer(Solid((shade, shade, shade, 1.0)), (8.0, 8.0), transform=translate(4, 2))
    return scene(TARGET, layer, background=BLACK, pictures=0)


def level_of(frame: RenderedFrame) -> int:
    return round((int(frame.planes[0][5, 8]) - 16) * 255 / 219)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_frames_come_back_in_order_at_every_depth(device: Device, depth: int) -> None:
    compositor = GlCompositor(device, TARGET, plain_allocator(TARGET), depth=depth)
    levels = list(range(0, 250, 25))
    seen: list[int] = []
    waiting = 0
    for level in levels:
        if waiting == compositor.depth:
            seen.append(level_of(compositor.collect()))
            waiting -= 1
        submit(compositor, grey_box(level))
        waiting += 1
    seen += [level_of(compositor.collect()) for _ in range(waiting)]
    compositor.close()
    assert seen == pytest.approx(levels, abs=1)


def test_frames_with_and_without_patches_keep_their_order(compositor: GlCompositor) -> None:
    plain = scene(TARGET, background=WHITE, pictures=0)
    for drawn, luma in ((grey_box(0), 16), (plain, 235), (grey_box(0), 16)):
        submit(compositor, drawn)
        if luma == 235:
            compositor.collect()
            assert compositor.collect().planes[0][5, 8] == 235


def test_each_frame_is_the_callers_own(compositor: GlCompositor) -> None:
    submit(compositor, grey_box(100))
    submit(compositor, grey_box(200))
    first, second = compositor.collect(), compositor.collect()
    assert not any(np.shares_memory(a, b) for a, b in zip(first.planes, second.planes, strict=True))
    assert (level_of(first), level_of(second)) == pytest.approx((100, 200), abs=1)


def test_submitting_beyond_the_depth_raises(compositor: GlCompositor) -> None:
    submit(compositor, grey_box(1))
    submit(compositor, grey_box(2))
    with pytest.raises(RuntimeError, match="2 frames are in flight"):
        submit(compositor, grey_box(3))


def test_collecting_nothing_raises(compositor: GlCompositor) -> None:
    with pytest.raises(RuntimeError, match="no frame is in flight"):
        compositor.collect()


def test_use_after_close_raises(compositor: GlCompositor) -> None:
    compositor.close()
    compositor.close()
    with pytest.raises(RuntimeError, match="closed"):
        submit(compositor, grey_box(1))
    with pytest.raises(RuntimeError, match="closed"):
        compositor.collect()


def test_closing_with_frames_in_flight_leaves_nothing(
    device: Device, compositor: GlCompositor
) -> None:
    inputs = (noise_yuv(Layout.I420, 20, 20),)
    layer = Layer(Picture(0), (9.5, 9.5), effects=(GaussianBlur(8.0),))
    submit(compositor, scene(TARGET, layer), inputs)
    submit(compositor, scene(TARGET, layer), inputs)
    compositor.close()
    assert device.live_objects == 0


def test_depth_must_be_at_least_one(device: Device) -> None:
    with pytest.raises(ValueError, match="depth"):
        GlCompositor(device, TARGET, plain_allocator(TARGET), depth=0)


def test_a_canvas_beyond_the_texture_limit_is_refused_in_words(device: Device) -> None:
    target = Target(device.max_texture_size + 2, 16, Layout.I420, BT709)
    with pytest.raises(DeviceError, match="px a side"):
        GlCompositor(device, target, plain_allocator(target))


class FailingDevice(Device):
    """Runs out of memory at the object with this number."""

    def __init__(self, context: moderngl.Context, failing: int) -> None:
        super().__init__(context)
        self._left = failing

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise DeviceError("out of memory")

    def texture(self, size: tuple[int, int], pixel_format: PixelFormat) -> moderngl.Texture:
        self._step()
        return super().texture(size, pixel_format)

    def framebuffer(self, texture: moderngl.Texture) -> moderngl.Framebuffer:
        self._step()
        return super().framebuffer(texture)

    def buffer(self, size: int) -> moderngl.Buffer:
        self._step()
        return super().buffer(size)

    def program(self, vertex: str, fragment: str) -> moderngl.Program:
        self._step()
        return super().program(vertex, fragment)

    def vertex_array(self, program: moderngl.Program) -> moderngl.VertexArray:
        self._step()
        return super().vertex_array(program)


@pytest.mark.parametrize("failing", range(10))
def test_a_failing_constructor_gives_back_what_it_took(device: Device, failing: int) -> None:
    broken = FailingDevice(device.context, failing)
    with pytest.raises(DeviceError, match="out of memory"):
        GlCompositor(broken, TARGET, plain_allocator(TARGET))
    assert broken.live_objects == 0


@pytest.mark.parametrize("failing", range(10, 32))
def test_a_failure_while_composing_leaves_nothing_after_close(device: Device, failing: int) -> None:
    broken = FailingDevice(device.context, failing)
    compositor = GlCompositor(broken, TARGET, plain_allocator(TARGET))
    inputs = (noise_yuv(Layout.I420, 20, 20),)
    layer = Layer(Picture(0), (9.5, 9.5), effects=(GaussianBlur(2.0),))
    with pytest.raises(DeviceError, match="out of memory"):
        compose(compositor, scene(TARGET, layer), inputs)
    compositor.close()
    assert broken.live_objects == 0


def counting(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[Any]:
    """Replaces a method by one that also notes its first argument."""
    calls: list[Any] = []
    original: Callable[..., Any] = getattr(owner, name)

    def counted(self: object, *args: Any, **kwargs: Any) -> Any:
        calls.append(args[0])
        return original(self, *args, **kwargs)

    monkeypatch.setattr(owner, name, counted)
    return calls


def test_a_still_is_uploaded_once_however_long_and_often_it_is_shown(
    compositor: GlCompositor, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = counting(monkeypatch, TexturePool, "upload")
    still = rgba_frame(quadrants(4, 4))
    for shift in range(4):
        layers = [
            Layer(Picture(0), (4.0, 4.0), transform=translate(shift, y)) for y in (0.0, 2.0, 5.5)
        ]
        submit(compositor, scene(TARGET, *layers, background=BLACK, pictures=1), [still])
        compositor.collect()
    assert len([plane for plane in uploads if plane is still.planes[0]]) == 1


def test_unchanged_patches_are_not_composed_again_over_a_moving_base(
    compositor: GlCompositor, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = counting(monkeypatch, Painter, "_draw")
    logo = rgba_frame(quadrants(4, 4))
    layers = (
        Layer(Picture(0), (16.0, 12.0)),
        Layer(Picture(1), (4.0, 4.0), transform=translate(2, 2)),
    )
    for seed in range(3):
        base = noise_yuv(Layout.I420, 16, 12, seed)
        submit(compositor, scene(TARGET, *layers, pictures=2), [base, logo])
        luma = compositor.collect().planes[0]
        assert np.array_equal(luma[8:], base.planes[0][8:])
        assert luma[3, 3] == 63
    assert len(draws) == 1


@pytest.mark.parametrize("changed", ["picture", "opacity"])
def test_a_patch_is_composed_again_when_anything_in_it_changes(
    compositor: GlCompositor, changed: str
) -> None:
    pictures = [rgba_frame(np.full((4, 4, 4), level, np.uint8)) for level in (255, 128)]
    layer = Layer(Picture(0), (4.0, 4.0), transform=translate(2, 2))
    lumas = []
    for index in range(2):
        shown = pictures[index] if changed == "picture" else pictures[0]
        drawn = replace(layer, opacity=0.5) if changed == "opacity" and index else layer
        submit(compositor, scene(TARGET, drawn, background=BLACK, pictures=1), [shown])
        lumas.append(int(compositor.collect().planes[0][3, 3]))
    assert lumas == pytest.approx([235, 126], abs=1)


def test_a_group_is_kept_while_what_moves_around_it_changes(
    compositor: GlCompositor, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvases = counting(monkeypatch, Painter, "_draw")
    group = Group(4, 4, BLACK, (Layer(Solid(WHITE), (2.0, 2.0)),))
    for x in range(3):
        layer = Layer(group, (4.0, 4.0), transform=translate(2 * x, 2))
        submit(compositor, scene(TARGET, layer, background=BLACK, pictures=0))
        compositor.collect()
    assert len(canvases) == 3 + 1


def test_memory_stays_bounded_while_everything_changes(
    device: Device, compositor: GlCompositor
) -> None:
    counts = []
    for index in range(12):
        base = noise_yuv(Layout.I420, 20, 20, index)
        layer = Layer(Picture(0), (9.0 + index / 10, 9.5))
        submit(compositor, scene(TARGET, layer, background=BLACK, pictures=1), [base])
        compositor.collect()
        counts.append(device.live_objects)
    assert counts[-1] == counts[4]


def test_samples_outside_patches_and_under_transparency_stay_bit_exact(device: Device) -> None:
    for layout in (Layout.I420, Layout.I422, Layout.I444_10, Layout.NV12, Layout.P010):
        target = Target(16, 12, layout, BT709)
        base = noise_yuv(layout, 16, 12)
        clear = rgba_frame(np.zeros((12, 16, 4), np.uint8))
        layers = (Layer(Picture(0), (16.0, 12.0)), Layer(Picture(1), (16.0, 12.0)))
        frame = render(device, scene(target, *layers), (base, clear), target)
        for plane, original in zip(frame.planes, base.planes, strict=True):
            assert np.array_equal(plane, original), layout


def test_two_compositors_share_a_device_without_disturbing_each_other(device: Device) -> None:
    first, second = (GlCompositor(device, TARGET, plain_allocator(TARGET)) for _ in range(2))
    submit(first, grey_box(50))
    submit(second, grey_box(150))
    submit(first, grey_box(100))
    second_frame = second.collect()
    second.close()
    assert level_of(second_frame) == pytest.approx(150, abs=1)
    assert [level_of(first.collect()) for _ in range(2)] == pytest.approx([50, 100], abs=1)
    first.close()


def test_an_input_frame_may_change_after_submit(compositor: GlCompositor) -> None:
    base = flat_yuv(Layout.I420, 16, 12, (1.0, 1.0, 1.0), BT709)
    layers = (Layer(Picture(0), (16.0, 12.0)), Layer(Solid(BLACK), (4.0, 4.0)))
    submit(compositor, scene(TARGET, *layers, pictures=1), [base])
    base.planes[0][...] = 77
    luma = compositor.collect().planes[0]
    assert (luma[1, 1], luma[8, 8]) == (16, 235)


def test_a_frame_without_anything_is_the_background(device: Device) -> None:
    target = rgba_target(3, 2)
    frame = render(device, scene(target, background=(1.0, 0.5, 0.0, 1.0), pictures=0), (), target)
    assert (frame.planes[0] == [255, 128, 0, 255]).all()


def test_blits_and_patches_meet_in_one_frame(device: Device) -> None:
    small = flat_yuv(Layout.I420, 8, 8, (1.0, 1.0, 1.0), BT709)
    layers = (
        Layer(Picture(0), (8.0, 8.0), transform=translate(2, 2)),
        Layer(Solid((0.0, 0.0, 0.0, 0.5)), (16.0, 6.0)),
    )
    drawn = scene(TARGET, *layers, background=BLACK, pictures=1)
    plan = plan_damage(drawn, [small], TARGET)
    assert [blit.box for blit in plan.blits] == [Box(2, 2, 10, 10)]
    luma = render(device, drawn, [small], TARGET).planes[0]
    assert (luma[8, 4], luma[4, 4], luma[4, 14]) == pytest.approx((235, 126, 16), abs=1)


def test_the_target_colour_travels_with_the_frame(compositor: GlCompositor) -> None:
    submit(compositor, grey_box(9))
    frame = compositor.collect()
    assert (frame.layout, frame.color) == (TARGET.layout, TARGET.color)


def test_a_field_of_time_is_never_a_canvas_of_fewer_levels(device: Device) -> None:
    whole = (64.0, 4.0)
    dark, light = (0.5, 0.5, 0.5, 1.0), (0.52, 0.52, 0.52, 1.0)
    stops = (GradientStop(0.0, dark), GradientStop(1.0, light))
    ramp = (Layer(Gradient(GradientKind.LINEAR, 90.0, stops, whole), whole),)
    sides = (Layer(Solid(BLACK), whole),), (Layer(Solid(WHITE), whole),)
    crossing = Layer(Crossing(64, 4, *sides, 0.51, Luma(ramp, 0.004, invert=False)), whole)
    below = Layer(Group(64, 4, BLACK, ramp), whole)
    target = rgba_target(64, 4)
    alone = render(device, scene(target, crossing, pictures=0), (), target)
    covering = render(device, scene(target, below, crossing, pictures=0), (), target)
    np.testing.assert_array_equal(covering.planes[0], alone.planes[0])
