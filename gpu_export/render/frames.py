"""Pictures on their way: decoded frames going in, rendered frames coming out.

Planes are numpy arrays (height, width[, channels]) that may have a stride; colour always travels
with pixels. Nobody writes into a DecodedFrame: its planes may be the decoder's own reference
pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from types import TracebackType

    from gpu_export.core.color import ColorSpec

Plane = NDArray[Any]
"""uint8 or uint16, (H, W) for a single channel, (H, W, C) for interleaved ones."""


class Layout(Enum):
    """How samples lie in memory: name, libav pixel format, chroma steps, bit depth.

    RGBA is premultiplied on the way in and inside, straight on the way out; RGBA16 only comes in.
    10-bit samples stand in the low bits of uint16, except P010, which has them in the high bits.
    FIELD is no picture but the tiles that `glyphs` describes; only `Glyphs` contents read it.
    """

    I420 = ("yuv420p", (2, 2), 8)
    I422 = ("yuv422p", (2, 1), 8)
    I444 = ("yuv444p", (1, 1), 8)
    I420_10 = ("yuv420p10le", (2, 2), 10)
    I422_10 = ("yuv422p10le", (2, 1), 10)
    I444_10 = ("yuv444p10le", (1, 1), 10)
    NV12 = ("nv12", (2, 2), 8)
    P010 = ("p010le", (2, 2), 10)
    RGBA = ("rgba", (1, 1), 8)
    RGBA16 = ("rgba64le", (1, 1), 16)
    FIELD = ("", (1, 1), 16)

    def __init__(self, pixel_format: str, chroma_step: tuple[int, int], bit_depth: int) -> None:
        self.pixel_format = pixel_format
        self.chroma_step = chroma_step
        self.bit_depth = bit_depth

    @property
    def is_yuv(self) -> bool:
        """Whether samples are Y'CbCr."""
        return self not in (Layout.RGBA, Layout.RGBA16, Layout.FIELD)

    @property
    def is_semi_planar(self) -> bool:
        """Whether Cb and Cr are interleaved in one plane."""
        return self in (Layout.NV12, Layout.P010)

    @property
    def dtype(self) -> type[np.uint8] | type[np.uint16]:
        """The sample type of its planes."""
        return np.uint8 if self.bit_depth == 8 else np.uint16

    def plane_shapes(self, width: int, height: int) -> tuple[tuple[int, ...], ...]:
        """Shapes of the planes of a picture; chroma is rounded up."""
        if not self.is_yuv:
            return ((height, width, 4),)
        step_x, step_y = self.chroma_step
        chroma = (-(-height // step_y), -(-width // step_x))
        if self.is_semi_planar:
            return (height, width), (*chroma, 2)
        return (height, width), chroma, chroma


@dataclass(frozen=True, slots=True, eq=False)
class DecodedFrame:
    """A picture from a source, upright, possibly scaled by the decoder to the asked size.

    Attributes:
        planes: read-only by contract; see `Layout`.
        width, height: of the luma plane or RGBA picture.
        color: what the samples mean; HDR never gets here (decoding tone-maps it).
        pts: seconds since the first displayed frame of its stream.
        opaque: every pixel is.
        owner: keeps the memory alive; `media` may hand it to the encoder unchanged.
    """

    layout: Layout
    planes: tuple[Plane, ...]
    width: int
    height: int
    color: ColorSpec
    pts: Fraction
    opaque: bool = True
    owner: object = None


@dataclass(frozen=True, slots=True)
class Target:
    """The encoder's own picture format.

    `width`×`height` is the visible canvas; the coded size is larger where the codec needs even
    sides, and the last column or row is then repeated.
    """

    width: int
    height: int
    layout: Layout
    color: ColorSpec

    @property
    def coded_size(self) -> tuple[int, int]:
        """(width, height) rounded up to whole chroma blocks."""
        step_x, step_y = self.layout.chroma_step
        return -(-self.width // step_x) * step_x, -(-self.height // step_y) * step_y


@dataclass(frozen=True, slots=True, eq=False)
class RenderedFrame:
    """A finished picture in the encoder's layout; `planes` have the target's coded size.

    Writable until it is handed on. `owner` is whatever the allocator needs to encode it.
    """

    layout: Layout
    planes: tuple[Plane, ...]
    color: ColorSpec
    owner: object = None


class FrameAllocator(Protocol):
    """Makes a fresh, writable frame of the target's layout and coded size; contents undefined."""

    def __call__(self) -> RenderedFrame:
        """A new frame that nothing else refers to."""
        ...


def plain_allocator(target: Target) -> FrameAllocator:
    """Frames in plain numpy memory, for stills and tests."""

    def allocate() -> RenderedFrame:
        shapes = target.layout.plane_shapes(*target.coded_size)
        planes = tuple(np.empty(shape, target.layout.dtype) for shape in shapes)
        return RenderedFrame(target.layout, planes, target.color)

    return allocate


class FrameReader(Protocol):
    """Delivers the pictures of one source for a schedule of times that was fixed at opening."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was odd about the source so far, in words for the user."""
        ...

    def read(self) -> DecodedFrame:
        """The picture for the next time of the schedule; repeats return the same object."""
        ...

    def close(self) -> None:
        """Frees decoder and thread; may be called at any time and twice."""
        ...


class FrameSink(Protocol):
    """Takes the pictures of one output, in order, and ends exactly once.

    States: open → complete → published | aborted. Leaving the `with` block before the end aborts
    it, so whatever goes wrong in between leaves no file behind. Calls block while the encoder is
    busy, which is the back-pressure; a sink belongs to one thread at a time.
    """

    @property
    def target(self) -> Target:
        """The picture format it wants."""
        ...

    def allocate(self) -> RenderedFrame:
        """A fresh frame that reaches the encoder without a copy; a `FrameAllocator` when bound.

        May be called from another thread than the rest.
        """
        ...

    def write(self, frame: RenderedFrame | DecodedFrame) -> None:
        """The next output frame; the same object may come again and again.

        Raises:
            EncodeError: the encoder or muxer failed.
            OutputError: the file could not be written.
            RuntimeError: the sink has ended.
        """
        ...

    def complete(self, check: Callable[[], None] = ...) -> None:
        """Writes what is left; the file is not in its place yet.

        Encoders may hold seconds of work at the end; `check` is called in between and may raise
        to end it, as for cancelling.

        Raises:
            EncodeError, OutputError: as for `write`; nothing is left behind then.
            RuntimeError: the sink has ended, or frames are missing.
        """
        ...

    def publish(self) -> None:
        """Puts the complete file in its place.

        Raises:
            OutputError: that failed; nothing is left behind.
            RuntimeError: the sink is not complete, or has ended.
        """
        ...

    def finish(self, check: Callable[[], None] = ...) -> None:
        """`complete` and `publish`."""
        ...

    def abort(self) -> None:
        """Removes everything written so far; does nothing once the sink has ended."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
