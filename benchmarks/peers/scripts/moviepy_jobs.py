"""A job as MoviePy says it: `moviepy_jobs.py JOB.json OUTPUT FFMPEG-OPTION…`.

Runs in MoviePy's own environment and imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from moviepy import (
    AudioFileClip,
    CompositeVideoClip,
    ImageClip,
    TextClip,
    VideoFileClip,
    concatenate_videoclips,
    vfx,
)
from PIL import ImageFont

# Its pictures are RGB. Without these words they would be written in the colours of old television.
_BT709 = ["-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709"]


def overlay(job: Any) -> Any:
    """A film, an inset, a logo, an outlined title."""
    inset, logo = job.inset, job.logo_at
    second = _film(job.second, job.seconds).resized((inset.width, inset.height))
    mark = ImageClip(job.logo).with_duration(job.seconds)
    layers = [
        _film(job.film, job.seconds),
        second.with_position((inset.x, inset.y)),
        mark.with_position((logo.x, logo.y)),
        _title(job.title, job.seconds),
    ]
    return CompositeVideoClip(layers)


def heavy(job: Any) -> Any:
    """Two films crossfading, a growing photograph, a travelling inset, a fading title."""
    second = _film(job.second, job.shot).with_start(job.shot - job.fade)
    second = second.with_effects([vfx.CrossFadeIn(job.fade)])
    fades = [vfx.CrossFadeIn(job.title_fade), vfx.CrossFadeOut(job.title_fade)]
    title = _title(job.title, job.seconds).with_effects(fades)
    layers = [_film(job.film, job.shot), second, _photo(job), _inset(job), title]
    return CompositeVideoClip(layers, size=(job.width, job.height)).with_duration(job.seconds)


def _photo(job: Any) -> Any:
    (width, height), (x, y) = job.photo_size, job.photo_at
    photo = ImageClip(job.photo).with_duration(job.seconds)
    natural = photo.w

    def grown(t: float) -> float:
        return float(1 + (job.zoom - 1) * t / job.seconds)

    growing = photo.resized(lambda t: width / natural * grown(t))
    return growing.with_position(lambda t: (x - width / 2 * grown(t), y - height / 2 * grown(t)))


def _inset(job: Any) -> Any:
    """With a mask before it turns: its corners are clear then, not black."""
    inset = _film(job.second, job.seconds).resized(tuple(job.inset_size)).with_mask()
    inset = inset.rotated(-job.turn, expand=True).with_opacity(job.opacity)
    (x0, y0), (x1, y1) = job.path

    def corner(t: float) -> tuple[float, float]:
        along = t / job.seconds
        return (x0 + (x1 - x0) * along - inset.w / 2, y0 + (y1 - y0) * along - inset.h / 2)

    return inset.with_position(corner)


def trim(job: Any) -> Any:
    """Pieces one after the other."""
    film = VideoFileClip(job.film, audio=False)
    return concatenate_videoclips([film.subclipped(*piece) for piece in job.pieces])


def slideshow(job: Any) -> Any:
    """Growing photographs that crossfade, with music."""
    shots = [_shot(job, number, path) for number, path in enumerate(job.photos)]
    music = AudioFileClip(job.music).subclipped(0, job.seconds)
    show = CompositeVideoClip(shots, size=(job.width, job.height)).with_duration(job.seconds)
    return show.with_audio(music)


def _shot(job: Any, number: int, path: str) -> Any:
    photo = ImageClip(path).with_duration(job.shot).with_start(number * (job.shot - job.fade))
    natural = photo.w
    grown = photo.resized(lambda t: job.width / natural * (1 + (job.zoom - 1) * t / job.shot))
    return grown.with_position("center").with_effects([vfx.CrossFadeIn(job.fade)] if number else [])


def _film(path: str, seconds: float) -> Any:
    return VideoFileClip(path, audio=False).with_duration(seconds)


def _title(title: Any, seconds: float) -> Any:
    """With room for the outline and the letters' lower parts, which it cuts off otherwise."""
    room = title.size // 2
    ascent = ImageFont.truetype(title.font, title.size).getmetrics()[0]
    line = TextClip(
        font=title.font,
        text=title.text,
        font_size=title.size,
        color="white",
        stroke_color="black" if title.outline else None,
        stroke_width=title.outline,
        margin=(room, room),
        duration=seconds,
    )
    return line.with_position(("center", title.baseline_y - ascent - room - title.outline))


def main(path: str, output: str, options: list[str]) -> None:
    """Does the job."""
    text = Path(path).read_text(encoding="utf-8")
    job = json.loads(text, object_hook=lambda pairs: SimpleNamespace(**pairs))
    saying = {"overlay": overlay, "heavy": heavy, "trim": trim, "slideshow": slideshow}
    clip = saying[job.name](job)
    clip.write_videofile(
        output,
        fps=job.rate,
        codec="libx264",
        preset=job.encoding.preset,
        audio=clip.audio is not None,
        audio_codec="aac",
        audio_bitrate=str(job.encoding.audio_bitrate),
        logger=None,
        ffmpeg_params=[*options, *_BT709],
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
