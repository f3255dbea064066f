"""What is exported for the measurements: projects, and media made for them by the engine itself.

Knows no clocks. Everything comes from the demo project's media, so that any machine makes its own.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gpu_export.bench.runs import run
from gpu_export.resources import asset_dir

if TYPE_CHECKING:
    from pathlib import Path

FPS = 25
STILLS = 30
CLIPS = 10
_STILL_SIZE = (4000, 3000)
# Films have a keyframe every second, so a cut at the first of these lies on one.
_ON_KEYFRAMES_S, _ANYWHERE_S = 1, 1.4
_LEFT_AWAY_S = 4


@dataclass(frozen=True, slots=True)
class Size:
    """A canvas, and how many seconds of it are exported; `quick_s` with `--quick`."""

    name: str
    width: int
    height: int
    seconds: float
    quick_s: float

    def hurried(self) -> Size:
        """The same for people in a hurry."""
        return Size(self.name, self.width, self.height, self.quick_s, self.quick_s)


SIZES = (
    Size("720p", 1280, 720, 10, 10),
    Size("1080p", 1920, 1080, 60, 10),
    Size("4k", 3840, 2160, 120, 4),
)


class Workshop:
    """Writes projects and their media into one folder; media stay there for the next time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        """Where everything is written."""
        return self._folder

    def edit(self, size: Size) -> Path:
        """A film under a rounded inset of another, a logo, a bar and a line of text."""
        inset = {"width": "33%", "height": "33%", "position": "top-right", "margin": 40}
        length = {"duration": size.seconds}
        layers: list[dict[str, Any]] = [
            {"type": "video", "src": str(self._film("bigbuckbunny", size)), **length},
            {"type": "video", "src": str(self._film("bikes", size)), "radius": 18, **inset},
            {"type": "image", "src": str(_demo("logo.png")), "position": "bottom-left"},
            {"type": "solid", "color": "#ffc400cc", "height": 8, "position": "bottom"},
            {"type": "text", "text": "One JSON project in", "position": "bottom", "margin": 60},
        ]
        return self._project(f"edit-{size.name}", size, [{**layer, **length} for layer in layers])

    def cut_on_keyframes(self, size: Size) -> Path:
        """A film without its first second; all of it may be copied."""
        return self._cut("keyframes", size, _ON_KEYFRAMES_S)

    def cut_anywhere(self, size: Size) -> Path:
        """A film from between two keyframes to between two others."""
        return self._cut("anywhere", size, _ANYWHERE_S)

    def _cut(self, name: str, size: Size, start: float) -> Path:
        source = str(self._film("bigbuckbunny", size))
        film = {"type": "video", "src": source, "in": start, "mute": True}
        layers = [{**film, "duration": size.seconds}]
        return self._project(f"cut-{name}-{size.name}", size, layers, output={})

    def slideshow(self, size: Size) -> Path:
        """Short clips between large stills, and turned stills above them."""
        stills = self._stills()
        film = str(self._film("bigbuckbunny", size))
        below: list[dict[str, Any]] = []
        for first in range(0, STILLS, STILLS // CLIPS):
            below.append({"type": "video", "src": film, "duration": "10f", "mute": True})
            shown = map(str, stills[first : first + STILLS // CLIPS])
            below += [{"type": "image", "src": still, "duration": "5f"} for still in shown]
        side = {"width": "40%", "height": "40%", "rotation": 12}
        above = [
            {"type": "image", "src": str(still), "duration": "25f", **side} for still in stills[::3]
        ]
        name = f"slideshow-{size.name}"
        return self._project(name, size, [], tracks=[{"clips": below}, {"clips": above}])

    def _film(self, name: str, size: Size) -> Path:
        """A demo film, repeated, as a file of that size, long enough for all jobs."""
        seconds = size.seconds + _LEFT_AWAY_S
        path = self._folder / f"{name}-{size.name}-{seconds:g}s.mp4"
        if not path.exists():
            clip = {"type": "video", "src": str(_demo(f"{name}.mp4")), "loop": True, "mute": True}
            layers = [{**clip, "fit": "cover", "duration": seconds}]
            project = self._project(f"make-{path.stem}", size, layers)
            run([str(project), "-o", str(path)])
        return path

    def _stills(self) -> list[Path]:
        """Large pictures under names of their own, so that each is decoded for itself."""
        paths = [self._folder / f"still-{number:02}.jpg" for number in range(STILLS)]
        if not paths[-1].exists():
            whole = {"width": "100%", "height": "100%", "fit": "cover", "duration": 1}
            layers = [{"type": "image", "src": str(_demo("rocket.jpg")), **whole}]
            project = self._project("make-still", Size("still", *_STILL_SIZE, 1, 1), layers)
            run(["frame", str(project), "-o", str(paths[0]), "--overwrite"])
            for path in paths[1:]:
                shutil.copyfile(paths[0], path)
        return paths

    def _project(self, name: str, size: Size, layers: list[dict[str, Any]], **keys: Any) -> Path:
        """Writes a project; every layer gets a track."""
        project = {
            "version": 1,
            "width": size.width,
            "height": size.height,
            "fps": FPS,
            "tracks": [{"clips": [layer]} for layer in layers],
            "output": {"preset": "veryfast", "keyframeInterval": 1},
            **keys,
        }
        path = self._folder / f"{name}.json"
        path.write_text(json.dumps(project, indent=2), encoding="utf-8")
        return path


def _demo(name: str) -> Path:
    return asset_dir() / "demo" / "media" / name
