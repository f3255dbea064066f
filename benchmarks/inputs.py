"""The clips that the jobs work on, made once from the clips of the demo project."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import fontpkg
from av.video.reformatter import Interpolation
from PIL import Image

from gpu_export.resources import asset_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT = Path(__file__).resolve().parent.parent / "out" / "bench"

RATE = 30


def hd_clip(seconds: int) -> Path:
    """1080p30 film, repeated to `seconds`: H.264 as a camera or an editor would leave it."""
    return _clip("bigbuckbunny.mp4", 1920, 1080, seconds)


def second_clip(seconds: int, height: int = 720) -> Path:
    """Street scenes at 30 fps, 16:9, repeated to `seconds`."""
    return _clip("bikes.mp4", height * 16 // 9, height, seconds)


def photo() -> Path:
    """A photograph of 4000×3000 pixels."""
    return photos(1)[0]


def photos(count: int) -> list[Path]:
    """Photographs of 4000×3000 pixels: the demo's, mirrored and turned so that each is another."""
    names = ("rocket.jpg", "astronaut.png", "chelsea.png")
    made = []
    for index in range(count):
        path = OUT / "inputs" / f"photo-{index}.jpg"
        made.append(path)
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        source = Image.open(asset_dir() / "demo" / "media" / names[index % 3]).convert("RGB")
        if index % 2:
            source = source.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        source.resize((4000, 3000), Image.Resampling.BICUBIC).save(path, quality=90)
    return made


def logo() -> Path:
    """A logo with soft alpha, 320×320."""
    path = OUT / "inputs" / "logo.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        source = Image.open(asset_dir() / "demo" / "media" / "logo.png")
        source.resize((320, 320), Image.Resampling.LANCZOS).save(path)
    return path


def font() -> Path:
    """Noto Sans under a name without brackets, which filter graphs would read as their own.

    It has no axis of optical sizes, which some programs set and others cannot.
    """
    path = OUT / "inputs" / "fonts" / "NotoSans.ttf"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(fontpkg.path("noto-sans"), path)
    return path


def _clip(source: str, width: int, height: int, seconds: int) -> Path:
    path = OUT / "inputs" / f"{source.removesuffix('.mp4')}-{height}p-{seconds}s.mp4"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "fast", "crf": "20", "g": "60"}
        context = stream.codec_context
        context.color_range, context.colorspace = 1, 1
        context.color_primaries, context.color_trc = 1, 1
        for index, frame in zip(range(seconds * RATE), _repeated(source), strict=False):
            scaled = frame.reformat(width, height, "yuv420p", interpolation=Interpolation.BICUBIC)
            scaled.pts, scaled.time_base = index, Fraction(1, RATE)
            scaled.pict_type = 0
            container.mux(stream.encode(scaled))
        container.mux(stream.encode(None))
    return path


def _repeated(source: str) -> Iterator[av.VideoFrame]:
    while True:
        with av.open(str(asset_dir() / "demo" / "media" / source)) as container:
            yield from container.decode(video=0)
