"""From the project's `output` and the caller's wishes to one complete output description."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.document.model import Output
from gpu_export.engine.encoders import HardwareWish, choose_encoder
from gpu_export.errors import ExportError, OptionError, Problem, ProjectError
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat, SoundFormat
from gpu_export.media.tuning import WHERE as TUNING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.document.model import Project
    from gpu_export.engine.encoders import ChosenEncoder
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.media.output_spec import OutputSpec
    from gpu_export.timeline.timeline import Timeline


# What the mixer delivers.
MOST_CHANNELS = 2

# The file format says `pcm`; 16 bits is what every player opens.
_AUDIO_NAMES = {"pcm": "pcm_s16"}

# Where the planner's objections point when it is the project file that has to change.
_OF_THE_PROJECT = ("output.", "background", "audio.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of the files a project wants written.

    Attributes:
        output: what the project says about it.
        pointer: where it says so, a JSON pointer.
        path: where the file belongs.
    """

    output: Output
    pointer: str
    path: Path


def wanted_outputs(loaded: LoadedProject, asked: Path | None) -> tuple[Wanted, ...]:
    """All files the project wants; `asked`, the caller's word, wins over the name of a single one.

    Those of an array go into a folder that is asked for, under their own names.

    Raises:
        OptionError: one name was asked for, and there are several files.
        ProjectError: two files, posters included, have one name.
    """
    outputs = loaded.project.outputs
    if isinstance(loaded.project.output, Output):
        return (Wanted(outputs[0], "/output", asked or _own_path(loaded, outputs[0])),)
    folder = asked if _is_folder(asked) else None
    if len(outputs) == 1 and folder is None:
        return (Wanted(outputs[0], "/output/0", asked or _own_path(loaded, outputs[0])),)
    if asked is not None and folder is None:
        raise OptionError(
            f"the project has {len(outputs)} outputs, which cannot share one name, and there is no "
            "such folder",
            where=f"-o {asked}",
            remedy="Drop -o, or name an existing folder: each goes there under its own name.",
        )
    wanted = tuple(
        Wanted(output, f"/output/{index}", _path_in(folder, loaded, output))
        for index, output in enumerate(outputs)
    )
    _refuse_shared_names(wanted, loaded)
    return wanted


def _is_folder(path: Path | None) -> bool:
    try:
        return path is not None and path.is_dir()
    except OSError:  # no name that a file can have
        return False


def _own_path(loaded: LoadedProject, output: Output) -> Path:
    """The project's `output.path`, else the project's name in the current folder."""
    return Path(f"{loaded.name}.mp4") if output.path is None else loaded.folder / output.path


def _path_in(folder: Path | None, loaded: LoadedProject, output: Output) -> Path:
    own = _own_path(loaded, output)
    return own if folder is None else folder / own.name


def _refuse_shared_names(wanted: Sequence[Wanted], loaded: LoadedProject) -> None:
    """Files and posters all need names of their own."""
    named = [(f"{one.pointer}/path", one.path) for one in wanted]
    named += [
        (f"{one.pointer}/poster/path", loaded.folder / one.output.poster.path)
        for one in wanted
        if one.output.poster is not None
    ]
    first: dict[Path, str] = {}
    problems = []
    for pointer, path in named:
        other = first.setdefault(path.resolve(), pointer)
        if other != pointer:
            found = f"{path.name}, the file of {other}"
            problems.append(Problem(pointer, found, "a name of its own"))
    if problems:
        raise ProjectError(problems, source=loaded.source)


def chosen_output(
    loaded: LoadedProject, timeline: Timeline, wanted: Wanted, options: ExportOptions
) -> ChosenEncoder:
    """All that encoder and muxer have to know, and who may encode.

    Raises:
        OptionError: the caller requires a device that encodes, and none works.
        OutputError: nothing can be written under such a name.
        ProjectError: a word of the project's `output` is unknown or a combination impossible.
    """
    wish = _hardware(wanted.output, options)

    def planned(encoder: str | None) -> OutputSpec:
        if encoder is None and wish.word == "required":  # the options are for a device
            untuned = wanted.output.model_copy(update={"encoder_options": {}})
            return _planned(loaded.project, timeline, replace(wanted, output=untuned), encoder)
        return _planned(loaded.project, timeline, wanted, encoder)

    try:
        _refuse_channels(loaded.project)
        return choose_encoder(planned, wish)
    except OptionError as error:
        if not error.where.startswith(_OF_THE_PROJECT):
            raise
        problem = Problem(_pointer(error.where, wanted), error.message, error.remedy)
        others = _wrong_besides(loaded, timeline, wanted, options, error.where)
        raise ProjectError([problem, *others], source=loaded.source) from error


def _wrong_besides(
    loaded: LoadedProject, timeline: Timeline, wanted: Wanted, options: ExportOptions, where: str
) -> Sequence[Problem]:
    """What else is wrong with the encoder's options, once the one at `where` is left out."""
    asked = wanted.output.encoder_options
    left = {name: value for name, value in asked.items() if where != f"{TUNING}.{name}"}
    if len(left) == len(asked):
        return ()
    without = wanted.output.model_copy(update={"encoder_options": left})
    try:
        chosen_output(loaded, timeline, replace(wanted, output=without), options)
    except ProjectError as error:
        return error.problems
    except ExportError:
        pass  # whatever it is comes up once the options are right
    return ()


def _pointer(where: str, wanted: Wanted) -> str:
    """`output.audio.codec` as a JSON pointer; the third step may be any name of the user's."""
    first, *rest = (step.replace("~", "~0").replace("/", "~1") for step in where.split(".", 2))
    return "/".join((wanted.pointer if first == "output" else f"/{first}", *rest))


def _hardware(output: Output, options: ExportOptions) -> HardwareWish:
    """The caller's word, else the project's."""
    if options.hardware is not None:
        return HardwareWish(options.hardware.value, options.mode, where="--hardware")
    return HardwareWish(output.hardware, options.mode)


def _planned(
    project: Project, timeline: Timeline, wanted: Wanted, encoder: str | None
) -> OutputSpec:
    output = wanted.output
    picture = PictureFormat(
        timeline.width, timeline.height, timeline.fps, opaque=timeline.background[3] >= 1.0
    )
    sound = SoundFormat(project.audio.sample_rate, project.audio.channels)
    heard = sound if timeline.sound.spans or output.codec == "none" else None
    return plan_output(wanted.path, picture, heard, _wish(output, timeline.fps, encoder))


def _refuse_channels(project: Project) -> None:
    if project.audio.channels > MOST_CHANNELS:
        raise OptionError(
            f"{project.audio.channels} channels of sound are not supported yet",
            where="audio.channels",
            remedy="use 1 or 2",
        )


def _wish(output: Output, fps: Fraction, encoder: str | None) -> OutputWish:
    interval = output.keyframe_interval
    return OutputWish(
        codec=None if output.codec is None else str(output.codec),
        encoder=encoder,
        rate_control=output.rate_control,
        quality=_quality(output),
        bitrate=output.bitrate,
        passes=output.passes,
        preset=output.preset,
        profile=output.profile,
        options=tuple(output.encoder_options.items()),
        pixel_format=output.pixel_format,
        bit_depth=output.bit_depth,
        keyframe_interval=Fraction(1) if interval is None else interval.at(fps),
        audio_codec=_audio_codec(output),
        audio_bitrate=output.audio.bitrate,
        metadata=tuple(output.metadata.items()),
    )


def _audio_codec(output: Output) -> str | None:
    codec = output.audio.codec
    return None if codec is None else _AUDIO_NAMES.get(codec, str(codec))


def _quality(output: Output) -> int | str | None:
    """What was asked for; the default only where nothing else (a bitrate, say) decides."""
    if "quality" not in output.model_fields_set:
        return None
    return str(output.quality) if isinstance(output.quality, str) else round(output.quality)
