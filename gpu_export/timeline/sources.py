"""Which sources a project needs: paths become `MediaRef`s, functions `FrameFunction`s."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.core.facts import FrameFunction, MediaRef
from gpu_export.document.model import (
    AudioClip,
    CompositionClip,
    FramesClip,
    ImageClip,
    LayerKeys,
    TransitionName,
    VideoClip,
)
from gpu_export.document.problems import clip_name
from gpu_export.timeline.shader_uses import shader_uses
from gpu_export.usershaders.inputs import settled
from gpu_export.usershaders.shelf import EMPTY_SHELF, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from gpu_export.core.facts import Source
    from gpu_export.document.model import Clip, Mask, Project, Track, Transition


@dataclass(frozen=True, slots=True)
class SourceUse:
    """One clip's use of a source; `where` names the clip in errors."""

    ref: Source
    where: str
    needs_picture: bool


def clip_source(clip: Clip, folder: Path, fps: Fraction) -> Source | None:
    """What a clip plays, None if it plays nothing.

    Paths are resolved against the project's `folder`; `fps` is the rate of the clip's timeline.
    """
    match clip:
        case VideoClip() | AudioClip():
            return MediaRef(folder / clip.src, stream=clip.stream)
        case ImageClip():
            rate = (clip.fps or fps) if is_pattern(clip.src) else None
            return MediaRef(folder / clip.src, rate=rate)
        case FramesClip():
            return FrameFunction(clip.make, clip.fps or fps)
        case _:
            return None


def transition_source(transition: Transition, folder: Path) -> MediaRef | None:
    """The picture a transition is worked out from, None if it needs none."""
    if transition.type is not TransitionName.LUMA or transition.src is None:
        return None
    return MediaRef(folder / transition.src)


def mask_source(mask: Mask, folder: Path, fps: Fraction) -> MediaRef | None:
    """The picture or video of a mask, None if it is something else."""
    if mask.src is None:
        return None
    return MediaRef(folder / mask.src, rate=fps if is_pattern(mask.src) else None)


def is_pattern(src: str) -> bool:
    """Whether a name stands for a numbered sequence, as in `shot_%04d.png`."""
    head, percent, tail = Path(src).name.partition("%")
    digits, d, _ = tail.partition("d")
    return bool(percent and d) and (not digits or digits.isdigit()) and "%" not in head


def source_uses(project: Project, folder: Path, shelf: Shelf = EMPTY_SHELF) -> list[SourceUse]:
    """Every use of a source in the project, nested compositions included, in document order.

    Pictures that users' shaders read come last.
    """
    clips = _uses(project.tracks, folder, project.fps, "/tracks")
    return [*clips, *_shaders_pictures(project, folder, shelf)]


def _shaders_pictures(project: Project, folder: Path, shelf: Shelf) -> Iterator[SourceUse]:
    for use in shader_uses(project):
        shelved = shelf.find(use.src, use.convention)
        if shelved is None:
            continue
        bound = settled(shelved.shader.inputs, use.params)
        for _, path in shelved.picture_paths(bound, folder):
            yield SourceUse(MediaRef(path), use.where, needs_picture=True)


def _uses(
    tracks: Sequence[Track], folder: Path, fps: Fraction, pointer: str
) -> Iterator[SourceUse]:
    for t, track in enumerate(tracks):
        for c, clip in enumerate(track.clips):
            place = f"{pointer}/{t}/clips/{c}"
            if isinstance(clip, LayerKeys) and clip.mask is not None:
                matte = mask_source(clip.mask, folder, fps)
                if matte is not None:
                    yield SourceUse(
                        matte, f"{clip_name(place, clip)}, its mask", needs_picture=True
                    )
            if isinstance(clip, CompositionClip):
                yield from _uses(clip.tracks, folder, clip.fps or fps, f"{place}/tracks")
            elif (ref := clip_source(clip, folder, fps)) is not None:
                yield SourceUse(ref, clip_name(place, clip), not isinstance(clip, AudioClip))
            yield from _transition_uses(clip, folder, place)


def _transition_uses(clip: Clip, folder: Path, place: str) -> Iterator[SourceUse]:
    if not isinstance(clip, LayerKeys) or clip.transition is None:
        return
    for transition in (clip.transition.in_, clip.transition.out):
        ref = None if transition is None else transition_source(transition, folder)
        if ref is not None:
            yield SourceUse(ref, clip_name(place, clip), needs_picture=True)
