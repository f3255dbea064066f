"""From the project's `output` and the caller's wishes to one complete output description."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.engine.encoders import HardwareWish, choose_encoder
from gpu_export.errors import OptionError, Problem, ProjectError
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat, SoundFormat

if TYPE_CHECKING:
    from gpu_export.document.model import Output, Project
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


def output_path(loaded: LoadedProject, asked: Path | None) -> Path:
    """`-o`, else the project's `output.path`, else the project's name in the current folder."""
    if asked is not None:
        return asked
    own = loaded.project.outputs[0].path
    return loaded.folder / own if own is not None else Path(f"{loaded.name}.mp4")


def chosen_output(
    loaded: LoadedProject, timeline: Timeline, path: Path, options: ExportOptions
) -> ChosenEncoder:
    """All that encoder and muxer have to know, and who may encode.

    Raises:
        OptionError: the caller requires a device that encodes, and none works.
        OutputError: nothing can be written under such a name.
        ProjectError: a word of the project's `output` is unknown or a combination impossible.
    """
    output = loaded.project.outputs[0]
    wish = _hardware(output, options)

    def planned(encoder: str | None) -> OutputSpec:
        if encoder is None and wish.word == "required":  # the options are for a device
            untuned = output.model_copy(update={"encoder_options": {}})
            return _planned(loaded.project, untuned, timeline, path, encoder)
        return _planned(loaded.project, output, timeline, path, encoder)

    try:
        _refuse_channels(loaded.project)
        return choose_encoder(planned, wish)
    except OptionError as error:
        if not error.where.startswith(_OF_THE_PROJECT):
            raise
        problem = Problem(_pointer(error.where), error.message, error.remedy)
        raise ProjectError([problem], source=loaded.source) from error


def _pointer(where: str) -> str:
    """`output.audio.codec` as a JSON pointer; the third step may be any name of the user's."""
    steps = (step.replace("~", "~0").replace("/", "~1") for step in where.split(".", 2))
    return "/" + "/".join(steps)


def _hardware(output: Output, options: ExportOptions) -> HardwareWish:
    """The caller's word, else the project's."""
    if options.hardware is not None:
        return HardwareWish(options.hardware.value, options.mode, where="--hardware")
    return HardwareWish(output.hardware, options.mode)


def _planned(
    project: Project, output: Output, timeline: Timeline, path: Path, encoder: str | None
) -> OutputSpec:
    picture = PictureFormat(
        timeline.width, timeline.height, timeline.fps, opaque=timeline.background[3] >= 1.0
    )
    sound = SoundFormat(project.audio.sample_rate, project.audio.channels)
    heard = sound if timeline.sound.spans or output.codec == "none" else None
    return plan_output(path, picture, heard, _wish(output, timeline.fps, encoder))


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
