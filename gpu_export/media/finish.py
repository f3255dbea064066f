"""Turns what a decoder gives into DecodedFrames: upright, of a known layout, SDR, scaled.

Works picture by picture in the decode thread. Knows no files and no schedule. Invariant: a frame
that needs nothing is passed on as it lies in the decoder's memory; wherever swscale computes
colours it is told both matrices and both ranges, because its guesses are wrong.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from av.filter import Graph

from gpu_export.core.color import SRGB, ChromaLocation, Matrix, Range
from gpu_export.core.tonemap import LIGHT_CODE, cube_text, sdr_lut
from gpu_export.errors import OutputError
from gpu_export.media.deep_stills import premultiplied
from gpu_export.media.stills import scaled
from gpu_export.render.frames import DecodedFrame, Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from av.video.format import VideoFormat
    from av.video.frame import VideoFrame
    from av.video.plane import VideoPlane

    from gpu_export.core.color import ColorSpec
    from gpu_export.media.film import FilmPicture
    from gpu_export.media.orientation import Orientation
    from gpu_export.render.frames import Plane

Step = tuple[str, dict[str, str]]
"""A libavfilter filter and its options."""

_EXACT = "accurate_rnd+full_chroma_int+full_chroma_inp"

_LAYOUTS = {
    "yuv420p": Layout.I420,
    "yuvj420p": Layout.I420,
    "yuv422p": Layout.I422,
    "yuvj422p": Layout.I422,
    "yuv444p": Layout.I444,
    "yuvj444p": Layout.I444,
    "yuv420p10le": Layout.I420_10,
    "yuv422p10le": Layout.I422_10,
    "yuv444p10le": Layout.I444_10,
    "gray": Layout.I420,
    "gray10le": Layout.I420_10,
    "rgba": Layout.RGBA,
    "rgba64le": Layout.RGBA16,
}

_BY_STEPS = {
    ((2, 2), 8): "yuv420p",
    ((2, 1), 8): "yuv422p",
    ((1, 1), 8): "yuv444p",
    ((2, 2), 10): "yuv420p10le",
    ((2, 1), 10): "yuv422p10le",
    ((1, 1), 10): "yuv444p10le",
}

# swscale's names. BT.470BG and SMPTE 170M have the same coefficients.
_MATRIX = {
    Matrix.BT709: "bt709",
    Matrix.FCC: "fcc",
    Matrix.BT470BG: "bt601",
    Matrix.SMPTE170M: "bt601",
    Matrix.SMPTE240M: "smpte240m",
    Matrix.BT2020_NCL: "bt2020",
}
_RANGE = {Range.LIMITED: "limited", Range.FULL: "full"}
_CHROMA = {
    ChromaLocation.LEFT: "left",
    ChromaLocation.CENTER: "center",
    ChromaLocation.TOP_LEFT: "topleft",
}


class Finisher:
    """Finishes the pictures of one film.

    Args:
        film: what is known of it.
        size: upright size to scale to, or None for the film's own.
        threads: for scaling; 0 lets libavfilter choose.
        depth: bits that are worth keeping of HDR and of RGBA; Y'CbCr keeps its own.
    """

    def __init__(
        self, film: FilmPicture, size: tuple[int, int] | None, threads: int = 0, depth: int = 8
    ) -> None:
        self._film = film
        self._size = size
        self._threads = threads
        self._depth = 8 if depth == 8 else 10
        # What the chain was built for: a stream may change in the middle.
        self._shape: tuple[str, int, int] | None = None
        self._graph: Graph | None = None

    def finish(self, frame: VideoFrame, pts: Fraction) -> DecodedFrame:
        """The picture as the rest of the engine takes it; `pts` counts from the first one."""
        shape = (frame.format.name, frame.width, frame.height)
        if shape != self._shape:
            self._graph = self._chain(frame)
            self._shape = shape
        name = shape[0]
        if self._graph is not None:
            _tag(frame, self._film)
            self._graph.vpush(frame)
            frame = self._graph.vpull()
            name = frame.format.name
        if _LAYOUTS[name].is_yuv:
            return self._yuv(frame, name, pts)
        return self._rgba(frame, _LAYOUTS[name], pts)

    def _chain(self, frame: VideoFrame) -> Graph | None:
        film = self._film
        own = (frame.width, frame.height) == film.stored
        stored = None if own else film.stored
        if self._size is not None and self._is_yuv(frame.format):
            wanted = film.orientation.upright_size(*self._size)
            stored = None if wanted == (frame.width, frame.height) else wanted
        if not film.color.needs_conversion:
            steps = self._plain_steps(frame, stored)
            return _build(frame, film, steps, self._threads) if steps else None
        with _lut_file(film.color.stored) as table:
            delivered = _BY_STEPS[_sdr_steps(frame.format), self._depth]
            to_sdr = _to_sdr(film, frame, stored, (table, delivered))
            steps = [*to_sdr, *orient(film.orientation)]
            return _build(frame, film, steps, self._threads)

    def _plain_steps(self, frame: VideoFrame, stored: tuple[int, int] | None) -> list[Step]:
        film, turned = self._film, orient(self._film.orientation)
        wanted = self._pixel_format(frame)
        if stored is None and _same(frame.format.name, wanted):
            return turned
        return [*_scale(film.color.stored, frame, wanted, stored), *turned]

    def _pixel_format(self, frame: VideoFrame) -> str:
        name = frame.format.name
        if not self._is_yuv(frame.format):
            deep = self._depth > 8 and frame.format.components[0].bits > 8
            return "rgba64le" if deep else "rgba"
        if name.startswith("gray"):
            return "gray" if name == "gray" else "gray10le"
        steps = _chroma_step(frame.format)
        turned = self._film.orientation.transpose
        # There is no layout for 4:1:1 or 4:4:0, nor for what turning makes of 4:2:2.
        if steps not in ((2, 2), (2, 1)) or (turned and steps == (2, 1)):
            steps = (1, 1)
        wanted = _BY_STEPS[steps, 8 if frame.format.components[0].bits == 8 else 10]
        return name if _same(name, wanted) else wanted

    def _is_yuv(self, form: VideoFormat) -> bool:
        return self._film.opaque and not (form.is_rgb or form.has_palette)

    def _rgba(self, frame: VideoFrame, layout: Layout, pts: Fraction) -> DecodedFrame:
        pixels = _view(frame.planes[0], layout.dtype, channels=4)
        if not self._film.opaque and layout is Layout.RGBA:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_RGBA2mRGBA)
        elif not self._film.opaque:
            pixels = premultiplied(pixels)
        if self._size is not None and self._size != (frame.width, frame.height):
            pixels = scaled(pixels, self._size)
        height, width = pixels.shape[:2]
        return DecodedFrame(layout, (pixels,), width, height, SRGB, pts, self._film.opaque)

    def _yuv(self, frame: VideoFrame, name: str, pts: Fraction) -> DecodedFrame:
        layout = _LAYOUTS[name]
        color = self._film.color.delivered
        if name.startswith("gray"):
            planes = _with_neutral_chroma(_view(frame.planes[0], layout.dtype), layout)
            return DecodedFrame(layout, planes, frame.width, frame.height, color, pts)
        sample = layout.dtype
        planes = tuple([_view(plane, sample) for plane in frame.planes])
        return DecodedFrame(
            layout, planes, frame.width, frame.height, color, pts, opaque=True, owner=frame
        )


def orient(orientation: Orientation) -> list[Step]:
    """The filters that put a picture upright, sample by sample.

    Subsampled chroma then sits on another side of its block than the ColorSpec says, by at most
    one luma pixel; resampling it would cost more than that, and players leave it alone too.
    """
    if orientation.transpose:
        direction = {
            (False, False): "cclock_flip",
            (True, False): "clock",
            (False, True): "cclock",
            (True, True): "clock_flip",
        }[orientation.mirror_x, orientation.mirror_y]
        return [("transpose", {"dir": direction})]
    # vflip only points to the last line with a negative stride; a copy makes it ordinary.
    vertical: list[Step] = [("vflip", {})] if orientation.mirror_y else []
    if orientation.mirror_x:
        return [*vertical, ("hflip", {})]
    return [*vertical, ("copy", {})] if vertical else []


def _scale(
    color: ColorSpec, frame: VideoFrame, wanted: str, size: tuple[int, int] | None
) -> list[Step]:
    """Between two formats of the same meaning, or to RGB, with nothing left to guess."""
    options = {"flags": f"{_filter(frame, size)}+{_EXACT}"}
    if size is not None:
        options |= {"w": str(size[0]), "h": str(size[1])}
    if not (frame.format.is_rgb or frame.format.has_palette):
        options |= _source_options(color)
        if not wanted.startswith("rgba"):
            options |= {
                "out_color_matrix": _MATRIX[color.matrix],
                "out_range": _RANGE[color.range],
                "out_chroma_loc": _CHROMA[color.chroma_location],
            }
    return [("scale", options), ("format", {"pix_fmts": wanted})]


def _source_options(color: ColorSpec) -> dict[str, str]:
    return {
        "in_color_matrix": _MATRIX[color.matrix],
        "in_range": _RANGE[color.range],
        "in_chroma_loc": _CHROMA[color.chroma_location],
    }


def _filter(frame: VideoFrame, size: tuple[int, int] | None) -> str:
    """Averages the covered area on reduction; bicubic otherwise."""
    if size is not None and size[0] <= frame.width and size[1] <= frame.height:
        return "area"
    return "bicubic"


def _to_sdr(
    film: FilmPicture, frame: VideoFrame, size: tuple[int, int] | None, how: tuple[str, str]
) -> list[Step]:
    """PQ, HLG and BT.2020 pictures to BT.709; `how` is a file with a 3D table and what to make."""
    table, delivered_format = how
    to_rgb = {"flags": f"{_filter(frame, size)}+{_EXACT}", **_source_options(film.color.stored)}
    if size is not None:
        to_rgb |= {"w": str(size[0]), "h": str(size[1])}
    relative = f"{LIGHT_CODE.bend}*sinh(val/maxval*{LIGHT_CODE.span:.7f}-{LIGHT_CODE.offset:.7f})"
    decode = f"maxval*pow(clip({relative},0,1),1/2.4)"
    delivered = film.color.delivered
    to_yuv = {
        "flags": f"bicubic+{_EXACT}",
        "out_color_matrix": _MATRIX[delivered.matrix],
        "out_range": _RANGE[delivered.range],
        "out_chroma_loc": _CHROMA[delivered.chroma_location],
    }
    return [
        ("scale", to_rgb),
        ("format", {"pix_fmts": "gbrp16le"}),
        ("lut3d", {"file": table, "interp": "tetrahedral"}),
        ("lutrgb", {"r": decode, "g": decode, "b": decode}),
        ("scale", to_yuv),
        ("format", {"pix_fmts": delivered_format}),
    ]


def _sdr_steps(form: VideoFormat) -> tuple[int, int]:
    """Chroma steps of what is made of HDR: 4:2:0 stays so, all else gets a sample a pixel."""
    return (2, 2) if _chroma_step(form) == (2, 2) else (1, 1)


@contextmanager
def _lut_file(color: ColorSpec) -> Iterator[str]:
    """The name of a `.cube` file that takes `color` to SDR; FFmpeg reads tables from files only.

    Raises:
        OutputError: the temporary folder cannot be used.
    """
    try:
        table = tempfile.NamedTemporaryFile("w", suffix=".cube")  # noqa: SIM115 - closed below
        table.write(_cube(color))
        table.flush()
    except OSError as error:
        raise OutputError(
            f"no room for a colour table: {error.strerror}",
            where=tempfile.tempdir or "the temporary folder",
            remedy="Free space there, or let TMPDIR name a folder that can be written to.",
        ) from error
    with table:
        yield table.name


@lru_cache(maxsize=4)
def _cube(color: ColorSpec) -> str:
    return cube_text(sdr_lut(color))


def _build(frame: VideoFrame, film: FilmPicture, steps: list[Step], threads: int) -> Graph:
    _tag(frame, film)
    graph = Graph()
    graph.threads = threads
    source = graph.add(
        "buffer",
        video_size=f"{frame.width}x{frame.height}",
        pix_fmt=frame.format.name,
        time_base="1/1000",
        pixel_aspect="1/1",
        colorspace=str(frame.colorspace),
        range=str(frame.color_range),
    )
    filters = [graph.add(name, **options) for name, options in steps]
    graph.link_nodes(source, *filters, graph.add("buffersink")).configure()
    return graph


def _tag(frame: VideoFrame, film: FilmPicture) -> None:
    """Makes a frame say what the graph was built for; libavfilter insists on it."""
    frame.pts = None
    frame.colorspace = int(film.color.stored.matrix)
    frame.color_range = int(film.color.stored.range)


def _chroma_step(form: VideoFormat) -> tuple[int, int]:
    return 4 // max(form.chroma_width(4), 1), 4 // max(form.chroma_height(4), 1)


def _same(name: str, wanted: str) -> bool:
    """`yuvj…` is only the deprecated way to say full range."""
    return name.replace("yuvj", "yuv") == wanted


def _view(plane: VideoPlane, sample: type[np.generic], channels: int = 1) -> Plane:
    """A plane in the frame's own memory, (H, W) or (H, W, channels)."""
    shape: tuple[int, ...] = (plane.height, plane.width)
    size = np.dtype(sample).itemsize
    strides: tuple[int, ...] = (plane.line_size, channels * size)
    if channels > 1:
        shape, strides = (*shape, channels), (*strides, size)
    return np.ndarray(shape, sample, memoryview(plane), 0, strides)


def _with_neutral_chroma(luma: Plane, layout: Layout) -> tuple[Plane, ...]:
    height, width = luma.shape
    shape = layout.plane_shapes(width, height)[1]
    chroma = np.full(shape, 1 << (layout.bit_depth - 1), layout.dtype)
    return luma, chroma, chroma
