"""Which constant rate factors look alike: SSIM of every encoder against x264's at each word.

Real clips, given as files; a few frames of each, from its middle. The words of `quality` are
defined by x264's usual factors; the others are interpolated to the same SSIM.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import av
import numpy as np
from av.codec.context import CodecContext
from av.filter import Graph

from gpu_export.media.codecs import VIDEO_CODECS
from gpu_export.media.encode import VideoEncoder, own_context
from gpu_export.media.encoder_row import QUALITY_NAMES, crf_for
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.picture_plan import plan_picture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame

    from gpu_export.media.encoder_row import Encoder

FRAMES = 16
RATE = Fraction(25)
DECODERS = {"h264": "h264", "hevc": "hevc", "av1": "libdav1d", "vp9": "vp9"}
GRIDS = {
    "hevc": (14, 18, 22, 26, 30, 34),
    "av1": (4, 10, 16, 24, 36, 50),
    "vp9": (6, 12, 20, 28, 36, 46),
}


@dataclass(frozen=True, slots=True)
class Clip:
    """Some frames in I420."""

    name: str
    frames: tuple[VideoFrame, ...]


def clips(paths: Sequence[Path]) -> list[Clip]:
    """The first frames of each file after its first second."""
    return [Clip(path.name, tuple(_frames(path))) for path in paths]


def _frames(path: Path) -> list[VideoFrame]:
    with av.open(str(path)) as container:
        pictures = [frame.reformat(format="yuv420p") for frame in container.decode(video=0)]
    start = max(0, min(25, len(pictures) - FRAMES))
    return pictures[start : start + FRAMES]


def similarity(codec: str, factor: float, clip: Clip) -> float:
    """The mean SSIM of a clip after encoding at a constant rate factor."""
    first = clip.frames[0]
    picture = PictureFormat(first.width & ~1, first.height & ~1, RATE)
    spec = plan_picture(codec, picture, OutputWish(quality="high"))
    spec = replace(spec, options=(("crf", f"{factor:g}"),))
    context = own_context(spec)
    encoder = VideoEncoder(context, spec)
    packets = [packet for frame in clip.frames for packet in encoder.encode(_copy(frame))]
    packets += encoder.flush()
    decoder = cast("VideoCodecContext", CodecContext.create(DECODERS[codec], "r"))
    decoder.extradata = bytes(context.extradata or b"") or None
    coded: list[Any] = [*packets, None]
    decoded = [frame for packet in coded for frame in decoder.decode(packet)]
    return float(np.mean([_ssim(a, b) for a, b in zip(clip.frames, decoded, strict=True)]))


def _copy(frame: VideoFrame) -> VideoFrame:
    return frame.reformat(width=frame.width & ~1, height=frame.height & ~1, format="yuv420p")


def _ssim(one: VideoFrame, other: VideoFrame) -> float:
    graph = Graph()
    sources = [
        graph.add("buffer", f"width={f.width}:height={f.height}:pix_fmt=yuv420p:time_base=1/25")
        for f in (other, other)
    ]
    compare, sink = graph.add("ssim"), graph.add("buffersink")
    for index, source in enumerate(sources):
        source.link_to(compare, 0, index)
    compare.link_to(sink)
    graph.configure()
    for source, frame in zip(sources, (other, _copy(one)), strict=True):
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        source.push(frame)
        source.push(None)
    compared = cast("VideoFrame", sink.pull())
    return float(cast("Any", compared).metadata["lavfi.ssim.Y"])


def report(paths: Sequence[Path]) -> None:
    """Prints SSIM at each word, and the factors that give every encoder x264's."""
    films = clips(paths)
    x264 = VIDEO_CODECS["h264"][0]
    wanted = {
        word: _scores("h264", crf_for(x264, number), films)
        for word, number in QUALITY_NAMES.items()
    }
    print("| codec | " + " | ".join(QUALITY_NAMES) + " |\n| --- |" + " ---: |" * len(QUALITY_NAMES))
    print("| h264, SSIM in dB | " + " | ".join(f"{np.mean(s):.4f}" for s in wanted.values()) + " |")
    for codec, grid in GRIDS.items():
        scores = np.array([_scores(codec, factor, films) for factor in grid])
        found = [_factor(grid, scores, np.array(target)) for target in wanted.values()]
        print(f"| {codec} now | " + " | ".join(_now(VIDEO_CODECS[codec][0])) + " |")
        print(f"| {codec} alike | " + " | ".join(f"{factor:.1f}" for factor in found) + " |")


def _scores(codec: str, factor: float, films: Sequence[Clip]) -> list[float]:
    return [_decibels(similarity(codec, factor, film)) for film in films]


def _decibels(ssim: float) -> float:
    return float(-10 * np.log10(max(1 - ssim, 1e-6)))


def _factor(grid: Sequence[float], scores: Any, target: Any) -> float:
    """The mean over clips of the factor at which each reaches its target."""
    each = [np.interp(target[film], scores[::-1, film], grid[::-1]) for film in range(len(target))]
    return float(np.mean(each))


def _now(row: Encoder) -> list[str]:
    return [f"{crf_for(row, number):g}" for number in QUALITY_NAMES.values()]
