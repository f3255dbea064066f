"""Checks a project against its media without rendering it; collects instead of stopping."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from gpu_export.engine.output import output_path, output_spec
from gpu_export.engine.prepare import policy_for, refuse_unusable
from gpu_export.errors import ExportError, MediaError, ProjectError
from gpu_export.media.describe import check, check_thoroughly
from gpu_export.media.probe import probe
from gpu_export.timeline.sources import source_uses
from gpu_export.timeline.timeline import resolve

if TYPE_CHECKING:
    from fractions import Fraction

    from gpu_export.core.facts import MediaFacts, MediaRef
    from gpu_export.core.policy import Policy
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.timeline.timeline import Timeline
    from gpu_export.timeline.visuals import Reader


class MediaCheck(Protocol):
    """Opens and decodes a source between two source times; returns what is odd."""

    def __call__(
        self, ref: MediaRef, first: Fraction, last: Fraction, policy: Policy, *, where: str
    ) -> tuple[str, ...]:
        """Raises MediaError where it cannot be decoded."""
        ...


@dataclass(slots=True)
class ValidationReport:
    """What is wrong and what is odd; no problems means that it can be exported."""

    problems: list[ExportError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_dict(self) -> dict[str, object]:
        """Plain JSON-able values."""
        problems = [
            {"type": type(problem).__name__, "message": str(problem)} for problem in self.problems
        ]
        return {"ok": self.ok, "problems": problems, "warnings": self.warnings}


def validate(loaded: LoadedProject, options: ExportOptions) -> ValidationReport:
    """Opens every source, demuxes the used range and decodes its first and last frame."""
    return _Validation(loaded, options, check).run()


def validate_deep(loaded: LoadedProject, options: ExportOptions) -> ValidationReport:
    """As `validate`, and decodes every frame of the used range."""
    return _Validation(loaded, options, check_thoroughly).run()


class _Validation:
    def __init__(self, loaded: LoadedProject, options: ExportOptions, check: MediaCheck) -> None:
        self._loaded = loaded
        self._options = options
        self._check = check
        self._policy = policy_for(loaded, options)
        self._report = ValidationReport()

    def run(self) -> ValidationReport:
        facts = self._probe_all()
        if self._report.ok:
            timeline = self._resolve(facts)
            if timeline is not None:
                self._check_output(timeline)
                for reader in timeline.readers:
                    self._check_reader(reader)
        return self._report

    def _probe_all(self) -> dict[MediaRef, MediaFacts]:
        facts: dict[MediaRef, MediaFacts] = {}
        for use in source_uses(self._loaded.project, self._loaded.folder):
            try:
                facts[use.ref] = probe(use.ref, self._policy, where=use.where)
                refuse_unusable(use, facts[use.ref])
            except MediaError as error:
                self._report.problems.append(error)
        return facts

    def _resolve(self, facts: dict[MediaRef, MediaFacts]) -> Timeline | None:
        loaded = self._loaded
        try:
            timeline = resolve(
                loaded.project, loaded.folder, facts, self._options.scale, loaded.name
            )
        except ProjectError as error:
            self._report.problems.append(error)
            return None
        self._report.warnings.extend(timeline.warnings)
        return timeline

    def _check_output(self, timeline: Timeline) -> None:
        try:
            output_spec(self._loaded, timeline, output_path(self._loaded, None))
        except ExportError as error:
            self._report.problems.append(error)

    def _check_reader(self, reader: Reader) -> None:
        clock = reader.clock
        ends = (clock.at(0), clock.at(len(reader.frames) - 1))
        first, last = min(ends), max(ends)
        if clock.loop and clock.source_out is not None:
            first, last = clock.source_in, clock.source_out
        try:
            odd = self._check(reader.ref, first, last, self._policy, where=reader.where)
        except MediaError as error:
            self._report.problems.append(error)
        else:
            self._report.warnings.extend(f"{reader.where}: {text}" for text in odd)
