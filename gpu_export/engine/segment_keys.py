"""Names a segment by all that decides its pixels and packets.

Knows documents and files' identities, no pixels. Invariant: whatever may change a packet of a
segment changes its key; what lies elsewhere on the timeline does not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gpu_export.core.facts import FrameFunction, MediaRef
from gpu_export.document.model import CompositionClip, SubtitlesClip, TextClip
from gpu_export.media.versions import library_versions
from gpu_export.timeline.sources import is_pattern
from gpu_export.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from gpu_export.core.time import FrameRange
    from gpu_export.engine.prepare import Prepared
    from gpu_export.engine.segments import Segment
    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.timeline.stage import ScheduledClip
    from gpu_export.usershaders.shelf import Shelved

# A change of how pictures or packets are made, within one version, needs another number here.
_FORMAT = 1
# Longer strings are texts, not names of files.
_LONGEST_NAME = 1024


# Of the project's own keys, those that say nothing about its pictures, or are asked clip by clip.
_APART = {"tracks", "output", "audio", "variables"}
# What may show text, in fonts that the project need not name: the machine's can change.
_LETTERED = (TextClip, SubtitlesClip, CompositionClip)


def segment_keys(
    prepared: Prepared, segments: tuple[Segment, ...], video: VideoSpec, maker: tuple[str, str]
) -> list[str]:
    """The keys of all segments, in order.

    `maker` says who draws, driver included, and names this very export: nobody can tell whether
    a function that makes frames would make the same ones again.
    """
    compositor, export = maker
    timeline, project = prepared.timeline, prepared.loaded.project
    files = _Files(prepared.loaded.folder)
    shared = _lines(
        [
            _FORMAT,
            VERSION,
            library_versions(),
            compositor,
            (timeline.width, timeline.height, timeline.fps),
            project.model_dump(exclude=_APART),
            [files.named(font.src) for font in project.fonts],
            [export for source in prepared.facts if isinstance(source, FrameFunction)],
            [list(_shader(src, shelved, files)) for (src, _), shelved in prepared.shaders.all],
        ]
    )
    shown = _shown(prepared, [segment.frames for segment in segments], files)
    return [
        _digest(shared, _lines([video.of_segment(segment.index), segment.frames, *seen]))
        for segment, seen in zip(segments, shown, strict=True)
    ]


def _shown(
    prepared: Prepared, stretches: Sequence[FrameRange], files: _Files
) -> list[list[object]]:
    """All that may be seen in each stretch: every clip that touches it, as resolved.

    Stretches follow each other. A clip is described once and handed to those it touches, so that
    the cost grows with clips and stretches, not with their product.
    """
    shown: list[list[object]] = [[] for _ in stretches]
    starts = [prepared.timeline.with_lead_in(frames).start for frames in stretches]
    ends = [frames.end for frames in stretches]
    fonts = prepared.typesetter.font_files
    for scheduled in prepared.timeline.stage.tracks:
        track = scheduled.track.name, scheduled.track.hidden
        for clip in scheduled.clips:
            described = track, _digest(_lines(_clip(clip, fonts, files)))
            touched = bisect_right(ends, clip.frames.start), bisect_left(starts, clip.frames.end)
            for stretch in range(*touched):
                shown[stretch].append(described)
    return shown


def _clip(scheduled: ScheduledClip, fonts: Iterable[Path], files: _Files) -> Iterator[object]:
    yield scheduled.clip, scheduled.frames, scheduled.clock, scheduled.facts
    if isinstance(scheduled.clip, _LETTERED):
        yield [files.identity(path) for path in fonts]
    if isinstance(scheduled.ref, MediaRef):
        yield files.identity(scheduled.ref.path)
    for text in _strings(scheduled.clip.model_dump()):
        yield files.named(text)


def _shader(src: str, shelved: Shelved, files: _Files) -> Iterator[object]:
    yield src
    yield shelved.shader.program.digest
    for _, path in shelved.shader.imported:
        yield files.identity(shelved.folder / path)


def _strings(value: Any) -> Iterator[str]:
    """Every string in plain data; any of them may name a mask, a look-up table or a shader."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


class _Files:
    """What changes when a file does: its size and time; each file is looked at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, object] = {}

    def named(self, text: str) -> object:
        """Of the file that a string of the project may name; None if it names none."""
        if not text or len(text) > _LONGEST_NAME or "\0" in text:
            return None
        return self.identity(self._folder / text)

    def identity(self, path: Path) -> object:
        """Of a file, or of all files of a numbered sequence's kind; None if there is none."""
        if path not in self._known:
            self._known[path] = self._look_at(path)
        return self._known[path]

    def _look_at(self, path: Path) -> object:
        if is_pattern(str(path)):
            return [_facts(file) for file in sorted(path.parent.glob(f"*{path.suffix}"))]
        return _facts(path)


def _facts(path: Path) -> tuple[str, int, int] | None:
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return str(path), facts.st_size, facts.st_mtime_ns


def _lines(parts: Iterable[object]) -> str:
    return "\n".join(repr(part) for part in parts)


def _digest(*texts: str) -> str:
    return sha256("\n".join(texts).encode()).hexdigest()[:40]
