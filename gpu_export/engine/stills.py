"""Single pictures of a timeline: one frame, or a contact sheet of the whole."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_export.core.cancel import unstoppable
from gpu_export.core.color import SRGB
from gpu_export.core.time import FrameRange
from gpu_export.engine.choose import choose_compositor
from gpu_export.engine.pipeline import Pipeline
from gpu_export.engine.prepare import check_output_allowed, prepare, refuse_source_as_output
from gpu_export.errors import OptionError
from gpu_export.media.still_writer import write_still
from gpu_export.render.frames import Layout, Target, plain_allocator

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from gpu_export.core.cancel import Check
    from gpu_export.core.time import TimeSpec
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.prepare import Prepared
    from gpu_export.render.compositor import Compositor
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


def write_frame(
    loaded: LoadedProject, at: TimeSpec, place: Path, options: ExportOptions
) -> tuple[str, ...]:
    """Writes the frame that is on at `at` as a PNG or JPEG file; returns what was odd.

    Raises:
        OutputError: the place is taken, not writable or not permitted.
        ExportError: as `render_frame`.
    """
    prepared = prepare(loaded, options)
    _check_place(prepared, place)
    index = frame_at(at, prepared.timeline, where="--at")
    shots = _Shots(prepared, options)
    write_still(place, shots.one(index), overwrite=options.overwrite)
    return shots.oddities


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


def picture_of(
    prepared: Prepared, index: int, options: ExportOptions, check: Check = unstoppable
) -> Picture:
    """Frame `index`: (H, W, 4) uint8, straight RGBA; ends early with what `check` raises."""
    return _Shots(prepared, options, check).one(index)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """How a contact sheet looks: `count` frames in rows of `columns`, each `tile_width` wide."""

    columns: int = 4
    count: int = 16
    tile_width: int = 320


def write_sheet(
    loaded: LoadedProject, place: Path, options: ExportOptions, layout: SheetLayout
) -> tuple[str, ...]:
    """Writes a contact sheet as a PNG or JPEG file; returns what was odd.

    Its frames are spread evenly over the timeline: each stands for an equal part of it and is
    taken from that part's middle.

    Raises:
        OutputError: the place is taken, not writable or not permitted.
        ExportError: whatever would stop an export.
    """
    prepared = prepare(loaded, options)
    _check_place(prepared, place)
    shots = _Shots(prepared, options)
    write_still(place, _sheet(shots, layout), overwrite=options.overwrite)
    return shots.oddities


def _sheet(shots: _Shots, layout: SheetLayout) -> Picture:
    frames = shots.prepared.timeline.frames
    count = min(layout.count, frames)
    indices = [(2 * k + 1) * frames // (2 * count) for k in range(count)]
    tiles = [_tile(picture, layout.tile_width) for picture in shots.take(indices)]
    return _arranged(tiles, min(layout.columns, count))


class _Shots:
    """Single frames of a prepared project, and what was odd about making them."""

    def __init__(
        self, prepared: Prepared, options: ExportOptions, check: Check = unstoppable
    ) -> None:
        self._check = check
        self.prepared = prepared
        self._options = options
        self._warnings = list(prepared.warnings)

    @property
    def oddities(self) -> tuple[str, ...]:
        """In words for the user, each once."""
        return tuple(dict.fromkeys(self._warnings))

    def one(self, index: int) -> Picture:
        with closing(self.take([index])) as pictures:
            return next(pictures)

    def take(self, indices: Iterable[int]) -> Generator[Picture]:
        timeline = self.prepared.timeline
        target = Target(timeline.width, timeline.height, Layout.RGBA, SRGB)
        with ExitStack() as stack:
            chosen = choose_compositor(self._options, self.prepared.shaders)
            stack.callback(chosen.close)
            surfaces = self.prepared.budget.surfaces
            compositor = chosen.make(target, plain_allocator(target), cache_bytes=surfaces)
            stack.callback(compositor.close)
            for index in indices:
                yield self._render(FrameRange(index, index + 1), target, compositor)

    def _render(self, frames: FrameRange, target: Target, compositor: Compositor) -> Picture:
        timeline = self.prepared.timeline
        with closing(self.prepared.in_range(frames).feed(frames, self._check)) as feed:
            pipeline = Pipeline(timeline, target, compositor, feed)
            picture = next(pipeline.frames(frames, self._check))
        self._warnings.extend(feed.warnings)
        return picture.planes[0]


def _tile(picture: Picture, width: int) -> NDArray[Any]:
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def _arranged(tiles: list[NDArray[Any]], columns: int) -> Picture:
    height, width = tiles[0].shape[:2]
    rows = ceil(len(tiles) / columns)
    size = (rows * (height + GAP_PX) + GAP_PX, columns * (width + GAP_PX) + GAP_PX)
    sheet = np.empty((*size, 4), np.uint8)
    sheet[:] = GROUND
    for index, tile in enumerate(tiles):
        top = GAP_PX + index // columns * (height + GAP_PX)
        left = GAP_PX + index % columns * (width + GAP_PX)
        sheet[top : top + height, left : left + width] = tile
    return sheet
