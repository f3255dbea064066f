"""Every file that a project reads or writes, by name only: nothing is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.document.walk import placed_objects
from gpu_export.engine.output import wanted_outputs

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.engine.load import LoadedProject


def files_of(loaded: LoadedProject, output: Path | None) -> dict[Path, str]:
    """The project's files, each with what it is to the project; `output` as in `wanted_outputs`."""
    project, folder = loaded.project, loaded.folder
    named = [getattr(placed.value, "src", None) for placed in placed_objects(project)]
    read = [folder / src for src in (*named, *(font.src for font in project.fonts)) if src]
    files = dict.fromkeys(read, "a source of the project")
    for wanted in wanted_outputs(loaded, output):
        if (poster := wanted.output.poster) is not None:
            files[folder / poster.path] = "the poster"
        files[wanted.path] = "the output"
    return files
