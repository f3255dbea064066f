"""Pictures that a function of the user's own makes: asked for, checked, premultiplied.

The function is called on the thread that reads, one call at a time, in the order of the timeline:
what it uses (matplotlib, a GL context, a generator of random numbers) need not be safe for
threads. Invariant: what leaves is a copy, so the function may fill the same array every time.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_export.core.color import SRGB
from gpu_export.core.facts import MediaFacts, PictureFacts
from gpu_export.errors import Cancelled, FramesFailed
from gpu_export.media.stills import check_pixels, scaled
from gpu_export.render.frames import DecodedFrame, Layout

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from gpu_export.core.facts import FrameFunction
    from gpu_export.core.policy import Policy
    from gpu_export.render.frames import Plane

Straight = NDArray[np.uint8]
"""(H, W, 4) straight RGBA, or (H, W, 3) opaque."""

_REMEDY = (
    "Return a numpy array of uint8, 0..255: (height, width, 4) straight RGBA, or "
    "(height, width, 3) for an opaque picture."
)


def function_facts(source: FrameFunction, policy: Policy, *, where: str = "") -> MediaFacts:
    """Calls the function for frame 0, to learn the size and whether it has transparency.

    Raises:
        FramesFailed: it raised an exception, or returned no picture.
        UnsupportedMedia: the picture is larger than the policy allows.
    """
    height, width, channels = _made(source, 0, where).shape
    check_pixels((width, height), source.name, policy, where=where)
    picture = PictureFacts(
        width,
        height,
        duration=None,
        rate=source.rate,
        stored=(width, height),
        color=SRGB,
        opaque=channels == 3,
    )
    return MediaFacts(picture, None)


class FunctionReader:
    """A `FrameReader` over a function: frame ⌊time · rate⌋ for each time of the schedule.

    Times that show the same frame as the one before cost no call.
    """

    warnings: tuple[str, ...] = ()

    def __init__(
        self,
        source: FrameFunction,
        times: Iterable[Fraction],
        *,
        picture: PictureFacts,
        size: tuple[int, int] | None,
        slack: Fraction,
        where: str = "",
    ) -> None:
        self._source = source
        self._times = iter(times)
        self._picture = picture
        self._size = size
        self._slack = slack
        self._where = where
        self._index = -1
        self._frame: DecodedFrame | None = None
        self._closed = False

    def read(self) -> DecodedFrame:
        """The picture for the next time of the schedule; repeats return the same object.

        Raises:
            FramesFailed: the function raised an exception, or returned no such picture as before.
            Cancelled: the reader was closed.
            RuntimeError: the schedule is over.
        """
        if self._closed:
            raise Cancelled("the reader was closed")
        time = next(self._times, None)
        if time is None:
            raise RuntimeError("the schedule of this reader is over")
        index = max(0, floor((time + self._slack) * self._source.rate))
        if self._frame is None or index != self._index:
            self._frame, self._index = self._finished(index), index
        return self._frame

    def close(self) -> None:
        """Forgets the picture; idempotent."""
        self._closed = True
        self._frame = None

    def _finished(self, index: int) -> DecodedFrame:
        straight = _made(self._source, index, self._where)
        self._require_same_shape(straight, index)
        pixels = premultiplied(straight)
        opaque = bool(pixels[..., 3].min() == 255)
        if self._size is not None:
            pixels = scaled(pixels, self._size)
        height, width = pixels.shape[:2]
        pts = index / self._source.rate
        return DecodedFrame(Layout.RGBA, (pixels,), width, height, SRGB, pts, opaque)

    def _require_same_shape(self, straight: Straight, index: int) -> None:
        picture = self._picture
        first = (picture.height, picture.width, 3 if picture.opaque else 4)
        if straight.shape != first:
            raise _failed(
                f"returned shape {straight.shape} after {first} for frame 0",
                self._source,
                index,
                self._where,
                remedy="Return pictures of one size and kind.",
            )


def premultiplied(straight: Straight) -> Plane:
    """A copy as premultiplied RGBA, rounded to the nearest value."""
    kind = cv2.COLOR_RGB2RGBA if straight.shape[2] == 3 else cv2.COLOR_RGBA2mRGBA
    return cv2.cvtColor(np.ascontiguousarray(straight), kind)


def _made(source: FrameFunction, index: int, where: str) -> Straight:
    try:
        made: Any = source.make(index)
    except Cancelled:
        raise
    except Exception as error:
        what = f"raised {type(error).__name__}" + (f": {error}" if str(error) else "")
        remedy = "The exception's own traceback is chained to this one."
        raise _failed(what, source, index, where, remedy=remedy) from error
    fault = _fault(made)
    if fault:
        raise _failed(fault, source, index, where, remedy=_REMEDY)
    pixels: Straight = made
    return pixels


def _fault(made: object) -> str:
    """Why it is no picture; empty if it is one."""
    if not isinstance(made, np.ndarray):
        return f"returned {'nothing' if made is None else f'a {type(made).__name__}'}"
    if made.ndim != 3 or made.shape[2] not in (3, 4) or 0 in made.shape:
        return f"returned an array of shape {made.shape}"
    if made.dtype != np.uint8:
        return f"returned {made.dtype} samples"
    return ""


def _failed(
    what: str, source: FrameFunction, index: int, where: str, *, remedy: str
) -> FramesFailed:
    return FramesFailed(what, function=source.name, frame=index, where=where, remedy=remedy)
