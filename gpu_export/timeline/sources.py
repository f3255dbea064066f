"""Which files a project needs: document paths become `MediaRef`s, each with the clip it is for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.core.facts import MediaRef
from gpu_export.document.model import AudioClip, CompositionClip, ImageClip, VideoClip
from gpu_export.document.problems import clip_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from gpu_export.document.model import Clip, Project, Track


@dataclass(frozen=True, slots=True)
class SourceUse:
    """One clip's use of a file; `where` names the clip in errors."""

    ref: MediaRef
    where: str
    needs_picture: bool


def media_ref(clip: Clip, folder: Path, fps: Fraction) -> MediaRef | None:
    """The file a clip plays, resolved against the project's folder; None if it plays none."""
    match clip:
        case VideoClip() | AudioClip():
            return MediaRef(folder / clip.src, stream=clip.stream)
        case ImageClip():
            rate = (clip.fps or fps) if is_pattern(clip.src) else None
            return MediaRef(folder / clip.src, rate=rate)
        case _:
            return None


def is_pattern(src: str) -> bool:
    """Whether a name stands for a numbered sequence, as in `shot_%04d.png`."""
    head, percent, tail = Path(src).name.partition("%")
    digits, d, _ = tail.partition("d")
    return bool(percent and d) and (not digits or digits.isdigit()) and "%" not in head


def source_uses(project: Project, folder: Path) -> list[SourceUse]:
    """Every use of a file in the project, nested compositions included, in document order."""
    return list(_uses(project.tracks, folder, project.fps, "/tracks"))


def _uses(
    tracks: Sequence[Track], folder: Path, fps: Fraction, pointer: str
) -> Iterator[SourceUse]:
    for t, track in enumerate(tracks):
        for c, clip in enumerate(track.clips):
            place = f"{pointer}/{t}/clips/{c}"
            if isinstance(clip, CompositionClip):
                yield from _uses(clip.tracks, folder, clip.fps or fps, f"{place}/tracks")
            elif (ref := media_ref(clip, folder, fps)) is not None:
                yield SourceUse(ref, clip_name(place, clip), not isinstance(clip, AudioClip))
