"""The same work as a project of ours, an ffmpeg filter graph and a MoviePy script."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

from benchmarks import inputs
from benchmarks._harness import OUT, Contender

if TYPE_CHECKING:
    from pathlib import Path

PRESET = "veryfast"
CRF = 23
X264 = f"-c:v libx264 -preset {PRESET} -crf {CRF} -g 30 -keyint_min 30 -sc_threshold 0".split()
X264_PARAMS = "stitchable=1:open-gop=0"

# MoviePy pins an older Pillow, so it lives in an environment of its own:
#   python -m venv out/bench/moviepy && out/bench/moviepy/bin/pip install moviepy
MOVIEPY_PYTHON = OUT / "moviepy" / "bin" / "python"

# The quality that maps to crf 23 (see gpu_export/media/codecs.py).
QUALITY = "standard"

INSET = (640, 360, 1240, 40)
LOGO_AT = (60, 60)
BAR = (1200, 100, 360, 920)


def overlay(seconds: int) -> list[Contender]:
    """1080p video + 640×360 inset of a second one + logo with alpha + translucent solid."""
    main, second, mark = inputs.hd_clip(seconds), inputs.second_clip(seconds), inputs.logo()
    project = OUT / f"overlay-{seconds}s.json"
    project.write_text(json.dumps(overlay_project(main, second, mark, seconds), indent=2))
    contenders = [
        ours("gpu-export cpu", project, "cpu"),
        ours("gpu-export gl", project, "gl"),
        _floor(main, second, seconds),
    ]
    if shutil.which("ffmpeg"):
        contenders.append(_ffmpeg(main, second, mark, seconds))
    if MOVIEPY_PYTHON.exists():
        contenders.append(_moviepy(main, second, mark, seconds))
    return contenders


def ours(name: str, project: Path, compositor: str) -> Contender:
    """Our own export of a project."""
    output = OUT / f"{name.replace(' ', '-')}-{project.stem}.mp4"
    return Contender(
        name,
        [
            *(sys.executable, "-m", "gpu_export", str(project), "-o", str(output)),
            *("--compositor", compositor, "--overwrite", "--progress", "none"),
            *("--report", str(output.with_suffix(".report.json"))),
        ],
    )


def _floor(main: Path, second: Path, seconds: int) -> Contender:
    output = OUT / f"floor-overlay-{seconds}s.mp4"
    command = [sys.executable, "-m", "benchmarks.floor", str(main), str(second), str(seconds)]
    return Contender("floor", [*command, str(output)])


def output_of(contender: Contender) -> str:
    """The file a contender writes."""
    return next(word for word in reversed(contender.command) if word.endswith(".mp4"))


def overlay_project(main: Path, second: Path, mark: Path, seconds: int) -> dict[str, object]:
    """The job as a project of ours."""
    width, height, left, top = INSET
    bar_width, bar_height, bar_left, bar_top = BAR
    corner = {"anchor": [0, 0]}
    clips: list[dict[str, object]] = [
        {"type": "video", "src": str(main), "duration": seconds, "mute": True},
        {
            **corner,
            **{"type": "video", "src": str(second), "duration": seconds, "mute": True},
            **{"width": width, "height": height, "x": left, "y": top},
        },
        {
            **corner,
            **{"type": "image", "src": str(mark), "duration": seconds, "fit": "none"},
            **{"x": LOGO_AT[0], "y": LOGO_AT[1], "width": 320, "height": 320},
        },
        {
            **corner,
            **{"type": "solid", "color": "#ffc400", "opacity": 0.8, "duration": seconds},
            **{"width": bar_width, "height": bar_height, "x": bar_left, "y": bar_top},
        },
    ]
    return {
        "version": 1,
        "width": 1920,
        "height": 1080,
        "fps": inputs.RATE,
        "tracks": [{"clips": [clip]} for clip in clips],
        "output": {"quality": QUALITY, "preset": PRESET},
    }


def _ffmpeg(main: Path, second: Path, mark: Path, seconds: int) -> Contender:
    width, height, left, top = INSET
    bar_width, bar_height, bar_left, bar_top = BAR
    graph = (
        f"[1:v]scale={width}:{height}[inset];"
        f"[0:v][inset]overlay={left}:{top}[a];"
        f"[a][2:v]overlay={LOGO_AT[0]}:{LOGO_AT[1]}[b];"
        f"color=c=0xffc400@0.8:s={bar_width}x{bar_height}:r={inputs.RATE},format=yuva420p[bar];"
        f"[b][bar]overlay={bar_left}:{bar_top}:shortest=1[v]"
    )
    output = OUT / f"ffmpeg-overlay-{seconds}s.mp4"
    return Contender(
        "ffmpeg",
        [
            *("ffmpeg", "-y", "-v", "error", "-i", str(main), "-i", str(second), "-i", str(mark)),
            *("-filter_complex", graph, "-map", "[v]", "-t", str(seconds)),
            *(*X264, "-x264-params", X264_PARAMS, "-pix_fmt", "yuv420p"),
            *("-movflags", "+faststart", str(output)),
        ],
    )


_MOVIEPY = """
from moviepy import ColorClip, CompositeVideoClip, ImageClip, VideoFileClip
main = VideoFileClip({main!r}, audio=False).with_duration({seconds})
inset = VideoFileClip({second!r}, audio=False).with_duration({seconds}).resized({size})
inset = inset.with_position({at})
mark = ImageClip({mark!r}).with_duration({seconds}).with_position({mark_at})
bar = ColorClip({bar_size}, (255, 196, 0)).with_opacity(0.8).with_duration({seconds})
bar = bar.with_position({bar_at})
CompositeVideoClip([main, inset, mark, bar]).write_videofile(
    {output!r}, fps={rate}, codec="libx264", preset={preset!r}, audio=False, logger=None,
    ffmpeg_params={x264!r},
)
"""


def _moviepy(main: Path, second: Path, mark: Path, seconds: int) -> Contender:
    script = OUT / "moviepy_overlay.py"
    output = OUT / f"moviepy-overlay-{seconds}s.mp4"
    script.write_text(
        _MOVIEPY.format(
            main=str(main),
            second=str(second),
            mark=str(mark),
            seconds=seconds,
            size=INSET[:2],
            at=INSET[2:],
            mark_at=LOGO_AT,
            bar_size=BAR[:2],
            bar_at=BAR[2:],
            output=str(output),
            rate=inputs.RATE,
            preset=PRESET,
            x264=[*X264[4:], "-x264-params", X264_PARAMS, "-pix_fmt", "yuv420p"],
        )
    )
    return Contender("MoviePy", [str(MOVIEPY_PYTHON), str(script), str(output)])
