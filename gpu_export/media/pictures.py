"""Frames of ours as FFmpeg's, and back, without copying where memory allows it.

Knows no codec. Invariant: what goes to an encoder is always a fresh `av.VideoFrame` that only
shares pixels; nothing else of a source frame (picture type, times, side data, metadata, colour
tags) can leak, and one frame may be wrapped any number of times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from av.video.frame import VideoFrame

from gpu_export.render.frames import DecodedFrame, RenderedFrame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.color import ColorSpec
    from gpu_export.render.frames import Layout, Plane, Target


def allocate_frame(target: Target) -> RenderedFrame:
    """A fresh frame whose planes lie in an `av.VideoFrame`, its `owner`; contents undefined."""
    width, height = target.coded_size
    owner = VideoFrame(width, height, target.layout.pixel_format)
    return RenderedFrame(target.layout, plane_views(owner, target.layout), target.color, owner)


def straight_pixels(frame: RenderedFrame | DecodedFrame, target: Target) -> NDArray[np.uint8]:
    """The picture of an RGBA frame; decoded ones are premultiplied, so only opaque ones will do.

    Raises:
        ValueError: it is another picture than `target` describes.
    """
    if isinstance(frame, DecodedFrame) and not frame.opaque:
        raise ValueError("a decoded picture with alpha must be composed first")
    size = (target.height, target.width)
    if frame.layout is not target.layout or frame.planes[0].shape[:2] != size:
        raise ValueError(f"a frame of {frame.layout} {frame.planes[0].shape} for {target}")
    return frame.planes[0]


def packed_picture(
    frame: RenderedFrame | DecodedFrame, target: Target, pixel_format: str
) -> VideoFrame:
    """A new `av.VideoFrame` of an RGBA frame: `rgba` or `bgra`, straight."""
    order = ["rgba".index(channel) for channel in pixel_format]
    pixels = straight_pixels(frame, target)[..., order]
    picture = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), pixel_format)
    tag(picture, target.color)
    return picture


def plane_views(frame: VideoFrame, layout: Layout) -> tuple[Plane, ...]:
    """Arrays onto the planes of `frame`, which must have the layout's pixel format."""
    shapes = layout.plane_shapes(frame.width, frame.height)
    views = []
    for plane, shape in zip(frame.planes, shapes, strict=True):
        lines = np.frombuffer(memoryview(plane), layout.dtype).reshape(shape[0], -1)
        samples = shape[1] * (shape[2] if len(shape) > 2 else 1)
        views.append(lines[:, :samples].reshape(shape))
    return tuple(views)


def encoder_picture(frame: RenderedFrame | DecodedFrame, target: Target) -> VideoFrame:
    """A new `av.VideoFrame` with the pixels of `frame` and the colour tags of `target`.

    Shares memory with the frame where it lies in an `av.VideoFrame` of the coded size, and is a
    padded copy otherwise: the last column and row are repeated up to the coded size.

    Raises:
        ValueError: the frame has another layout or size than the target.
    """
    _check_fits(frame, target)
    source = _shared_owner(frame, target) or _padded_copy(frame, target)
    picture = VideoFrame.from_dlpack(source.planes, target.layout.pixel_format)
    tag(picture, target.color)
    return picture


def _check_fits(frame: RenderedFrame | DecodedFrame, target: Target) -> None:
    coded = target.layout.plane_shapes(*target.coded_size)
    visible = target.layout.plane_shapes(target.width, target.height)
    shapes = tuple(plane.shape for plane in frame.planes)
    if frame.layout is not target.layout or shapes not in (coded, visible):
        raise ValueError(f"a frame of {frame.layout} {shapes} for a target of {target}")


def _shared_owner(frame: RenderedFrame | DecodedFrame, target: Target) -> VideoFrame | None:
    """The `av.VideoFrame` whose planes are exactly the frame's, neither mirrored nor cropped."""
    owner = frame.owner
    if not isinstance(owner, VideoFrame) or owner.format.name != target.layout.pixel_format:
        return None
    if (owner.width, owner.height) != target.coded_size:
        return None
    same = all(
        plane.ctypes.data == own.buffer_ptr and plane.strides[0] == own.line_size > 0
        for plane, own in zip(frame.planes, owner.planes, strict=True)
    )
    return owner if same else None


def _padded_copy(frame: RenderedFrame | DecodedFrame, target: Target) -> VideoFrame:
    copy = VideoFrame(*target.coded_size, target.layout.pixel_format)
    for source, plane in zip(frame.planes, plane_views(copy, target.layout), strict=True):
        height, width = source.shape[:2]
        plane[:height, :width] = source
        plane[:height, width:] = source[:, -1:]
        plane[height:] = plane[height - 1 : height]
    return copy


def tag(picture: VideoFrame, color: ColorSpec) -> None:
    """Says what the samples of `picture` mean."""
    picture.colorspace = int(color.matrix)
    picture.color_range = int(color.range)
    picture.color_trc = int(color.transfer)
    picture.color_primaries = int(color.primaries)
