"""Builders for timeline tests: facts without files, and a resolved timeline in one call."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.core.color import BT709
from gpu_export.core.facts import MediaFacts, PictureFacts, SoundFacts
from gpu_export.document.model import Project, Track
from gpu_export.timeline.sources import source_uses
from gpu_export.timeline.timeline import Timeline, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.facts import Source
    from gpu_export.document.model import Clip

FOLDER = Path("/project")


def footage(
    seconds: Fraction | int = 10, *, width: int = 1920, height: int = 1080, sound: bool = True
) -> MediaFacts:
    """A video file's facts."""
    duration = Fraction(seconds)
    picture = PictureFacts(
        width, height, duration, Fraction(25), (width, height), BT709, opaque=True
    )
    heard = SoundFacts(duration, 48_000, 2) if sound else None
    return MediaFacts(picture, heard)


def still(width: int = 400, height: int = 300) -> MediaFacts:
    """A photograph's facts."""
    picture = PictureFacts(width, height, None, None, (width, height), BT709, opaque=True)
    return MediaFacts(picture, None)


def song(seconds: Fraction | int = 10) -> MediaFacts:
    """A sound file's facts."""
    return MediaFacts(None, SoundFacts(Fraction(seconds), 44_100, 2))


KNOWN = {".mp4": footage(), ".png": still(), ".wav": song()}


def project(*tracks: Sequence[Clip], **keys: object) -> Project:
    """A project whose tracks hold these clips."""
    return Project(tracks=[Track(clips=clips) for clips in tracks], **keys)


def timeline(
    source: Project, facts: dict[str, MediaFacts] | None = None, scale: Fraction = Fraction(1)
) -> Timeline:
    """Resolves a project against facts by file name, or by suffix where none are given."""
    found: dict[Source, MediaFacts] = {}
    for use in source_uses(source, FOLDER):
        path = Path(use.ref.name)
        found[use.ref] = (facts or {}).get(path.name) or KNOWN[path.suffix]
    return resolve(source, FOLDER, found, scale)
