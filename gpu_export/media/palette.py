"""The 256 colours of an animated GIF: found by a first look at all pictures, then dithered to.

Knows pixels, no files but the palette's own. Invariant: one palette for all pictures, so what
does not move does not flicker; pixels less than half opaque are clear, all others opaque.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from av.filter import Graph
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from gpu_export.media.output_errors import encoding, output_error
from gpu_export.media.pictures import packed_picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from av.filter.context import FilterContext

    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.frames import DecodedFrame, RenderedFrame

_ENCODER = "gif"
# Errors travel a short way only, which reads as fine grain and compresses well; where the
# picture rests the grain rests too.
_DITHERING = "dither=sierra2_4a:diff_mode=rectangle:alpha_threshold=128"
# The palette as a picture of 16×16, as the filters make and take it.
_SIDE = 16
_FORMAT = "bgra"


class PaletteStudy:
    """Sees all pictures and leaves the palette at `spec.notes`."""

    def __init__(self, spec: VideoSpec, place: Path) -> None:
        self._spec = spec
        self._place = place
        self._count = 0
        self._graph = Graph()
        self._source = _source(self._graph, spec)
        finder = self._graph.add("palettegen", "stats_mode=full:reserve_transparent=1")
        self._sink = self._graph.add("buffersink")
        self._source.link_to(finder)
        finder.link_to(self._sink)
        self._graph.configure()

    def put(self, frame: RenderedFrame | DecodedFrame) -> None:
        """Counts the colours of the next picture."""
        with encoding(_ENCODER, self._count):
            self._source.push(_stamped(frame, self._spec, self._count))
        self._count += 1

    def complete(self, check: Callable[[], None]) -> None:
        """Chooses the colours and writes them.

        Raises:
            OutputError: the system would not take them.
        """
        check()
        with encoding(_ENCODER):
            self._source.push(None)
            palette = cast("VideoFrame", self._sink.pull())
        try:
            self._place.write_bytes(palette.to_ndarray(format=_FORMAT).tobytes())
        except OSError as error:
            raise output_error(error, self._place) from error

    def close(self) -> None:
        """Nothing outlives the graph."""


class Paletting:
    """A `Packer` that dithers pictures to the palette at `spec.notes`."""

    def __init__(self, spec: VideoSpec) -> None:
        """Builds the filters.

        Raises:
            ValueError: no palette was found for this spec.
        """
        if spec.notes is None or not spec.notes.complete:
            raise ValueError("a palette has to be found first")
        self._spec = spec
        self._count = 0
        self._graph = Graph()
        self._source = _source(self._graph, spec)
        colors = self._graph.add(
            "buffer", f"width={_SIDE}:height={_SIDE}:pix_fmt={_FORMAT}:time_base=1/1"
        )
        dither = self._graph.add("paletteuse", _DITHERING)
        self._sink = self._graph.add("buffersink")
        self._source.link_to(dither, 0, 0)
        colors.link_to(dither, 0, 1)
        dither.link_to(self._sink)
        self._graph.configure()
        colors.push(_palette(spec.notes.path))
        colors.push(None)

    def __call__(self, frame: RenderedFrame | DecodedFrame) -> VideoFrame:
        """The next picture as indices into the palette."""
        with encoding(_ENCODER, self._count):
            self._source.push(_stamped(frame, self._spec, self._count))
            self._count += 1
            return cast("VideoFrame", self._sink.pull())


def _palette(path: Path) -> VideoFrame:
    pixels = np.frombuffer(path.read_bytes(), np.uint8).reshape(_SIDE, _SIDE, 4)
    palette = VideoFrame.from_ndarray(pixels, _FORMAT)
    palette.pts = 0
    return palette


def _source(graph: Graph, spec: VideoSpec) -> FilterContext:
    pixels = VideoFormat("rgba")
    return graph.add_buffer(
        width=spec.width, height=spec.height, format=pixels, time_base=1 / spec.rate
    )


def _stamped(frame: RenderedFrame | DecodedFrame, spec: VideoSpec, count: int) -> VideoFrame:
    picture = packed_picture(frame, spec.target, "rgba")
    picture.pts = count
    picture.time_base = 1 / spec.rate
    return picture
