"""A job as movielite says it: `movielite_jobs.py JOB.json OUTPUT FFMPEG-OPTION…`.

Runs in movielite's own environment and imports nothing of ours. movielite offers four qualities and
no encoder options; it starts ffmpeg by name, and that one command is given the job's options here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from math import ceil, cos, radians, sin
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
from movielite import AudioClip, ImageClip, TextClip, VideoClip, VideoWriter
from movielite.core import video_writer
from pictex import Canvas

# Its pictures are RGB. Without these words they would be written in the colours of old television.
_BT709 = ["-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709"]


def overlay(job: Any) -> list[Any]:
    """A film, an inset, a logo, an outlined title."""
    inset, logo = job.inset, job.logo_at
    second = _film(job.second, job.seconds).set_size(inset.width, inset.height)
    mark = ImageClip(job.logo, duration=job.seconds).set_position((logo.x, logo.y))
    return [
        _film(job.film, job.seconds),
        second.set_position((inset.x, inset.y)),
        mark,
        _title(job.title, job.seconds, job.width),
    ]


def heavy(job: Any) -> list[Any]:
    """Two films crossfading, a growing photograph, a travelling inset, a fading title."""
    second = _film(job.second, job.shot, start=job.shot - job.fade)
    second.set_opacity(lambda t: min(1.0, t / job.fade))
    fade = job.title_fade
    title = _title(job.title, job.seconds, job.width)
    title.set_opacity(lambda t: min(1.0, t / fade, (job.seconds - t) / fade))
    return [_film(job.film, job.shot), second, _photo(job), _inset(job), title]


def _photo(job: Any) -> Any:
    (width, height), (x, y) = job.photo_size, job.photo_at
    photo = ImageClip(job.photo, duration=job.seconds)
    natural = photo.size[0]

    def grown(t: float) -> float:
        return float(1 + (job.zoom - 1) * t / job.seconds)

    photo.set_scale(lambda t: width / natural * grown(t))
    return photo.set_position(lambda t: (x - width / 2 * grown(t), y - height / 2 * grown(t)))


def _inset(job: Any) -> Any:
    """With an alpha channel before it turns: its corners are clear then, not black."""
    width, height = job.inset_size
    inset = _film(job.second, job.seconds).set_size(width, height)
    inset.add_transform(lambda frame, _: cv2.cvtColor(frame, cv2.COLOR_BGR2BGRA))
    inset.set_rotation(-job.turn).set_opacity(job.opacity)
    turn, ((x0, y0), (x1, y1)) = radians(job.turn), job.path
    half_width = ceil(width * cos(turn) + height * sin(turn)) / 2
    half_height = ceil(width * sin(turn) + height * cos(turn)) / 2

    def corner(t: float) -> tuple[float, float]:
        along = t / job.seconds
        return (x0 + (x1 - x0) * along - half_width, y0 + (y1 - y0) * along - half_height)

    return inset.set_position(corner)


def trim(job: Any) -> list[Any]:
    """Pieces one after the other."""
    pieces, at = [], 0.0
    for start, end in job.pieces:
        pieces.append(VideoClip(job.film, start=at, duration=end - start, offset=start))
        at += end - start
    return pieces


def slideshow(job: Any) -> list[Any]:
    """Growing photographs that crossfade, with music."""
    shots = [_shot(job, number, path) for number, path in enumerate(job.photos)]
    return [*shots, AudioClip(job.music, duration=job.seconds)]


def _shot(job: Any, number: int, path: str) -> Any:
    """It comes in over the one before, which stays opaque below until it is hidden."""
    photo = ImageClip(path, start=number * (job.shot - job.fade), duration=job.shot)
    width, height = photo.size

    def scale(t: float) -> float:
        return float(job.width / width * (1 + (job.zoom - 1) * t / job.shot))

    photo.set_scale(scale)
    photo.set_position(
        lambda t: ((job.width - width * scale(t)) / 2, (job.height - height * scale(t)) / 2)
    )
    return photo.set_opacity(lambda t: min(1.0, t / job.fade)) if number else photo


def _film(path: str, seconds: float, start: float = 0) -> Any:
    return VideoClip(path, start=start, duration=seconds)


def _title(title: Any, seconds: float, width: int) -> Any:
    canvas = Canvas().font_family(Path(title.font)).font_size(title.size).color("white")
    canvas = canvas.padding(title.size // 4)
    if title.outline:
        # Half of a stroke's width lies inside the letters, under their fill.
        canvas = canvas.text_stroke(2 * title.outline, "black", "outline")
    line = TextClip(title.text, duration=seconds, canvas=canvas)
    return line.set_position(((width - line.size[0]) // 2, title.middle_y - line.size[1] // 2))


def _encode_as(options: list[str], preset: str) -> None:
    """Gives movielite's encoding command, and no other, the job's options."""

    def started(words: list[str], **others: Any) -> subprocess.Popen[bytes]:
        output = words.index("yuv420p") + 1
        return subprocess.Popen([*words[:output], *options, *_BT709, *words[output:]], **others)

    video_writer.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": started})
    video_writer._get_ffmpeg_libx264_preset = lambda _: preset


def main(path: str, output: str, options: list[str]) -> None:
    """Does the job with a process a core, as its manual advises."""
    text = Path(path).read_text(encoding="utf-8")
    job = json.loads(text, object_hook=lambda pairs: SimpleNamespace(**pairs))
    saying = {"overlay": overlay, "heavy": heavy, "trim": trim, "slideshow": slideshow}
    _encode_as(options, job.encoding.preset)
    writer = VideoWriter(output, fps=job.rate, size=(job.width, job.height), duration=job.seconds)
    writer.add_clips(saying[job.name](job))
    writer.write(processes=os.cpu_count() or 1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
