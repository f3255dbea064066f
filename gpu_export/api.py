"""The public functions: what the command line does, for Python programs.

A project is given as a path, as plain data, or as a `Project` built in code; relative media paths
count from the project file's folder, or from the current one. Every failure that is not a bug
raises an `ExportError`. Import these names from `gpu_export`, which loads them when they are used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.core.policy import Policy
from gpu_export.engine import export as engine_export
from gpu_export.engine import stills
from gpu_export.engine import validate as engine_validate
from gpu_export.engine.load import LoadedProject, load, load_data
from gpu_export.engine.options import ExportOptions, read_instant
from gpu_export.machine import capabilities as machine_capabilities
from gpu_export.media.describe import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from gpu_export.document.model import Project
    from gpu_export.engine.cancel import Cancellation
    from gpu_export.engine.report import ExportReport, Progress
    from gpu_export.engine.validate import ValidationReport
    from gpu_export.machine.capabilities import Capabilities
    from gpu_export.media.describe import SourceReport

    ProjectSource = str | Path | Mapping[str, object] | Project


def export(
    project: ProjectSource,
    output: str | Path | None = None,
    *,
    options: ExportOptions | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: Cancellation | None = None,
) -> ExportReport:
    """Exports a project as a finished file.

    Args:
        project: path, plain data or model.
        output: what to write; None takes the project's `output.path`, else its name with `.mp4`
            in the current folder.
        options: choices of this run.
        on_progress: is told how far the export is, often; keep it quick. What it raises ends the
            export.
        cancel: `cancel.cancel()`, from any thread, ends the export with `Cancelled`.

    Raises:
        ExportError: it failed and left nothing behind; `gpu_export.errors` says by whom it can be
            repaired.

    Example:
        >>> red = {"type": "solid", "color": "red", "duration": 0.5}
        >>> project = {"version": 1, "width": 64, "height": 36, "tracks": [{"clips": [red]}]}
        >>> report = export(project, "red.mp4")
        >>> report.frames, report.duration_s
        (15, 0.5)
    """
    options = options or ExportOptions()
    place = None if output is None else Path(output)
    return engine_export.export(
        _loaded(project, options), place, options, on_progress=on_progress, cancel=cancel
    )


def render_frame(
    project: ProjectSource,
    at: float | Fraction | str,
    *,
    options: ExportOptions | None = None,
) -> NDArray[np.uint8]:
    """The picture at a time: (height, width, 4) straight RGBA, 0..255, BT.709 code values.

    Args:
        project: path, plain data or model.
        at: seconds (`2.5`), frames (`"75f"`) or timecode (`"00:00:02.500"`).
        options: choices of this run.

    Raises:
        ExportError: the project or its media cannot be used, or `at` is no time on the timeline.

    Example:
        >>> red = {"type": "solid", "color": "red", "duration": 0.5}
        >>> project = {"version": 1, "width": 64, "height": 36, "tracks": [{"clips": [red]}]}
        >>> render_frame(project, 0.25)[18, 32].tolist()
        [255, 0, 0, 255]
    """
    options = options or ExportOptions()
    instant = read_instant(at)
    return stills.render_frame(_loaded(project, options), instant, options)


def validate(
    project: ProjectSource,
    *,
    options: ExportOptions | None = None,
) -> ValidationReport:
    """Checks a project and its media without exporting; decodes each source's first and last frame.

    Raises:
        ProjectError: the document itself is not valid; what is wrong with media is in the result.

    Example:
        >>> clip = {"type": "video", "src": "nowhere.mp4"}
        >>> verdict = validate({"version": 1, "tracks": [{"clips": [clip]}]})
        >>> verdict.ok, [type(problem).__name__ for problem in verdict.problems]
        (False, ['MissingMedia'])
    """
    options = options or ExportOptions()
    return engine_validate.validate(_loaded(project, options), options)


def validate_deep(
    project: ProjectSource,
    *,
    options: ExportOptions | None = None,
) -> ValidationReport:
    """Like `validate`, but decodes all of the media that the project uses.

    Raises:
        ProjectError: the document itself is not valid.

    Example:
        >>> red = {"type": "solid", "color": "red", "duration": 0.5}
        >>> validate_deep({"version": 1, "tracks": [{"clips": [red]}]}).ok
        True
    """
    options = options or ExportOptions()
    return engine_validate.validate_deep(_loaded(project, options), options)


def probe(path: str | Path) -> SourceReport:
    """What a media file holds, as an export would see it.

    Raises:
        MediaError: it is missing, damaged or of no kind that can be read.

    Example:
        >>> from gpu_export.errors import MissingMedia
        >>> try:
        ...     probe("nowhere.mp4")
        ... except MissingMedia as error:
        ...     print(error.path)
        nowhere.mp4
    """
    return describe(Path(path), Policy())


def capabilities(*, refresh: bool = False) -> Capabilities:
    """What this machine can do: GL, and every encoder with the reason where one does not work.

    Everything is tried with real pictures in processes of its own, which takes some seconds, and
    remembered until a driver or library changes; `refresh` tries anew.

    Example:
        >>> able = capabilities()
        >>> able.recommended["ffv1"], able.gl.max_texture >= 0
        ('ffv1', True)
    """
    return machine_capabilities.capabilities(refresh=refresh)


def _loaded(project: ProjectSource, options: ExportOptions) -> LoadedProject:
    if isinstance(project, str | Path):
        return load(project, options)
    return load_data(project, options, folder=Path.cwd())
