"""The jobs as projects of ours."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.peers.jobs import HEIGHT, RATE, WIDTH, Copy, Heavy, Overlay, Slideshow, Trim
from benchmarks.peers.tools import FOLDER, Command, Tool, nothing_missing

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.peers.jobs import Encoding, Job, Piece, Title

# The quality that maps to x264's crf 23.
QUALITY = "standard"


def project(job: Job) -> dict[str, Any]:
    """A job as a project."""
    match job:
        case Overlay():
            return _project(_overlay(job), job.encoding, job.title)
        case Heavy():
            return _project(_heavy(job), job.encoding, job.title)
        case Trim():
            return _project([_pieces(job.film, job.pieces)], job.encoding)
        case Copy():
            return _project([_pieces(job.film, job.pieces)])
        case Slideshow():
            return _project(_slideshow(job), job.encoding)


def written_project(job: Job) -> Path:
    """The project as a file."""
    path = FOLDER / job.name / "project.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(project(job), indent=2), encoding="utf-8")
    return path


def _command(compositor: str, job: Job, output: Path) -> Command:
    words = [sys.executable, "-m", "gpu_export", str(written_project(job)), "-o", str(output)]
    report = ["--report", str(output.with_suffix(".report.json"))]
    return Command(
        [*words, "--compositor", compositor, "--overwrite", "--progress", "none", *report]
    )


def _project(
    tracks: list[list[dict[str, Any]]],
    encoding: Encoding | None = None,
    title: Title | None = None,
) -> dict[str, Any]:
    """A copied film has no encoding: any setting would ask for other packets."""
    fonts = [{"family": title.family, "src": title.font}] if title else []
    output = {"quality": QUALITY, "preset": encoding.preset} if encoding else {}
    return {
        "version": 1,
        "width": WIDTH,
        "height": HEIGHT,
        "fps": RATE,
        "fonts": fonts,
        "tracks": [{"clips": clips} for clips in tracks],
        "output": output,
    }


def _overlay(job: Overlay) -> list[list[dict[str, Any]]]:
    return [
        [_film(job.film, job.seconds)],
        [_film(job.second, job.seconds) | _placed(job.inset)],
        [{"type": "image", "src": job.logo, "duration": job.seconds} | _placed(job.logo_at)],
        [_title(job.title, job.seconds)],
    ]


def _placed(box: Any) -> dict[str, Any]:
    corner = {"anchor": [0, 0], "x": box.x, "y": box.y}
    return {**corner, "width": box.width, "height": box.height}


def _film(path: str, seconds: float) -> dict[str, Any]:
    return {"type": "video", "src": path, "duration": seconds, "mute": True}


def _title(title: Title, seconds: float) -> dict[str, Any]:
    line = {"type": "text", "text": title.text, "duration": seconds, "y": title.middle_y}
    letters = {"fontFamily": title.family, "fontSize": title.size, "color": "white"}
    outline = {"stroke": {"width": title.outline, "color": "black"}} if title.outline else {}
    return line | letters | outline


def _moving(start: float, end: float, seconds: float) -> list[dict[str, float]]:
    return [{"time": 0, "value": start}, {"time": seconds, "value": end}]


def _heavy(job: Heavy) -> list[list[dict[str, Any]]]:
    crossfade = {"transition": {"in": {"type": "crossfade", "duration": job.fade}}}
    shots = [_film(path, job.shot) | {"fit": "cover"} for path in (job.film, job.second)]
    (x0, y0), (x1, y1) = job.path
    travel = {"x": _moving(x0, x1, job.seconds), "y": _moving(y0, y1, job.seconds)}
    inset = _film(job.second, job.seconds) | {
        "width": job.inset_size[0],
        "height": job.inset_size[1],
        "rotation": job.turn,
        "opacity": job.opacity,
        "keyframes": travel,
    }
    return [
        [shots[0], shots[1] | crossfade],
        [_photo(job)],
        [inset],
        [_title(job.title, job.seconds) | {"keyframes": {"opacity": _fading(job)}}],
    ]


def _photo(job: Heavy) -> dict[str, Any]:
    return {
        "type": "image",
        "src": job.photo,
        "duration": job.seconds,
        "width": job.photo_size[0],
        "height": job.photo_size[1],
        "x": job.photo_at[0],
        "y": job.photo_at[1],
        "keyframes": {"scale": _moving(1, job.zoom, job.seconds)},
    }


def _fading(job: Heavy) -> list[dict[str, float]]:
    risen, sinking = job.title_fade, job.seconds - job.title_fade
    points = ((0, 0), (risen, 1), (sinking, 1), (job.seconds, 0))
    return [{"time": time, "value": value} for time, value in points]


def _pieces(film: str, pieces: tuple[Piece, ...]) -> list[dict[str, Any]]:
    return [
        {"type": "video", "src": film, "in": start, "out": end, "mute": True}
        for start, end in pieces
    ]


def _slideshow(job: Slideshow) -> list[list[dict[str, Any]]]:
    shot = {"type": "image", "duration": job.shot, "fit": "cover"}
    zoom = {"keyframes": {"scale": _moving(1, job.zoom, job.shot)}}
    fade = {"transition": {"in": {"duration": job.fade}}}
    shots = [
        shot | zoom | {"src": photo} | (fade if n else {}) for n, photo in enumerate(job.photos)
    ]
    music = {"type": "audio", "src": job.music, "duration": job.seconds}
    return [shots, [music]]


CPU = Tool("gpu-export cpu", nothing_missing, partial(_command, "cpu"))
GL = Tool("gpu-export gl", nothing_missing, partial(_command, "gl"))
