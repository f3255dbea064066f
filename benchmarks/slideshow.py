"""The slideshow: eight photographs in a slow zoom, crossfading into each other, with music."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from benchmarks import inputs
from benchmarks._harness import OUT, Contender
from benchmarks.jobs import PRESET, QUALITY, X264, X264_PARAMS, ours
from gpu_export.resources import asset_dir

if TYPE_CHECKING:
    from pathlib import Path

PICTURES, SHOT, FADE, ZOOM = 8, 3, 1, 1.1
MUSIC = asset_dir() / "demo" / "media" / "music.opus"
LENGTH = PICTURES * (SHOT - FADE) + FADE


def contenders() -> list[Contender]:
    """Ours on both compositors, and ffmpeg where it is installed."""
    photos = inputs.photos(PICTURES)
    project = OUT / "slideshow.json"
    project.write_text(json.dumps(_project(photos), indent=2))
    found = [ours("gpu-export cpu", project, "cpu"), ours("gpu-export gl", project, "gl")]
    if shutil.which("ffmpeg"):
        found.append(_ffmpeg(photos))
    return found


def _project(photos: list[Path]) -> dict[str, Any]:
    zoom = {"scale": [{"time": 0, "value": 1}, {"time": SHOT, "value": ZOOM}]}
    clips = [
        {
            "type": "image",
            "src": str(photo),
            "duration": SHOT,
            "fit": "cover",
            "keyframes": zoom,
            **({} if index == 0 else {"transition": {"in": {"duration": FADE}}}),
        }
        for index, photo in enumerate(photos)
    ]
    music = {"type": "audio", "src": str(MUSIC), "duration": LENGTH, "loop": True}
    return {
        "version": 1,
        "width": 1920,
        "height": 1080,
        "fps": inputs.RATE,
        "output": {"quality": QUALITY, "preset": PRESET},
        "tracks": [{"clips": clips}, {"clips": [music]}],
    }


def _ffmpeg(photos: list[Path]) -> Contender:
    frames = SHOT * inputs.RATE
    shots = "".join(
        f"[{index}:v]scale=2880:2160:flags=bicubic,crop=2880:1620,"
        f"zoompan=z='1+{ZOOM - 1:g}*on/{frames}':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d={frames}"
        f":s=1920x1080:fps={inputs.RATE},format=yuv420p,settb=AVTB[s{index}];"
        for index in range(len(photos))
    )
    fades, last = "", "s0"
    for index in range(1, len(photos)):
        offset = index * (SHOT - FADE)
        fades += f"[{last}][s{index}]xfade=fade:duration={FADE}:offset={offset}[x{index}];"
        last = f"x{index}"
    inputs_ = [word for photo in photos for word in ("-i", str(photo))]
    output = OUT / "ffmpeg-slideshow.mp4"
    return Contender(
        "ffmpeg",
        [
            *("ffmpeg", "-y", "-v", "error", *inputs_, "-stream_loop", "-1", "-i", str(MUSIC)),
            *("-filter_complex", (shots + fades).rstrip(";"), "-map", f"[{last}]"),
            *("-map", f"{len(photos)}:a", "-t", str(LENGTH), *X264, "-x264-params", X264_PARAMS),
            *("-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "192k", str(output)),
        ],
    )
