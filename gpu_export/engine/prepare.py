"""Everything that happens before the first frame: policy, probing, timeline, range, output."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpu_export.core.cancel import unstoppable
from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy, untrusted
from gpu_export.core.time import FrameRange, TimeSpec, snap
from gpu_export.engine.feed import Feed, most_open
from gpu_export.engine.fonts import typesetter
from gpu_export.engine.heap import keep_memory_together
from gpu_export.engine.memory import Budget, MemoryMonitor, plan_budget
from gpu_export.engine.options import Trust
from gpu_export.engine.shaders import read_shaders, refuse_without_gl
from gpu_export.engine.sources import Decoding, facts_of, reader_opener
from gpu_export.engine.tables import read_tables
from gpu_export.errors import (
    MediaError,
    OptionError,
    OutputError,
    Problem,
    ProjectError,
    SeveralMediaErrors,
    UnsupportedMedia,
)
from gpu_export.media.picture_cache import PictureCache
from gpu_export.timeline.materials import Materials
from gpu_export.timeline.sources import source_uses
from gpu_export.timeline.timeline import Timeline, resolve
from gpu_export.usershaders.shelf import EMPTY_SHELF, Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction
    from pathlib import Path

    from gpu_export.core.cancel import Check
    from gpu_export.core.facts import MediaFacts, Source
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.output import Wanted
    from gpu_export.render.compositor import Compositor
    from gpu_export.text.typeset import Typesetter
    from gpu_export.timeline.sources import SourceUse


@dataclass(frozen=True, slots=True)
class Prepared:
    """A project that is ready to be rendered.

    Attributes:
        loaded: the project as read.
        policy: what may be opened.
        facts: what probing its sources found.
        timeline: all of it in time and space.
        frames: the part of the timeline that is asked for; all of it, until `in_range` said so.
        warnings: what is odd about sources or timeline.
        typesetter: what laid out the timeline's texts, and draws them.
        shaders: the project's own.
        budget: the memory it may take.
        kept: decoded pictures that are shown again.
    """

    loaded: LoadedProject
    policy: Policy
    facts: dict[Source, MediaFacts]
    timeline: Timeline
    frames: FrameRange
    warnings: tuple[str, ...]
    typesetter: Typesetter
    shaders: Shelf
    budget: Budget
    kept: PictureCache

    def in_range(self, frames: FrameRange) -> Prepared:
        """The same for a part of the timeline.

        Raises:
            ProjectError: too many sources would have to be open at one time.
        """
        needed = self.timeline.with_lead_in(frames)
        _check_open_sources(self.timeline, needed, self.policy, self.loaded.source)
        return replace(self, frames=frames)

    def feed(self, frames: FrameRange, check: Check = unstoppable, *, depth: int = 8) -> Feed:
        """The pictures of a run of output frames of so many bits; see `Feed`."""
        opener = reader_opener(
            self.policy,
            self.facts,
            self.typesetter,
            Decoding(self.budget.decoder_threads, self.kept, depth),
        )
        return Feed(self.timeline, frames, opener, check, head_start=self.budget.head_start)

    def monitor(self, *compositors: Compositor) -> MemoryMonitor:
        """Watches this process while `compositors` draw."""

        def trim() -> None:
            self.kept.halve()
            for compositor in compositors:
                compositor.trim()

        def drop() -> None:
            trim()
            self.kept.clear()

        return MemoryMonitor(self.budget.limit, trim, drop)


def prepare(
    loaded: LoadedProject,
    options: ExportOptions,
    known: Mapping[Source, MediaFacts] | None = None,
) -> Prepared:
    """Probes the sources and resolves the timeline.

    Args:
        loaded: the project.
        options: choices of this run.
        known: what probing found before, if it was done; the files are not looked at again then.

    Raises:
        MediaError: a source is missing, forbidden or unusable; names clip and file. All such
            sources are told at once, in a `SeveralMediaErrors` where there is more than one.
        ProjectError: clips that cannot be placed.
        AssetError: a font or colour table is missing, damaged or unknown.
        OptionError: the CPU compositor was asked for and the project has shaders.
    """
    budget = plan_budget(options.memory_limit)
    if budget.is_tight:
        keep_memory_together()
    policy = policy_for(loaded, options)
    refuse_without_gl(loaded.project, options)
    shelf = read_shaders(loaded, policy)
    facts, warnings, errors = (
        probe_sources(loaded, policy, shelf) if known is None else (dict(known), [], [])
    )
    if errors:
        raise errors[0] if len(errors) == 1 else SeveralMediaErrors(errors)
    letters = typesetter(loaded.project, loaded.folder, policy)
    materials = Materials(letters, shelf, read_tables(loaded, policy))
    timeline = resolve(
        loaded.project, loaded.folder, facts, options.scale, loaded.source, materials
    )
    _check_limits(timeline, policy, loaded.source)
    found = (*warnings, *budget.warnings, *timeline.warnings)
    kept = PictureCache(budget.pictures, at_once=budget.encoders)
    whole = FrameRange(0, timeline.frames)
    return Prepared(loaded, policy, facts, timeline, whole, found, letters, shelf, budget, kept)


def policy_for(loaded: LoadedProject, options: ExportOptions) -> Policy:
    """What this run may open."""
    if options.trust is Trust.UNTRUSTED:
        shaders = options.allow_shaders
        return untrusted(loaded.folder, options.media_roots, custom_shaders=shaders)
    return Policy()


def probe_sources(
    loaded: LoadedProject, policy: Policy, shelf: Shelf = EMPTY_SHELF
) -> tuple[dict[Source, MediaFacts], list[str], list[MediaError]]:
    """Facts of every source the project uses, what is odd about them, and why some are unusable."""
    facts: dict[Source, MediaFacts] = {}
    warnings: list[str] = []
    errors: list[MediaError] = []
    for use in source_uses(loaded.project, loaded.folder, shelf):
        try:
            if use.ref not in facts:
                facts[use.ref] = found = facts_of(use.ref, policy, where=use.where)
                warnings.extend(f"{use.where}: {text}" for text in found.warnings)
            _refuse_unusable(use, facts[use.ref])
        except MediaError as error:
            errors.append(error)
    return facts, warnings, errors


def _refuse_unusable(use: SourceUse, facts: MediaFacts) -> None:
    """A clip needs what its kind shows or plays.

    Raises:
        UnsupportedMedia: the file has no picture, or no sound, for it.
    """
    if use.needs_picture and facts.picture is None:
        raise UnsupportedMedia(
            "there is no picture in this file",
            path=use.ref.name,
            where=use.where,
            remedy='For sound alone use a clip of type "audio".',
        )
    if not use.needs_picture and facts.sound is None:
        raise UnsupportedMedia(
            "there is no sound in this file",
            path=use.ref.name,
            where=use.where,
            remedy="Remove the clip, or point `src` at a file with sound.",
        )


def _check_limits(timeline: Timeline, policy: Policy, name: str) -> None:
    """What the document alone could not tell: `auto` lengths, and a canvas that is scaled up."""
    limits = policy.limits
    if timeline.duration > limits.duration_s:
        found = f"{float(timeline.duration):.0f} seconds of timeline"
        problem = Problem("/tracks", found, f"at most {limits.duration_s}")
        raise ProjectError([problem], source=name)
    width, height = timeline.width, timeline.height
    if max(width, height) > limits.canvas_side or width * height > limits.canvas_pixels:
        raise OptionError(
            f"the canvas of {width}×{height} is larger than the allowed "
            f"{limits.canvas_side} pixels a side, {limits.canvas_pixels} in all",
            where="--scale",
            remedy="Choose a smaller factor.",
        )


def _check_open_sources(timeline: Timeline, frames: FrameRange, policy: Policy, name: str) -> None:
    most, allowed = most_open(timeline, frames), policy.limits.open_decoders
    if most > allowed:
        found = f"{most} sources have to be open at one time"
        expected = f"at most {allowed}; let fewer clips play together"
        raise ProjectError([Problem("/tracks", found, expected)], source=name)


def frame_range(
    wanted: Wanted, options: ExportOptions, timeline: Timeline, source: str
) -> FrameRange:
    """The frames asked for: the caller's range, else the output's in `source`, else all.

    Raises:
        OptionError, ProjectError: it holds no frame.
    """
    start, end = options.range.start, options.range.end
    whole = FrameRange(0, timeline.frames)
    own = wanted.output.range if start is None and end is None else None
    first = _frame(start if own is None else own.start, timeline.fps, 0)
    last = _frame(end, timeline.fps, timeline.frames)
    if own is not None and own.duration is not None:
        last = snap(own.start.at(timeline.fps) + own.duration.at(timeline.fps), timeline.fps)
    frames = FrameRange(first, last).intersect(whole)
    if len(frames) > 0:
        return frames
    length = f"the timeline is {float(timeline.duration):g} s long ({timeline.frames} frames)"
    expected = "a start before the end, both inside the timeline"
    if own is not None:
        found = f"the range holds no frame; {length}"
        raise ProjectError([Problem(f"{wanted.pointer}/range", found, expected)], source=source)
    raise OptionError(
        f"the range holds no frame; {length}", where="--range", remedy=f"Give {expected}."
    )


def _frame(time: TimeSpec | None, fps: Fraction, default: int) -> int:
    return default if time is None else snap(time.at(fps), fps)


def refuse_source_as_output(prepared: Prepared, output: Path) -> None:
    """An export must never replace what it reads.

    Raises:
        OptionError: the output is one of the sources.
    """
    target = output.resolve()
    for ref in prepared.facts:
        if isinstance(ref, MediaRef) and ref.path.resolve() == target:
            raise OptionError(
                "the output is one of the project's own sources",
                where=str(output),
                remedy="Choose another name with -o.",
            )


def check_output_allowed(prepared: Prepared, output: Path) -> None:
    """Keeps a stranger's project from writing elsewhere.

    Raises:
        OutputError: it lies outside the permitted folders.
    """
    if not prepared.policy.permits(output):
        raise OutputError(
            "the output lies outside the project's folder and the media roots",
            where=str(output),
            remedy="Name a permitted folder with --media-root, or write below the project.",
        )
