"""The heavy job: everything moves, so every frame is composed in full.

Two 1080p films crossfade into each other; over them lie a 12-megapixel photograph in a slow zoom, a
rotated, translucent inset that travels, and a title that fades in and out: as a project of ours,
an ffmpeg filter graph, a MoviePy script and a melt command line.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from benchmarks import inputs
from benchmarks._harness import OUT, Contender
from benchmarks.jobs import CRF, MOVIEPY_PYTHON, PRESET, QUALITY, X264, X264_PARAMS, ours

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 10
# Both films last so long and overlap by a second.
SHOT, FADE = 5.5, 1
# The photograph's size at the start, its middle, and how much it grows.
PHOTO, PHOTO_AT, ZOOM = (960, 720), (540, 560), 1.15
INSET = (768, 432)
TURN, OPACITY = 12, 0.8
# Where the inset's middle is at the start and at the end.
PATH = ((500, 380), (1420, 700))
TITLE, TITLE_SIZE = "A heavy job", 96


def contenders() -> list[Contender]:
    """Ours on both compositors, and the peers that are installed."""
    first, second = inputs.hd_clip(SECONDS), inputs.second_clip(SECONDS, height=1080)
    picture = inputs.photo()
    project = OUT / "heavy.json"
    project.write_text(json.dumps(_project(first, second, picture), indent=2))
    found = [ours("gpu-export cpu", project, "cpu"), ours("gpu-export gl", project, "gl")]
    if shutil.which("ffmpeg"):
        found.append(_ffmpeg(first, second, picture))
    if MOVIEPY_PYTHON.exists():
        found.append(_moviepy(first, second, picture))
    if shutil.which("melt"):
        found.append(_melt(first, second, picture))
    return found


def _project(first: Path, second: Path, picture: Path) -> dict[str, Any]:
    fade = {"in": {"type": "crossfade", "duration": FADE}}
    shot = {"duration": SHOT, "fit": "cover"}
    zoom = {"scale": [{"time": 0, "value": 1}, {"time": SECONDS, "value": ZOOM}]}
    (x0, y0), (x1, y1) = PATH
    travel = {
        "x": [{"time": 0, "value": x0}, {"time": SECONDS, "value": x1}],
        "y": [{"time": 0, "value": y0}, {"time": SECONDS, "value": y1}],
    }
    opacity = [
        {"time": 0, "value": 0},
        {"time": 1, "value": 1},
        {"time": SECONDS - 1, "value": 1},
        {"time": SECONDS, "value": 0},
    ]
    return {
        "version": 1,
        "width": 1920,
        "height": 1080,
        "fps": inputs.RATE,
        "output": {"quality": QUALITY, "preset": PRESET},
        "tracks": [
            {
                "clips": [
                    {"type": "video", "src": str(first), "mute": True, **shot},
                    {
                        "type": "video",
                        "src": str(second),
                        "mute": True,
                        "transition": fade,
                        **shot,
                    },
                ]
            },
            {
                "clips": [
                    {
                        "type": "image",
                        "src": str(picture),
                        "duration": SECONDS,
                        "width": PHOTO[0],
                        "height": PHOTO[1],
                        "x": PHOTO_AT[0],
                        "y": PHOTO_AT[1],
                        "keyframes": zoom,
                    }
                ]
            },
            {
                "clips": [
                    {
                        "type": "video",
                        "src": str(second),
                        "mute": True,
                        "duration": SECONDS,
                        "width": INSET[0],
                        "height": INSET[1],
                        "rotation": TURN,
                        "opacity": OPACITY,
                        "keyframes": travel,
                    }
                ]
            },
            {
                "clips": [
                    {
                        "type": "text",
                        "text": TITLE,
                        "fontSize": TITLE_SIZE,
                        "color": "white",
                        "y": "88%",
                        "duration": SECONDS,
                        "keyframes": {"opacity": opacity},
                    }
                ]
            },
        ],
    }


def _ffmpeg(first: Path, second: Path, picture: Path) -> Contender:
    (x0, y0), (x1, y1) = PATH
    along = f"(t/{SECONDS})"
    grown = f"(1+{ZOOM - 1:g}*{along})"
    shot = f"trim=duration={SHOT},setpts=PTS-STARTPTS,fps={inputs.RATE},format=yuv420p,settb=AVTB"
    graph = (
        f"[0:v]{shot}[a];[1:v]{shot}[b];"
        f"[a][b]xfade=fade:duration={FADE}:offset={SHOT - FADE}[base];"
        f"[2:v]scale=w='{PHOTO[0]}*{grown}':h='{PHOTO[1]}*{grown}':eval=frame[photo];"
        f"[base][photo]overlay=x='{PHOTO_AT[0]}-w/2':y='{PHOTO_AT[1]}-h/2'[v0];"
        f"[3:v]scale={INSET[0]}:{INSET[1]},format=yuva420p,"
        f"rotate={TURN}*PI/180:c=none:ow='rotw({TURN}*PI/180)':oh='roth({TURN}*PI/180)',"
        f"colorchannelmixer=aa={OPACITY}[inset];"
        f"[v0][inset]overlay=x='{x0}+{x1 - x0}*{along}-w/2':y='{y0}+{y1 - y0}*{along}-h/2'[v1];"
        f"[v1]drawtext=text='{TITLE}':fontsize={TITLE_SIZE}:fontcolor=white:x=(w-tw)/2:y=h*0.88-th/2:"
        f"alpha='min(1,min(t,{SECONDS}-t))'[v]"
    )
    output = OUT / "ffmpeg-heavy.mp4"
    sources = [word for path in (first, second) for word in ("-i", str(path))]
    return Contender(
        "ffmpeg",
        [
            *("ffmpeg", "-y", "-v", "error", *sources),
            *("-loop", "1", "-framerate", str(inputs.RATE), "-i", str(picture)),
            *("-i", str(second)),
            *("-filter_complex", graph, "-map", "[v]", "-t", str(SECONDS)),
            *(*X264, "-x264-params", X264_PARAMS, "-pix_fmt", "yuv420p", str(output)),
        ],
    )


_MOVIEPY = """
from moviepy import CompositeVideoClip, ImageClip, TextClip, VideoFileClip, vfx
def shot(clip, start):
    clip = clip.with_duration({shot}).with_start(start)
    return clip.with_effects([vfx.CrossFadeIn({fade})]) if start else clip
first = shot(VideoFileClip({first!r}, audio=False), 0)
second = shot(VideoFileClip({second!r}, audio=False), {shot} - {fade})
photo = ImageClip({picture!r}).with_duration({seconds})
photo = photo.resized(lambda t: {photo}[0] / 4000 * (1 + ({zoom} - 1) * t / {seconds}))
photo = photo.with_position(lambda t: (
    {photo_at}[0] - {photo}[0] / 2 * (1 + ({zoom} - 1) * t / {seconds}),
    {photo_at}[1] - {photo}[1] / 2 * (1 + ({zoom} - 1) * t / {seconds})))
inset = VideoFileClip({second!r}, audio=False).with_duration({seconds}).resized({inset})
inset = inset.rotated(-{turn}, expand=True).with_opacity({opacity})
(x0, y0), (x1, y1) = {path}
inset = inset.with_position(lambda t: (
    x0 + (x1 - x0) * t / {seconds} - inset.w / 2, y0 + (y1 - y0) * t / {seconds} - inset.h / 2))
title = TextClip(text={title!r}, font_size={title_size}, color="white").with_duration({seconds})
title = title.with_position(("center", 900)).with_effects([vfx.CrossFadeIn(1), vfx.CrossFadeOut(1)])
CompositeVideoClip([first, second, photo, inset, title], size=(1920, 1080)).with_duration(
    {seconds}).write_videofile({output!r}, fps={rate}, codec="libx264", preset={preset!r},
    audio=False, logger=None, ffmpeg_params={x264!r})
"""


def _moviepy(first: Path, second: Path, picture: Path) -> Contender:
    script, output = OUT / "moviepy_heavy.py", OUT / "moviepy-heavy.mp4"
    script.write_text(
        _MOVIEPY.format(
            first=str(first),
            second=str(second),
            picture=str(picture),
            shot=SHOT,
            fade=FADE,
            zoom=ZOOM,
            photo=PHOTO,
            photo_at=PHOTO_AT,
            seconds=SECONDS,
            inset=INSET,
            turn=TURN,
            opacity=OPACITY,
            path=PATH,
            title=TITLE,
            title_size=TITLE_SIZE,
            output=str(output),
            rate=inputs.RATE,
            preset=PRESET,
            x264=[*X264[4:], "-x264-params", X264_PARAMS, "-pix_fmt", "yuv420p"],
        )
    )
    return Contender("MoviePy", [str(MOVIEPY_PYTHON), str(script), str(output)])


def _melt(first: Path, second: Path, picture: Path) -> Contender:
    last, all_ = round(SHOT * inputs.RATE) - 1, SECONDS * inputs.RATE - 1
    zoom = ";".join(
        f"{frame}={PHOTO_AT[0] - grown * PHOTO[0] / 2:g} {PHOTO_AT[1] - grown * PHOTO[1] / 2:g} "
        f"{grown * PHOTO[0]:g} {grown * PHOTO[1]:g} 1"
        for frame, grown in ((0, 1.0), (all_, ZOOM))
    )
    width, height = INSET
    travel = ";".join(
        f"{frame}={x - width // 2} {y - height // 2} {width} {height} {OPACITY}"
        for frame, (x, y) in zip((0, all_), PATH, strict=True)
    )
    fading = f"0=0;{inputs.RATE}=1;{all_ - inputs.RATE}=1;{all_}=0"
    output = OUT / "melt-heavy.mp4"
    mix = f"-mix {FADE * inputs.RATE} -mixer luma".split()
    return Contender(
        "MLT",
        [
            *("melt", "-silent", "-profile", "atsc_1080p_30"),
            *(str(first), "in=0", f"out={last}", str(second), "in=0", f"out={last}", *mix),
            *("-track", str(picture), f"out={all_}"),
            *("-transition", "affine", "a_track=0", "b_track=1", f"rect={zoom}", f"out={all_}"),
            *("-track", str(second), f"out={all_}"),
            *("-transition", "affine", "a_track=0", "b_track=2", f"rect={travel}"),
            *(f"fix_rotate_x={TURN}", f"out={all_}", "fill=1"),
            *("-track", "color:#00000000", f"out={all_}", "-attach-clip", "dynamictext"),
            *(f"argument={TITLE}", f"size={TITLE_SIZE}", "fgcolour=#ffffffff", "halign=centre"),
            *("valign=bottom", "-attach-clip", "brightness", f"alpha={fading}", "level=1"),
            *("-transition", "composite", "a_track=0", "b_track=3", f"out={all_}"),
            *("-consumer", f"avformat:{output}", "vcodec=libx264", f"preset={PRESET}"),
            *(f"crf={CRF}", "g=30", "keyint_min=30", "sc_threshold=0", "an=1", "real_time=-1"),
            *(f"x264-params={X264_PARAMS}", "pix_fmt=yuv420p"),
        ],
    )
