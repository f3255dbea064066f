from __future__ import annotations

import threading
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.core.color import SRGB
from gpu_export.core.facts import FrameFunction, PictureFacts
from gpu_export.core.policy import Limits, Policy
from gpu_export.errors import Cancelled, FramesFailed, UnsupportedMedia
from gpu_export.media.function_frames import FunctionReader, function_facts, premultiplied
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RATE = Fraction(30)
FRAME = 1 / RATE
RGBA = (6, 8, 4)


def numbered(index: int) -> NDArray[np.uint8]:
    """Opaque grey of ten times the index."""
    picture = np.full(RGBA, 10 * index, np.uint8)
    picture[..., 3] = 255
    return picture


def facts(shape: tuple[int, ...] = RGBA) -> PictureFacts:
    height, width, channels = shape
    return PictureFacts(width, height, None, RATE, (width, height), SRGB, opaque=channels == 3)


def reader(
    make: Callable[[int], Any],
    *times: Fraction,
    size: tuple[int, int] | None = None,
    shape: tuple[int, ...] = RGBA,
) -> FunctionReader:
    source = FrameFunction(make, RATE)
    return FunctionReader(
        source, times, picture=facts(shape), size=size, slack=FRAME / 1000, where="clip"
    )


def test_premultiplying_rounds_every_value_to_the_nearest() -> None:
    color, alpha = np.meshgrid(np.arange(256), np.arange(256))
    straight = np.stack([color, color, color, alpha], axis=-1).astype(np.uint8)
    made = premultiplied(straight)
    expected = np.floor(color * alpha / 255 + 0.5)
    for channel in range(3):
        np.testing.assert_array_equal(made[..., channel], expected)
    np.testing.assert_array_equal(made[..., 3], alpha)


def test_three_channels_are_opaque() -> None:
    rgb = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    [frame] = [reader(lambda _: rgb, Fraction(0), shape=(2, 3, 3)).read()]
    np.testing.assert_array_equal(frame.planes[0][..., :3], rgb)
    np.testing.assert_array_equal(frame.planes[0][..., 3], 255)
    assert frame.opaque
    assert (frame.layout, frame.color) == (Layout.RGBA, SRGB)


def test_four_channels_are_opaque_only_where_all_of_them_are() -> None:
    def make(index: int) -> NDArray[np.uint8]:
        picture = numbered(index)
        picture[0, 0, 3] = 255 - index
        return picture

    pictures = reader(make, 0 * FRAME, 1 * FRAME)
    assert [pictures.read().opaque, pictures.read().opaque] == [True, False]


def test_the_frame_on_screen_at_a_time_is_asked_for() -> None:
    asked: list[int] = []

    def make(index: int) -> NDArray[np.uint8]:
        asked.append(index)
        return numbered(index)

    times = [Fraction(-1), 0 * FRAME, FRAME / 2, FRAME, 2 * FRAME - FRAME / 999, 3 * FRAME]
    pictures = reader(make, *times)
    shown = [int(pictures.read().planes[0][0, 0, 0]) for _ in times]
    # The last but one is later than frame 1 by more than the slack allows for.
    assert shown == [0, 0, 0, 10, 10, 30]
    assert asked == [0, 1, 3]


def test_a_time_short_of_its_frame_by_less_than_the_slack_is_that_frame() -> None:
    pictures = reader(numbered, 2 * FRAME - FRAME / 1001)
    assert pictures.read().planes[0][0, 0, 0] == 20


def test_repeats_are_the_same_object_and_time_is_that_of_the_frame() -> None:
    pictures = reader(numbered, 2 * FRAME, 2 * FRAME + FRAME / 2)
    first = pictures.read()
    assert pictures.read() is first
    assert first.pts == 2 * FRAME


def test_a_function_may_fill_the_same_array_every_time() -> None:
    canvas = np.full(RGBA, 255, np.uint8)

    def make(index: int) -> NDArray[np.uint8]:
        canvas[..., :3] = index
        return canvas

    pictures = reader(make, 0 * FRAME, 1 * FRAME)
    first, second = pictures.read(), pictures.read()
    assert (first.planes[0][0, 0, 0], second.planes[0][0, 0, 0]) == (0, 1)


def test_arrays_may_lie_in_memory_as_they_like() -> None:
    whole = np.random.default_rng(5).integers(0, 256, (6, 16, 4), np.uint8)
    whole[..., 3] = 255
    turned = whole[::-1, ::2]
    np.testing.assert_array_equal(reader(lambda _: turned, 0 * FRAME).read().planes[0], turned)


def test_pictures_are_scaled_to_the_size_asked_for() -> None:
    def checks(_: int) -> NDArray[np.uint8]:
        picture = np.zeros(RGBA, np.uint8)
        picture[:, 1::2] = (200, 100, 50, 255)
        return picture

    frame = reader(checks, 0 * FRAME, size=(4, 3)).read()
    assert (frame.width, frame.height) == (4, 3)
    assert (abs(frame.planes[0].astype(int) - (100, 50, 25, 128)) <= 1).all()


def test_calls_come_from_the_thread_that_reads() -> None:
    callers: list[int] = []

    def make(index: int) -> NDArray[np.uint8]:
        callers.append(threading.get_ident())
        return numbered(index)

    reader(make, 0 * FRAME).read()
    assert callers == [threading.get_ident()]


NO_PICTURES: dict[str, tuple[object, str]] = {
    "nothing": (None, "returned nothing"),
    "a list": ([[0]], "returned a list"),
    "grey": (np.zeros((6, 8), np.uint8), r"shape \(6, 8\)"),
    "two channels": (np.zeros((6, 8, 2), np.uint8), r"shape \(6, 8, 2\)"),
    "no rows": (np.zeros((0, 8, 4), np.uint8), r"shape \(0, 8, 4\)"),
    "floats": (np.zeros(RGBA), "returned float64 samples"),
    "wide": (np.zeros(RGBA, np.uint16), "returned uint16 samples"),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_refused_by_clip_function_and_frame(name: str) -> None:
    made, words = NO_PICTURES[name]

    def draw(index: int) -> object:
        return numbered(index) if index < 2 else made

    pictures = reader(draw, 1 * FRAME, 2 * FRAME)
    pictures.read()
    with pytest.raises(FramesFailed, match=words) as caught:
        pictures.read()
    assert str(caught.value).startswith("clip: ")
    assert "draw()" in caught.value.path
    assert caught.value.frame == 2
    assert "uint8" in caught.value.remedy


@pytest.mark.parametrize("shape", [(6, 9, 4), (6, 8, 3)], ids=["size", "channels"])
def test_pictures_of_another_shape_than_the_first_are_refused(shape: tuple[int, ...]) -> None:
    pictures = reader(lambda _: np.zeros(shape, np.uint8), 5 * FRAME)
    with pytest.raises(FramesFailed, match=r"after \(6, 8, 4\) for frame 0, asked for frame 5"):
        pictures.read()


def test_what_a_function_raises_is_the_cause() -> None:
    def draw(index: int) -> NDArray[np.uint8]:
        raise KeyError("colour")

    with pytest.raises(FramesFailed, match="raised KeyError: 'colour'") as caught:
        reader(draw, 0 * FRAME).read()
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_function_that_cancels_cancels() -> None:
    def draw(index: int) -> NDArray[np.uint8]:
        raise Cancelled

    with pytest.raises(Cancelled):
        reader(draw, 0 * FRAME).read()


def test_the_end_of_the_schedule_and_of_the_reader_are_told() -> None:
    pictures = reader(numbered, 0 * FRAME)
    pictures.read()
    with pytest.raises(RuntimeError, match="schedule"):
        pictures.read()
    pictures.close()
    pictures.close()
    with pytest.raises(Cancelled):
        pictures.read()


def test_facts_are_those_of_frame_0() -> None:
    asked: list[int] = []

    def make(index: int) -> NDArray[np.uint8]:
        asked.append(index)
        return numbered(index)

    found = function_facts(FrameFunction(make, RATE), Policy())
    assert found.picture == facts()
    assert found.sound is None
    assert asked == [0]


def test_three_channels_promise_opacity() -> None:
    found = function_facts(FrameFunction(lambda _: np.zeros((2, 2, 3), np.uint8), RATE), Policy())
    assert found.picture is not None
    assert found.picture.opaque


def test_pictures_beyond_the_limit_are_refused() -> None:
    policy = Policy(limits=Limits(image_pixels=47))
    with pytest.raises(UnsupportedMedia, match="8x6 is larger than the limit of 47 pixels"):
        function_facts(FrameFunction(numbered, RATE), policy)


def test_the_same_function_at_the_same_rate_is_the_same_source() -> None:
    class Drawer:
        __hash__ = None  # type: ignore[assignment]  # as dataclasses with a __call__ are

        def __call__(self, index: int) -> NDArray[np.uint8]:
            return numbered(index)

    drawer = Drawer()
    assert {FrameFunction(drawer, RATE), FrameFunction(drawer, RATE)} == {
        FrameFunction(drawer, RATE)
    }
    assert FrameFunction(drawer, RATE) != FrameFunction(drawer, RATE * 2)
    assert FrameFunction(drawer, RATE) != FrameFunction(Drawer(), RATE)
