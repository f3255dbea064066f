"""Interlaced pictures: telling them, even where the stream denies it, and taking fields apart.

Works on decoded frames; knows no files. Invariant: one full picture leaves per coded frame, with
that frame's time.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING

import av.error
import numpy as np
from av.filter import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.video.frame import VideoFrame

EXAMINED = 24
"""Frames that are looked at where a stream is under suspicion."""

_COMB_DEPTH = 16
_COMBED_SHARE = 0.003

_BROADCAST_LINES = (480, 486, 576)
_BROADCAST_WIDTHS = range(700, 769)
_PROGRESSIVE = (0, 1)  # AV_FIELD_UNKNOWN, AV_FIELD_PROGRESSIVE


class Fields(Enum):
    """How fields lie in a stream's frames."""

    NONE = "progressive"
    FLAGGED = "interlaced, as its frames say"
    TOP_FIRST = "interlaced, top field first, though flagged progressive"
    BOTTOM_FIRST = "interlaced, bottom field first, though flagged progressive"


def claimed(frame: VideoFrame, field_order: int) -> Fields:
    """What stream and frame say; `field_order` is libav's AVFieldOrder."""
    interlaced = frame.interlaced_frame or field_order not in _PROGRESSIVE
    return Fields.FLAGGED if interlaced else Fields.NONE


def is_suspect(frame: VideoFrame) -> bool:
    """Whether a picture has a television size, where interlacing is often not flagged."""
    eight_bits = frame.format.components[0].bits == 8
    return eight_bits and frame.height in _BROADCAST_LINES and frame.width in _BROADCAST_WIDTHS


def detected(frames: Iterator[VideoFrame]) -> Fields:
    """Judges by the pictures themselves: most show combs, and idet sees one order throughout.

    idet alone is led astray by things that move vertically.
    """
    graph: Graph | None = None
    verdicts: list[str] = []
    combed = 0
    for number, frame in enumerate(frames):
        if graph is None:
            graph = _graph(frame, "idet", {})
        combed += _is_combed(frame)
        frame.pts = number
        graph.vpush(frame)
        verdicts += [
            judged.metadata.get("lavfi.idet.multiple.current_frame", "")
            for judged in _pulled(graph)
        ]
        if len(verdicts) >= EXAMINED:
            break
    top, bottom = verdicts.count("tff"), verdicts.count("bff")
    half = len(verdicts) / 2
    if combed < half or max(top, bottom) <= half or min(top, bottom) > 0:
        return Fields.NONE
    return Fields.TOP_FIRST if top else Fields.BOTTOM_FIRST


def _is_combed(frame: VideoFrame) -> bool:
    """Whether lines stand out from equal neighbours above and below in some part of a picture."""
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
    luma = rows[:, : plane.width].astype(np.int16)
    above, line, below = luma[:-2], luma[1:-1], luma[2:]
    sticks_out = np.minimum(np.abs(line - above), np.abs(line - below)) > _COMB_DEPTH
    same_side = (line > above) == (line > below)
    teeth = sticks_out & same_side & (np.abs(above - below) < _COMB_DEPTH // 2)
    return bool(teeth.mean() > _COMBED_SHARE)


def progressive(frames: Iterator[VideoFrame], fields: Fields) -> Iterator[VideoFrame]:
    """One full picture per interlaced frame; progressive ones pass unchanged.

    yadif rather than bwdif: that one weaves what repeats frame by frame although the two fields
    differ, such as a light that blinks with every field.
    """
    graph: Graph | None = None
    shape: tuple[object, ...] = ()
    times: deque[int | None] = deque()
    for frame in frames:
        current = (frame.format.name, frame.width, frame.height)
        if graph is None or current != shape:
            yield from _drained(graph, times)
            graph, shape = _graph(frame, "yadif", _YADIF[fields]), current
        times.append(frame.pts)
        frame.pts = len(times)
        graph.vpush(frame)
        yield from _timed(graph, times)
    yield from _drained(graph, times)


_YADIF = {
    Fields.FLAGGED: {"mode": "send_frame", "parity": "auto", "deint": "interlaced"},
    Fields.TOP_FIRST: {"mode": "send_frame", "parity": "tff", "deint": "all"},
    Fields.BOTTOM_FIRST: {"mode": "send_frame", "parity": "bff", "deint": "all"},
}


def _graph(frame: VideoFrame, name: str, options: dict[str, str]) -> Graph:
    graph = Graph()
    source = graph.add(
        "buffer",
        video_size=f"{frame.width}x{frame.height}",
        pix_fmt=frame.format.name,
        time_base="1/1000",
        pixel_aspect="1/1",
        colorspace=str(frame.colorspace),
        range=str(frame.color_range),
    )
    graph.link_nodes(source, graph.add(name, **options), graph.add("buffersink")).configure()
    return graph


def _pulled(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _timed(graph: Graph, times: deque[int | None]) -> Iterator[VideoFrame]:
    """What is finished, in order, with the times that went in."""
    for frame in _pulled(graph):
        frame.pts = times.popleft()
        yield frame


def _drained(graph: Graph | None, times: deque[int | None]) -> Iterator[VideoFrame]:
    if graph is not None:
        graph.vpush(None)
        yield from _timed(graph, times)
    times.clear()
