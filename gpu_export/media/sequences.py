"""Numbered picture files (`shot_%04d.png`): we expand the pattern, FFmpeg never sees one.

Knows names and numbers; pixels are the business of `stills`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpu_export.errors import MissingMedia, UnsupportedMedia
from gpu_export.media.access import REMEDY_ROOTS
from gpu_export.media.stills import inspect_picture
from gpu_export.media.translate import translating

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from gpu_export.core.facts import MediaRef, PictureFacts
    from gpu_export.core.policy import Policy
    from gpu_export.media.stills import StillPicture

_PATTERN = re.compile(r"%0?(\d{0,2})d")


@dataclass(frozen=True, slots=True)
class NumberedPictures:
    """Files of one sequence in order; `first` describes the first, whose size counts for all."""

    files: tuple[Path, ...]
    rate: Fraction
    first: StillPicture
    missing: int

    def facts(self) -> PictureFacts:
        """The part that the timeline needs."""
        return replace(self.first.facts(), duration=len(self.files) / self.rate, rate=self.rate)


def inspect_sequence(
    ref: MediaRef, rate: Fraction, policy: Policy, *, where: str = ""
) -> NumberedPictures:
    """Finds the files of a pattern: from the lowest number up to the first gap.

    Raises:
        MissingMedia: no file matches.
        UnsupportedMedia: the name has no single `%d`, or policy forbids its folder.
        MediaError: the first file is not a picture.
    """
    numbers = _numbers(ref.path, policy, where)
    if not numbers:
        raise MissingMedia("no file has a name of this pattern", path=ref.path, where=where)
    run = [n for n in numbers if n < _first_gap(numbers)]
    files = tuple(ref.path.with_name(_named(ref.path.name, number)) for number in run)
    first = inspect_picture(files[0], policy, where=where)
    return NumberedPictures(files, rate, first, missing=len(numbers) - len(run))


def _numbers(path: Path, policy: Policy, where: str) -> list[int]:
    match = list(_PATTERN.finditer(path.name))
    if len(match) != 1:
        raise UnsupportedMedia(
            "a numbered sequence needs one %d or %04d in its file name",
            path=path,
            where=where,
            remedy="Write it like shot_%04d.png.",
        )
    if not policy.permits(path.parent):
        raise UnsupportedMedia(
            "lies outside the folders this run may read",
            path=path,
            where=where,
            remedy=REMEDY_ROOTS,
        )
    head, tail = path.name[: match[0].start()], path.name[match[0].end() :]
    shape = re.compile(f"{re.escape(head)}([0-9]+){re.escape(tail)}")
    with translating(path.parent, where=where):
        found = [shape.fullmatch(entry.name) for entry in path.parent.iterdir()]
    numbers = {int(hit[1]) for hit in found if hit and _named(path.name, int(hit[1])) == hit[0]}
    return sorted(numbers)


def _named(pattern: str, number: int) -> str:
    return _PATTERN.sub(lambda match: str(number).zfill(int(match[1] or 0)), pattern)


def _first_gap(numbers: list[int]) -> int:
    expected = numbers[0]
    for number in numbers:
        if number != expected:
            return expected
        expected += 1
    return expected
