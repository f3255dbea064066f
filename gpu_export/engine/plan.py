"""What an export would do, decided completely before the first frame; `--dry-run` prints it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpu_export.document.model.base import file_key
from gpu_export.engine.output import Wanted, chosen_output, wanted_outputs
from gpu_export.engine.poster import check_poster
from gpu_export.engine.prepare import (
    Prepared,
    check_output_allowed,
    frame_range,
    prepare,
    refuse_source_as_output,
)
from gpu_export.engine.report import Choice
from gpu_export.media.codecs import encoder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.errors import EncodeError
    from gpu_export.media.output_spec import OutputSpec, VideoSpec


# Keys of an output that say how pictures are to be encoded: copies would not be.
_HOW_TO_ENCODE = ("bitrate", "rate_control", "passes", "profile", "preset", "encoder_options")

# Browsers take delays below two hundredths of a second for a mistake.
_GIF_RATE = 50
# Every picture stands for itself.
_ALL_KEY = ("prores", "ffv1", "gif", "webp", "apng", "png", "jpeg")


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What an export would do.

    Attributes:
        prepared: the project, ready to be rendered.
        wanted: what the project says about the file.
        spec: what is written.
        encoder: who encodes, and why.
        spares: what is written instead, in order, should the encoder fail in mid-export.
    """

    prepared: Prepared
    wanted: Wanted
    spec: OutputSpec
    encoder: Choice
    spares: tuple[OutputSpec, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Plain JSON-able values."""
        timeline, frames = self.prepared.timeline, self.prepared.frames
        video, audio = self.spec.video, self.spec.audio
        return {
            "output": str(self.spec.path),
            "container": self.spec.container,
            "frames": [frames.start, frames.end],
            "fps": str(timeline.fps),
            "duration_s": float(len(frames) / timeline.fps),
            "video": None if video is None else _video_dict(video),
            "audio": None
            if audio is None
            else {"codec": audio.codec, "rate": audio.rate, "channels": audio.channels},
            "sources": self.sources,
            "warnings": list(self.warnings),
        }

    def lines(self) -> list[str]:
        """The plan in words."""
        timeline, frames = self.prepared.timeline, self.prepared.frames
        seconds = float(len(frames) / timeline.fps)
        lines = [
            f"output    {self.spec.path} ({self.spec.container})",
            f"timeline  {timeline.width}×{timeline.height}, {timeline.fps} fps, "
            f"frames {frames.start}..{frames.end} ({seconds:.2f} s)",
        ]
        if (video := self.spec.video) is not None:
            lines.append(f"video     {', '.join(_video_words(video))}")
            if video.options:
                told = ", ".join(f"{name} {value}" for name, value in video.options)
                lines.append(f"options   {told}")
        if (audio := self.spec.audio) is not None:
            lines.append(f"audio     {audio.codec}, {audio.rate} Hz, {audio.channels} channels")
        if (poster := self.wanted.output.poster) is not None:
            lines.append(f"poster    {self.prepared.loaded.folder / poster.path}")
        lines += [f"source    {path}" for path in self.sources]
        return lines + [f"warning   {text}" for text in self.warnings]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd about sources, timeline and output."""
        video = self.spec.video
        return (*self.prepared.warnings, *(() if video is None else _oddities(video)))

    def after_failure_of(self, error: EncodeError) -> ExportPlan | None:
        """The plan with the next encoder in line; None where none is left or it is no fault of it.

        What its driver said becomes the reason for the report.
        """
        encoder = None if self.spec.video is None else self.spec.video.encoder
        if error.codec != encoder or not self.spares:
            return None
        spec, *spares = self.spares
        name = "" if spec.video is None else spec.video.encoder
        place = "" if error.frame is None else f" at frame {error.frame}"
        reason = f"{encoder} failed{place} ({error.message}); {name} made all of the film"
        return replace(
            self,
            spec=spec,
            spares=tuple(spares),
            encoder=Choice(self.encoder.asked, name, reason),
        )

    def why_nothing_is_copied(self, options: ExportOptions) -> str:
        """Why no packets of sources may stand for encoded ones; empty where they may."""
        video, output = self.spec.video, self.wanted.output
        if video is None or video.codec != "h264":
            return "only packets of H.264 are copied, into H.264"
        if not options.smart_copy:
            return "copying is switched off"
        if encoder_of(video).is_hardware:
            return "a device encodes, and these number their headers as they please"
        said = [
            key
            for key in _HOW_TO_ENCODE
            if key in output.model_fields_set and getattr(output, key) not in (None, {})
        ]
        asked = " and ".join(f"`{file_key(key)}`" for key in said)
        return f"the output says how to encode, with {asked}" if said else ""

    @property
    def sources(self) -> list[str]:
        """The files it reads and the functions it calls."""
        return sorted({source.name for source in self.prepared.facts})


def _oddities(video: VideoSpec) -> Iterator[str]:
    width, height = video.coded_size
    if (width, height) != (video.width, video.height):
        yield (
            f"{video.pixel_format} needs even sides: the last column or row of the "
            f"{video.width}×{video.height} canvas is repeated, and the file is {width}×{height}"
        )
    if video.codec == "gif" and video.rate > _GIF_RATE:
        yield (
            f"players slow a GIF of {float(video.rate):g} pictures a second down to 10; "
            f"{_GIF_RATE} is the most they show"
        )


def _video_words(video: VideoSpec) -> Iterator[str]:
    yield f"{video.codec} by {video.encoder}"
    yield video.pixel_format
    if video.bitrate:
        yield f"{video.bitrate} bit/s"
    elif video.quality is not None:
        yield f"quality {video.quality}"
    if video.study is not None:
        yield "two passes"
    if video.codec not in _ALL_KEY:
        yield f"keyframe every {video.keyframe_interval} frames"


def _video_dict(video: VideoSpec) -> dict[str, object]:
    return {
        "codec": video.codec,
        "encoder": video.encoder,
        "pixel_format": video.pixel_format,
        "width": video.width,
        "height": video.height,
        "coded_width": video.coded_size[0],
        "coded_height": video.coded_size[1],
        "quality": video.quality,
        "bitrate": video.bitrate,
        "preset": video.preset,
        "encoder_options": dict(video.options),
        "keyframe_interval": video.keyframe_interval,
    }


def plan(
    loaded: LoadedProject, output: Path | None, options: ExportOptions
) -> tuple[ExportPlan, ...]:
    """All that would happen, without rendering anything: a plan for each file.

    Raises:
        ExportError: whatever would stop the export before its first frame.
    """
    wanted = wanted_outputs(loaded, output)
    prepared = prepare(loaded, options)
    return tuple(_planned(prepared, one, options, encoders=len(wanted)) for one in wanted)


def _planned(
    prepared: Prepared, wanted: Wanted, options: ExportOptions, *, encoders: int
) -> ExportPlan:
    source = prepared.loaded.source
    prepared = prepared.in_range(frame_range(wanted, options, prepared.timeline, source))
    refuse_source_as_output(prepared, wanted.path)
    check_output_allowed(prepared, wanted.path)
    check_poster(prepared, wanted, options)
    chosen = chosen_output(prepared.loaded, prepared.timeline, wanted, options)

    def fitted(spec: OutputSpec) -> OutputSpec:
        """The spec as the memory that is left allows it."""
        if spec.video is None:
            return spec
        prepared.budget.require_room(spec.video)
        return replace(spec, video=prepared.budget.fit(spec.video, at_once=encoders))

    spares = tuple(map(fitted, chosen.spares))
    return ExportPlan(prepared, wanted, fitted(chosen.spec), chosen.choice, spares)
