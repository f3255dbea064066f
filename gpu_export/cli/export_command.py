"""`gpu-export project.json`: the export.

Commands import what they run when they run, so that `--help` is quick.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from gpu_export.cli import messages
from gpu_export.cli.export_parameters import (
    CacheOption,
    DryRunOption,
    ExportOutputOption,
    HardwareOption,
    JobsOption,
    MemoryLimitOption,
    ProgressOption,
    RangeOption,
    ReportOption,
    SmartCopyOption,
)
from gpu_export.cli.interrupt import cancelled_by_signals
from gpu_export.cli.loading import loading
from gpu_export.cli.parameters import (
    AllowShadersOption,
    CompositorOption,
    DeviceOption,
    MediaRootOption,
    ModeOption,
    OverwriteOption,
    ProjectArgument,
    ScaleOption,
    SetOption,
    ShaderTimeoutOption,
    UntrustedOption,
    VerboseOption,
)
from gpu_export.cli.progress import ProgressStyle, clock_text, display
from gpu_export.cli.project_input import project_options, read_project
from gpu_export.cli.report_file import ReportFile
from gpu_export.cli.values import (
    parse_cache,
    parse_range,
    parse_scale,
    parse_size,
)
from gpu_export.engine.options import SHADER_TIMEOUT_S, CompositorChoice, ExportOptions, Mode
from gpu_export.engine.report import ExportReport, WrittenFile
from gpu_export.errors import ExportError, OptionError


@dataclass(frozen=True, slots=True)
class _Request:
    project: str
    output: Path | None
    options: ExportOptions
    style: ProgressStyle
    report: ReportFile | None


def export(  # noqa: PLR0913 - typer reads one parameter per option
    project: ProjectArgument,
    *,
    output: ExportOutputOption = None,
    mode: ModeOption = Mode.AUTO,
    compositor: CompositorOption = CompositorChoice.AUTO,
    hardware: HardwareOption = None,
    device: DeviceOption = 0,
    span: RangeOption = "..",
    scale: ScaleOption = "1",
    variables: SetOption = None,
    progress: ProgressOption = ProgressStyle.AUTO,
    report: ReportOption = None,
    overwrite: OverwriteOption = False,
    dry_run: DryRunOption = False,
    untrusted: UntrustedOption = False,
    media_root: MediaRootOption = None,
    allow_shaders: AllowShadersOption = False,
    shader_timeout: ShaderTimeoutOption = SHADER_TIMEOUT_S,
    jobs: JobsOption = None,
    smart_copy: SmartCopyOption = True,
    cache: CacheOption = None,
    memory_limit: MemoryLimitOption = None,
    verbose: VerboseOption = False,
) -> int:
    """Export a project as a finished video.

    This is what gpu-export does when it is given a project and no command.
    """
    given = project_options(
        untrusted=untrusted,
        media_root=media_root,
        allow_shaders=allow_shaders,
        variables=variables,
    )
    options = replace(
        given,
        mode=mode,
        compositor=compositor,
        hardware=hardware,
        device_index=device,
        range=parse_range(span),
        scale=parse_scale(scale),
        overwrite=overwrite,
        shader_timeout=shader_timeout,
        jobs=jobs,
        smart_copy=smart_copy,
        cache=parse_cache(cache),
        memory_limit=None if memory_limit is None else parse_size(memory_limit),
    )
    if dry_run:
        _refuse_report_of_nothing(report)
        return _print_plan(_Request(project, output, options, progress, None))
    place = None if report is None else _report_place(report, project, output, options)
    return _run(_Request(project, output, options, progress, place))


def _report_place(
    report: Path, project: str, output: Path | None, options: ExportOptions
) -> ReportFile:
    place = ReportFile(report, overwrite=options.overwrite)
    named = {} if output is None else {output: "the output"}
    if project != "-":
        named[Path(project)] = "the project file"
    place.refuse(named)
    return place


def _refuse_report_of_nothing(report: Path | None) -> None:
    if report is not None:
        raise OptionError(
            "--dry-run exports nothing that a report could tell of",
            where="--report",
            remedy="Drop one of the two; --dry-run --progress json prints the plan as JSON.",
        )


def _print_plan(request: _Request) -> int:
    from gpu_export.engine.cutting import foreseen

    with loading():
        from gpu_export.engine.plan import plan
    loaded = read_project(request.project, request.options)
    plans = plan(loaded, request.output, request.options)
    spans = foreseen(plans, request.options)
    if request.style is not ProgressStyle.JSON:
        paragraphs = ["\n".join(planned.lines()) for planned in plans]
        gap = [""] if len(plans) > 1 else []
        messages.emit("\n".join(["\n\n".join(paragraphs), *gap, *map(str, spans)]))
        return 0
    [first, *others] = [planned.to_dict() for planned in plans]
    whole = {"outputs": [first, *others]} if others else first
    messages.emit_json({**whole, "spans": [asdict(span) for span in spans]})
    return 0


def _run(request: _Request) -> int:
    with display(request.style) as watcher, _reported_failure(request.report):
        with loading():
            from gpu_export.engine.cancel import Cancellation
            from gpu_export.engine.export import export as export_project
            from gpu_export.engine.files import files_of
        loaded = read_project(request.project, request.options)
        if request.report is not None:
            request.report.release(files_of(loaded, request.output))
        cancellation = Cancellation()
        with cancelled_by_signals(cancellation):
            done = export_project(
                loaded,
                request.output,
                request.options,
                on_progress=watcher.update,
                cancel=cancellation,
            )
        if request.report is not None:
            request.report.write(done)
        watcher.finished(done)
    _tell(done, request.style)
    return 0


@contextmanager
def _reported_failure(report: ReportFile | None) -> Iterator[None]:
    try:
        yield
    except ExportError as error:
        if report is not None:
            report.write_error(error)
        raise


def _tell(report: ExportReport, style: ProgressStyle) -> None:
    for warning in dict.fromkeys(report.warnings):
        messages.warn(warning)
    if style is not ProgressStyle.NONE:
        for written in report.outputs:
            messages.say(summary(report, written))


def summary(report: ExportReport, written: WrittenFile) -> str:
    """One line about a finished file."""
    rate = report.frames / report.wall_s if report.wall_s > 0 else 0.0
    parts = (
        written.output,
        _duration_text(written.duration_s),
        _size_text(written.output_bytes),
        f"{rate:.0f} fps" if len(report.outputs) == 1 else "",
        report.compositor.used if written.coded_size else "",
        written.encoder.used,
    )
    return " · ".join(part for part in parts if part)


def _duration_text(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 60 else clock_text(seconds)


def _size_text(size: int) -> str:
    """Nothing where the output is not one file."""
    if size == 0:
        return ""
    return f"{size / 1e3:.0f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"
