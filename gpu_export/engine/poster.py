"""The still picture that may go with a video: both appear, or neither."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gpu_export.engine.prepare import check_output_allowed, refuse_source_as_output
from gpu_export.engine.stills import frame_at, picture_of
from gpu_export.errors import OptionError, OutputError, Problem, ProjectError
from gpu_export.media.output_spec import NUMBER_PATTERN
from gpu_export.media.still_writer import stage_still, still_codec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gpu_export.core.cancel import Check
    from gpu_export.core.time import TimeSpec
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.output import Wanted
    from gpu_export.engine.prepare import Prepared


def check_poster(prepared: Prepared, wanted: Wanted, options: ExportOptions) -> None:
    """Finds out before the export whether an output's poster could be written with it.

    Raises:
        ProjectError: its time lies outside the timeline.
        OptionError: its format keeps no transparency.
        OutputError: its place is taken, not permitted or not writable, or its suffix unknown.
    """
    poster = wanted.output.poster
    if poster is None:
        return
    _refuse_time(poster.time, prepared, wanted)
    path = prepared.loaded.folder / poster.path
    still_codec(path, opaque=prepared.timeline.background[3] >= 1.0)
    refuse_source_as_output(prepared, path)
    check_output_allowed(prepared, path)
    _refuse_output(path, wanted.path)
    _check_place(path, options)


def _refuse_time(time: TimeSpec, prepared: Prepared, wanted: Wanted) -> None:
    try:
        frame_at(time, prepared.timeline, where="poster")
    except OptionError as error:
        problem = Problem(f"{wanted.pointer}/poster/time", error.message, "a moment of it")
        raise ProjectError([problem], source=prepared.loaded.source) from error


def _refuse_output(path: Path, output: Path) -> None:
    if path.resolve() == output.resolve() or _is_numbered(path, output):
        raise OptionError(
            "the poster and the output are the same file",
            where=str(path),
            remedy="Choose another name for one of them.",
        )


def _is_numbered(path: Path, output: Path) -> bool:
    """Whether the poster would be one of a sequence's pictures."""
    fixed = [re.escape(part) for part in NUMBER_PATTERN.split(output.name)]
    is_beside = path.resolve().parent == output.resolve().parent
    return is_beside and re.fullmatch(r"\d+".join(fixed), path.name) is not None


def _check_place(path: Path, options: ExportOptions) -> None:
    if path.exists() and not options.overwrite:
        raise OutputError(
            "the poster exists already", where=str(path), remedy="Replace it with --overwrite."
        )
    folder = path.resolve().parent
    if path.is_dir() or not folder.is_dir():
        found = "a folder stands there" if path.is_dir() else "its folder does not exist"
        raise OutputError(
            f"the poster cannot be written: {found}",
            where=str(path),
            remedy="Create the folder first, or choose another name.",
        )
    if not os.access(folder, os.W_OK):
        raise OutputError(
            "the poster cannot be written: its folder is not writable",
            where=str(path),
            remedy="Choose another folder.",
        )


@contextmanager
def staged_poster(
    prepared: Prepared, wanted: Wanted, options: ExportOptions, check: Check
) -> Iterator[Callable[[], None]]:
    """Renders the poster, if the output wants one; what it yields puts it in its place.

    Without that call nothing is left behind. Rendering ends early with what `check` raises.
    """
    poster = wanted.output.poster
    if poster is None:
        yield lambda: None
        return
    index = frame_at(poster.time, prepared.timeline, where="poster")
    picture = picture_of(prepared, index, options, check)
    path = prepared.loaded.folder / poster.path
    staged = stage_still(path, picture, overwrite=options.overwrite)
    try:
        yield staged.commit
    finally:
        staged.discard()
