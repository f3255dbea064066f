"""The still picture that may go with a video."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.engine.prepare import check_output_allowed, refuse_source_as_output
from gpu_export.engine.stills import frame_at, picture_of
from gpu_export.errors import OutputError
from gpu_export.media.still_writer import write_still

if TYPE_CHECKING:
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.prepare import Prepared


def check_poster(prepared: Prepared, options: ExportOptions) -> None:
    """Finds out before the export whether its poster could be written after it.

    Raises:
        OptionError: its time lies outside the timeline.
        OutputError: its place is taken or not permitted.
    """
    poster = prepared.loaded.project.outputs[0].poster
    if poster is None:
        return
    frame_at(poster.time, prepared.timeline, where="/output/poster/time")
    path = prepared.loaded.folder / poster.path
    refuse_source_as_output(prepared, path)
    check_output_allowed(prepared, path)
    if path.exists() and not options.overwrite:
        raise OutputError(
            "the poster exists already", where=str(path), remedy="Replace it with --overwrite."
        )


def write_poster(prepared: Prepared, options: ExportOptions) -> None:
    """Renders and writes the poster, if the project wants one."""
    poster = prepared.loaded.project.outputs[0].poster
    if poster is None:
        return
    index = frame_at(poster.time, prepared.timeline, where="/output/poster/time")
    path = prepared.loaded.folder / poster.path
    write_still(path, picture_of(prepared, index, options), overwrite=options.overwrite)
