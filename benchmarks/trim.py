"""Trim and join: four pieces of one film, encoded anew and copied.

As projects of ours (encoded, copied with cuts anywhere, copied with cuts on keyframes), as an
ffmpeg filter graph, as `ffmpeg -c copy`, and as the floor: decode and encode, nothing else.
"""

from __future__ import annotations

import json
import shutil
import sys
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from benchmarks import inputs
from benchmarks._harness import OUT, Contender
from benchmarks.jobs import PRESET, QUALITY, X264, X264_PARAMS, ours
from gpu_export.core.color import BT709
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.pictures import plane_views
from gpu_export.media.sink import open_sink
from gpu_export.render.frames import DecodedFrame, Layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from av.container import InputContainer

SOURCE_S = 60
Piece = tuple[float, float]
# The clips have a keyframe every two seconds.
ANYWHERE: tuple[Piece, ...] = ((3.2, 9.7), (20.0, 24.5), (31.1, 36.0), (45.4, 49.5))
ON_KEYFRAMES: tuple[Piece, ...] = ((4, 10), (20, 24), (32, 36), (44, 50))


def contenders() -> list[Contender]:
    """Encoded anew first, then what copies."""
    film = inputs.hd_clip(SOURCE_S)
    encoded = _project("trim", film, ANYWHERE, {"quality": QUALITY, "preset": PRESET})
    found = [ours("gpu-export cpu", encoded, "cpu"), ours("gpu-export gl", encoded, "gl")]
    found.append(_floor(film))
    if shutil.which("ffmpeg"):
        found.append(_ffmpeg(film))
    anywhere = _project("trim-copied", film, ANYWHERE, {})
    keyframes = _project("trim-keyframes", film, ON_KEYFRAMES, {})
    again = ours("encoded by default", anywhere, "cpu")
    again.command.append("--no-smart-copy")
    found += [again, ours("copied", anywhere, "cpu"), ours("copied on keyframes", keyframes, "cpu")]
    if shutil.which("ffmpeg"):
        found.append(_stream_copy(film))
    return found


def _project(name: str, film: Path, pieces: Sequence[Piece], output: dict[str, Any]) -> Path:
    clips = [
        {"type": "video", "src": str(film), "in": start, "out": end, "mute": True}
        for start, end in pieces
    ]
    project = {
        "version": 1,
        "width": 1920,
        "height": 1080,
        "fps": inputs.RATE,
        "tracks": [{"clips": clips}],
        "output": output,
    }
    path = OUT / f"{name}.json"
    path.write_text(json.dumps(project, indent=2))
    return path


def _ffmpeg(film: Path) -> Contender:
    cut = "".join(
        f"[0:v]trim={start}:{end},setpts=PTS-STARTPTS[p{index}];"
        for index, (start, end) in enumerate(ANYWHERE)
    )
    names = "".join(f"[p{index}]" for index in range(len(ANYWHERE)))
    graph = f"{cut}{names}concat=n={len(ANYWHERE)}[v]"
    output = OUT / "ffmpeg-trim.mp4"
    return Contender(
        "ffmpeg",
        [
            *("ffmpeg", "-y", "-v", "error", "-i", str(film), "-filter_complex", graph),
            *("-map", "[v]", *X264, "-x264-params", X264_PARAMS, "-pix_fmt", "yuv420p"),
            str(output),
        ],
    )


def _stream_copy(film: Path) -> Contender:
    listing, output = OUT / "trim.ffconcat", OUT / "ffmpeg-copy.mp4"
    lines = ["ffconcat version 1.0"]
    for start, end in ON_KEYFRAMES:
        lines += [f"file {film}", f"inpoint {start}", f"outpoint {end}"]
    listing.write_text("\n".join(lines) + "\n")
    words = ["ffmpeg", "-y", "-v", "error", "-f", "concat", "-safe", "0"]
    return Contender("ffmpeg copy", [*words, "-i", str(listing), "-c", "copy", str(output)])


def _floor(film: Path) -> Contender:
    command = [sys.executable, "-m", "benchmarks.trim", str(film)]
    return Contender("floor", [*command, str(OUT / "floor-trim.mp4")])


def floor(film: str, output: str) -> None:
    """Decodes the pieces from the keyframe before each, and encodes them."""
    counts = [round((end - start) * inputs.RATE) for start, end in ANYWHERE]
    spec = plan_output(
        Path(output),
        PictureFormat(1920, 1080, Fraction(inputs.RATE)),
        None,
        OutputWish(preset=PRESET, quality=QUALITY),
    )
    with (
        av.open(film) as container,
        open_sink(spec, frames=sum(counts), overwrite=True) as sink,
    ):
        container.streams.video[0].thread_type = "AUTO"
        for (start, _), count in zip(ANYWHERE, counts, strict=True):
            for frame in islice(_from(container, start), count):
                planes = plane_views(frame, Layout.I420)
                sink.write(
                    DecodedFrame(Layout.I420, planes, 1920, 1080, BT709, Fraction(0), owner=frame)
                )
        sink.finish()


def _from(container: InputContainer, start: float) -> Iterator[av.VideoFrame]:
    stream = container.streams.video[0]
    time_base = stream.time_base or Fraction(1, inputs.RATE)
    first = round(Fraction(str(start)) / time_base)
    container.seek(first, stream=stream)
    for frame in container.decode(stream):
        if frame.pts is not None and frame.pts >= first:
            yield frame


if __name__ == "__main__":
    floor(sys.argv[1], sys.argv[2])
