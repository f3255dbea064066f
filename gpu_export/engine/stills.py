"""Single pictures of a timeline: one frame, or a contact sheet of the whole."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_export.core.color import SRGB
from gpu_export.core.time import FrameRange
from gpu_export.engine.choose import choose_compositor
from gpu_export.engine.feed import Feed
from gpu_export.engine.pipeline import Pipeline
from gpu_export.engine.prepare import check_output_allowed, prepare, refuse_source_as_output
from gpu_export.errors import OptionError
from gpu_export.media.still_writer import write_still
from gpu_export.render.frames import Layout, Target, plain_allocator

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from gpu_export.core.time import TimeSpec
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.prepare import Prepared
    from gpu_export.timeline.timeline import Timeline

Picture = NDArray[np.uint8]
"""(H, W, 4) straight RGBA."""

# Space around and between the pictures of a contact sheet, and its ground.
GAP_PX = 8
GROUND = (24, 24, 28, 255)


def render_frame(loaded: LoadedProject, at: TimeSpec, options: ExportOptions) -> Picture:
    """The frame that is on at `at`: (H, W, 4) uint8, straight RGBA.

    Raises:
        OptionError: the time lies outside the timeline.
        ExportError: whatever would stop an export.
    """
    prepared = prepare(loaded, options)
    index = frame_at(at, prepared.timeline, where="--at")
    return picture_of(prepared, index, options)


def write_frame(loaded: LoadedProject, at: TimeSpec, place: Path, options: ExportOptions) -> None:
    """Writes the frame that is on at `at` as a PNG or JPEG file.

    Raises:
        OutputError: the place is taken, not writable or not permitted.
        ExportError: as `render_frame`.
    """
    prepared = prepare(loaded, options)
    _check_place(prepared, place)
    index = frame_at(at, prepared.timeline, where="--at")
    write_still(place, picture_of(prepared, index, options), overwrite=options.overwrite)


def _check_place(prepared: Prepared, place: Path) -> None:
    refuse_source_as_output(prepared, place)
    check_output_allowed(prepared, place)


def frame_at(at: TimeSpec, timeline: Timeline, *, where: str) -> int:
    """The frame on screen at a time: the one that began last, so this rounds down.

    Raises:
        OptionError: the time lies outside the timeline; `where` says who asked.
    """
    index = int(at.at(timeline.fps) * timeline.fps)
    if at.is_negative or index >= timeline.frames:
        raise OptionError(
            f"{float(at.at(timeline.fps)):g} s lies outside the timeline, "
            f"which is {float(timeline.duration):g} s long",
            where=where,
        )
    return index


def picture_of(prepared: Prepared, index: int, options: ExportOptions) -> Picture:
    """Frame `index`: (H, W, 4) uint8, straight RGBA."""
    pictures = _pictures(prepared, [index], options)
    try:
        return next(pictures)
    finally:
        pictures.close()


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """How a contact sheet looks: `count` frames in rows of `columns`, each `tile_width` wide."""

    columns: int = 4
    count: int = 16
    tile_width: int = 320


def contact_sheet(
    loaded: LoadedProject, options: ExportOptions, layout: SheetLayout | None = None
) -> Picture:
    """Frames spread evenly over the timeline.

    Each stands for an equal part of the range and is taken from its middle.
    """
    return _sheet(prepare(loaded, options), options, layout or SheetLayout())


def write_sheet(
    loaded: LoadedProject, place: Path, options: ExportOptions, layout: SheetLayout
) -> None:
    """Writes a contact sheet as a PNG or JPEG file.

    Raises:
        OutputError: the place is taken, not writable or not permitted.
        ExportError: whatever would stop an export.
    """
    prepared = prepare(loaded, options)
    _check_place(prepared, place)
    write_still(place, _sheet(prepared, options, layout), overwrite=options.overwrite)


def _sheet(prepared: Prepared, options: ExportOptions, layout: SheetLayout) -> Picture:
    frames = prepared.frames
    count = min(layout.count, len(frames))
    indices = [frames.start + (2 * k + 1) * len(frames) // (2 * count) for k in range(count)]
    tiles = [_tile(picture, layout.tile_width) for picture in _pictures(prepared, indices, options)]
    return _arranged(tiles, min(layout.columns, count))


def _pictures(
    prepared: Prepared, indices: Iterable[int], options: ExportOptions
) -> Generator[Picture]:
    timeline = prepared.timeline
    target = Target(timeline.width, timeline.height, Layout.RGBA, SRGB)
    with ExitStack() as stack:
        chosen = choose_compositor(options)
        stack.callback(chosen.close)
        compositor = chosen.make(target, plain_allocator(target))
        stack.callback(compositor.close)
        for index in indices:
            frames = FrameRange(index, index + 1)
            feed = Feed(timeline, frames, prepared.opener)
            stack.callback(feed.close)
            pipeline = Pipeline(timeline, target, compositor, feed)
            picture = next(pipeline.frames(frames, lambda: None))
            yield picture.planes[0]
            feed.close()


def _tile(picture: Picture, width: int) -> NDArray[Any]:
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def _arranged(tiles: list[NDArray[Any]], columns: int) -> Picture:
    height, width = tiles[0].shape[:2]
    rows = ceil(len(tiles) / columns)
    sheet = np.empty((rows * (height + GAP_PX) + GAP_PX, columns * (width + GAP_PX) + GAP_PX, 4))
    sheet[:] = GROUND
    for index, tile in enumerate(tiles):
        top = GAP_PX + index // columns * (height + GAP_PX)
        left = GAP_PX + index % columns * (width + GAP_PX)
        sheet[top : top + height, left : left + width] = tile
    return sheet.astype(np.uint8)
