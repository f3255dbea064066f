"""GL in a process of its own: the same pictures, and an end to whatever hangs."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.color import BT709
from gpu_export.core.geometry import translate
from gpu_export.errors import DeviceError, ShaderError, ShaderStopped
from gpu_export.gl.compositor import GlCompositor
from gpu_export.guard.channel import Channel, portable
from gpu_export.guard.compositor import GuardedCompositor
from gpu_export.guard.memory import SharedBlock, byte_count, plane_shapes
from gpu_export.guard.messages import Failed, Trim
from gpu_export.guard.process import GuardProcess
from gpu_export.guard.worker import Worker, serve
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import Layout, Target, plain_allocator
from gpu_export.render.programs import Moment
from gpu_export.render.scene import Layer, Picture, Shader
from gpu_export.usershaders.inputs import settled
from gpu_export.usershaders.isf import read_generator
from gpu_export.usershaders.shader import Setting
from tests.gl.drawing import noise_yuv, quadrants, rgba_frame, rgba_target, scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.gl.device import Device
    from gpu_export.render.compositor import Compositor
    from gpu_export.render.frames import DecodedFrame, RenderedFrame
    from gpu_export.render.scene import Scene

pytestmark = pytest.mark.gl

SIZE = (16, 12)
# Some drivers end a loop after 65536 rounds, so each round is made to take long.
ENDLESS = """void main() {
  float sum = gl_FragCoord.x;
  for (int i = 0; i < 60000; ++i) {
    for (int j = 0; j < 60000; ++j) sum = sin(sum) + cos(sum * 1.1) + exp(-sum * sum)
      + pow(abs(sum), 0.3) + atan(sum) + log(abs(sum) + 1.0) + tan(sum) + fract(sum * 7.0);
  }
  gl_FragColor = vec4(sum);
}"""


@pytest.fixture
def process() -> Iterator[GuardProcess]:
    with closing(GuardProcess(60.0)) as guard:
        guard.open(0)
        yield guard


def shader(source: str, size: tuple[int, int] = SIZE) -> Layer:
    setting = Setting(Moment(), (), "/tracks/0/clips/0", '/tracks/0/clips/0 "sky"')
    read = read_generator(source, "sky.glsl")
    run = read.run(settled(read.inputs, {}), size, setting)
    return Layer(Shader(run), (float(size[0]), float(size[1])))


def composed(
    compositor: Compositor, drawn: Scene, target: Target, *inputs: DecodedFrame
) -> RenderedFrame:
    compositor.submit(plan_damage(drawn, inputs, target), inputs)
    return compositor.collect()


@pytest.mark.parametrize(
    "layout", [Layout.RGBA, Layout.I420, Layout.P010], ids=lambda one: one.name
)
def test_pictures_are_those_of_the_compositor_inside(
    process: GuardProcess, gl_device: Device, layout: Layout
) -> None:
    target = rgba_target(*SIZE) if layout is Layout.RGBA else Target(*SIZE, layout, BT709)
    film = noise_yuv(Layout.I420, *SIZE)
    logo = rgba_frame(quadrants(8, 6))
    layers = (Layer(Picture(0), (16.0, 12.0)), Layer(Picture(1), (8.0, 6.0)))
    drawn = scene(target, *layers, pictures=2)
    with closing(
        GlCompositor(gl_device, target, plain_allocator(target), cache_bytes=1 << 26)
    ) as inside:
        expected = composed(inside, drawn, target, film, logo)
    with closing(
        GuardedCompositor(process, 0, target, plain_allocator(target), cache_bytes=1 << 26)
    ) as guarded:
        found = composed(guarded, drawn, target, film, logo)
    for one, other in zip(found.planes, expected.planes, strict=True):
        np.testing.assert_array_equal(one, other)


def test_frames_come_in_order_whether_they_repeat_or_change(process: GuardProcess) -> None:
    target = rgba_target(*SIZE)
    frames = [rgba_frame(np.full((12, 16, 4), level, np.uint8)) for level in (10, 20, 30, 40)]
    drawn = scene(target, Layer(Picture(0), (16.0, 12.0)), pictures=1)
    seen = []
    with closing(
        GuardedCompositor(process, 0, target, plain_allocator(target), cache_bytes=1 << 26)
    ) as guarded:
        order = [0, 0, 1, 2, 1, 3]
        for index in order:
            if index == 1:
                guarded.submit(plan_damage(drawn, [frames[0]], target), [frames[0]])
                guarded.collect()
            guarded.submit(plan_damage(drawn, [frames[index]], target), [frames[index]])
            seen.append(int(guarded.collect().planes[0][0, 0, 3]))
    assert seen == [10, 10, 20, 30, 20, 40]


def test_compositors_side_by_side_keep_their_pictures_apart(process: GuardProcess) -> None:
    target = rgba_target(*SIZE)
    frames = [rgba_frame(np.full((12, 16, 4), level, np.uint8)) for level in (10, 20, 30)]
    drawn = scene(target, Layer(Picture(0), (16.0, 12.0)), pictures=1)
    seen = []
    with (
        closing(
            GuardedCompositor(process, 0, target, plain_allocator(target), cache_bytes=1 << 26)
        ) as first,
        closing(
            GuardedCompositor(process, 1, target, plain_allocator(target), cache_bytes=1 << 26)
        ) as second,
    ):
        for compositor, index in ((first, 0), (second, 1), (first, 0), (second, 2), (first, 1)):
            shown = composed(compositor, drawn, target, frames[index])
            seen.append(int(shown.planes[0][0, 0, 3]))
    assert seen == [10, 20, 10, 30, 20]


def test_a_frame_may_have_hundreds_of_pictures(process: GuardProcess) -> None:
    count = 300
    target = rgba_target(count, 2)
    frames = [rgba_frame(np.full((2, 2, 4), n % 256, np.uint8)) for n in range(count)]
    layers = [
        Layer(Picture(n), (1.0, 2.0), transform=translate(float(n), 0.0)) for n in range(count)
    ]
    drawn = scene(target, *layers, pictures=count)
    with closing(
        GuardedCompositor(process, 0, target, plain_allocator(target), cache_bytes=1 << 26)
    ) as guarded:
        shown = composed(guarded, drawn, target, *frames)
    assert shown.planes[0][0, :, 3].tolist() == [n % 256 for n in range(count)]


def test_two_frames_may_be_in_flight_and_no_more(process: GuardProcess) -> None:
    target = rgba_target(*SIZE)
    drawn = scene(target, shader("void main() { gl_FragColor = vec4(1.0); }"), pictures=0)
    plan = plan_damage(drawn, (), target)
    with closing(
        GuardedCompositor(process, 0, target, plain_allocator(target), cache_bytes=1 << 26)
    ) as guarded:
        guarded.submit(plan, ())
        guarded.submit(plan, ())
        with pytest.raises(RuntimeError, match="in flight"):
            guarded.submit(plan, ())
    with pytest.raises(RuntimeError, match="closed"):
        guarded.collect()


def test_a_shader_that_runs_away_is_stopped_and_named() -> None:
    target = rgba_target(512, 512)
    drawn = scene(target, shader(ENDLESS, (512, 512)), pictures=0)
    with closing(GuardProcess(60.0)) as process:
        process.open(0)
        process.limit_s = 1.0
        with (
            closing(
                GuardedCompositor(process, 0, target, plain_allocator(target), cache_bytes=1 << 26)
            ) as guarded,
            pytest.raises(ShaderStopped) as error,
        ):
            composed(guarded, drawn, target)
        assert (error.value.file, error.value.clip) == ("sky.glsl", '/tracks/0/clips/0 "sky"')
        assert "stopped after 1 seconds" in str(error.value)
        assert not process.is_alive


def test_a_shader_that_does_not_compile_is_an_error_of_the_user(process: GuardProcess) -> None:
    target = rgba_target(*SIZE)
    drawn = scene(target, shader("\nvoid main() { gl_FragColor = oops; }"), pictures=0)
    with (
        closing(
            GuardedCompositor(process, 0, target, plain_allocator(target), cache_bytes=1 << 26)
        ) as guarded,
        pytest.raises(ShaderError) as error,
    ):
        composed(guarded, drawn, target)
    assert (error.value.file, error.value.line, error.value.origin) == ("sky.glsl", 2, "user")
    assert error.value.where == '/tracks/0/clips/0 "sky": sky.glsl:2'


def test_a_process_that_dies_is_an_error_of_the_device(process: GuardProcess) -> None:
    target = rgba_target(*SIZE)
    drawn = scene(target, shader("void main() { gl_FragColor = vec4(1.0); }"), pictures=0)
    with closing(
        GuardedCompositor(process, 0, target, plain_allocator(target), cache_bytes=1 << 26)
    ) as guarded:
        os.kill(process.pid, signal.SIGSEGV)
        with pytest.raises(DeviceError, match="signal 11"):
            composed(guarded, drawn, target)


def test_ctrl_c_in_a_terminal_does_not_reach_it(process: GuardProcess) -> None:
    assert os.getpgid(process.pid) != os.getpgrp()


def test_no_process_is_left_behind(process: GuardProcess) -> None:
    pid = process.pid
    process.close()
    process.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


class _Stubborn(Exception):
    """Holds what no process can hand to another."""

    def __init__(self, context: object) -> None:
        super().__init__("the context is odd")
        self.context = context


class _Changed(Exception):
    """Is written, but cannot be read again: its constructor takes other arguments."""

    def __init__(self, code: int, place: str) -> None:
        super().__init__(f"error {code} at {place}")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (_Stubborn(lambda: None), "_Stubborn: the context is odd"),
        (_Changed(3, "start"), "_Changed: error 3 at start"),
    ],
    ids=["cannot be written", "cannot be read"],
)
def test_an_error_that_does_not_travel_arrives_in_its_words(error: Exception, words: str) -> None:
    ours, theirs = socket.socketpair()
    with closing(Channel(ours)) as here, closing(Channel(theirs)) as there:
        there.send(Failed(portable(error)))
        answer, _ = here.receive(5.0)
    assert str(answer.error) == words


def test_an_error_that_travels_stays_what_it_is() -> None:
    error = ShaderStopped(file="a.fs", clip="/tracks/0", seconds=1.0)
    assert portable(error) is error


def test_the_process_outlives_an_error_that_does_not_travel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise _Stubborn(lambda: None)

    monkeypatch.setattr(Worker, "obey", fail)
    ours, theirs = socket.socketpair()
    with closing(Channel(ours)) as here:
        here.send(Trim(0))
        ours.shutdown(socket.SHUT_WR)
        with closing(Channel(theirs)) as there, pytest.raises(EOFError):
            serve(there, 60.0)
        answer, _ = here.receive(5.0)
    assert str(answer.error) == "_Stubborn: the context is odd"


def test_planes_lie_apart_in_a_shared_block() -> None:
    shapes = plane_shapes([((3, 5), "u1"), ((2, 2, 2), "<u2")])
    block = SharedBlock.new(byte_count(shapes))
    first, second = block.planes(shapes)
    first[:] = 7
    second[:] = 900
    again = block.planes(shapes)
    block.close()
    assert (again[0] == 7).all()
    assert (again[1] == 900).all()
    assert again[1].shape == (2, 2, 2)
