"""What the engine sees in a source, for people and programs; and whether it can be used.

Turns inspections into plain values. Decodes only to check.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from gpu_export.core.facts import MediaRef
from gpu_export.media.access import open_input
from gpu_export.media.film import FilmPicture
from gpu_export.media.inspection import Inspection, inspect
from gpu_export.media.reader import open_reader
from gpu_export.media.selection import has_decoder, is_attached
from gpu_export.media.sequences import NumberedPictures
from gpu_export.media.stills import StillPicture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.stream import Stream

    from gpu_export.core.policy import Policy
    from gpu_export.media.colorimetry import Decision
    from gpu_export.media.film import SoundTrack


@dataclass(frozen=True, slots=True)
class StreamReport:
    """One stream as its header presents it, and what becomes of it."""

    index: int
    kind: str
    codec: str
    header: str
    use: str


@dataclass(frozen=True, slots=True)
class ColorReport:
    """What samples mean, how that was decided, and what decoding makes of it."""

    matrix: str
    range: str
    transfer: str
    primaries: str
    chroma_location: str
    decided: str
    delivered: str


@dataclass(frozen=True, slots=True)
class PictureReport:
    """The picture. Sizes are upright (`stored` is not); times are seconds.

    `kind` is film, still, animation or numbered files; `duration` and `rate` are None for a still;
    `rotation` is in clockwise degrees, followed by mirroring left to right if `mirrored`.
    """

    kind: str
    codec: str
    width: int
    height: int
    stored: tuple[int, int]
    pixel_format: str
    pixel_aspect: str
    rotation: int
    mirrored: bool
    alpha: bool
    fields: str
    frames: int
    duration: float | None
    rate: str | None
    constant_rate: bool
    first_pts: float
    color: ColorReport


@dataclass(frozen=True, slots=True)
class SoundReport:
    """The sound. `offset` is its first sample's time against the first picture, in seconds."""

    codec: str
    rate: int
    channels: int
    layout: str
    offset: float
    duration: float


@dataclass(frozen=True, slots=True)
class SourceReport:
    """Everything `gpu-export probe` shows.

    `claimed_duration` is the container's word for it, in seconds.
    """

    path: str
    container: str
    claimed_duration: float | None
    streams: tuple[StreamReport, ...]
    picture: PictureReport | None
    sound: SoundReport | None
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def describe(path: Path, policy: Policy) -> SourceReport:
    """What is in a file, measured.

    Raises:
        MissingMedia, UnsupportedMedia, CorruptMedia: it cannot be used at all.
    """
    seen = inspect(MediaRef(path), policy)
    streams: tuple[StreamReport, ...] = ()
    claimed = None
    if not isinstance(seen.picture, StillPicture | NumberedPictures):
        with open_input(path, policy) as source:
            streams = tuple(_stream(stream, seen) for stream in source.streams)
            claimed = _claimed(source)
    return SourceReport(
        path=str(path),
        container=seen.container,
        claimed_duration=claimed,
        streams=streams,
        picture=_picture(seen),
        sound=_sound(seen.sound) if seen.sound else None,
        warnings=seen.warnings,
    )


def check(
    ref: MediaRef, first: Fraction, last: Fraction, policy: Policy, *, where: str = ""
) -> tuple[str, ...]:
    """Whether the part of a source from `first` to `last` (seconds) can be used.

    Demuxes the file and decodes the pictures at both times.

    Returns:
        What is wrong without being fatal.

    Raises:
        MediaError: the source or one of the two pictures cannot be read.
    """
    return _checked(ref, (first, last), policy, where)


def check_thoroughly(
    ref: MediaRef, first: Fraction, last: Fraction, policy: Policy, *, where: str = ""
) -> tuple[str, ...]:
    """Like `check`, decoding every picture from `first` to `last`."""
    picture = inspect(ref, policy, where=where).facts().picture
    rate = picture.rate if picture else None
    return _checked(ref, _instants(first, last, rate), policy, where)


def _instants(first: Fraction, last: Fraction, rate: Fraction | None) -> Iterator[Fraction]:
    time = first
    while rate is not None and time < last:
        yield time
        time += 1 / rate
    yield last


def _checked(
    ref: MediaRef, times: Iterable[Fraction], policy: Policy, where: str
) -> tuple[str, ...]:
    seen = inspect(ref, policy, where=where)
    if seen.picture is None:
        return seen.warnings
    instants = list(times)
    reader = open_reader(ref, instants, size=None, slack=Fraction(0), policy=policy, where=where)
    try:
        for _ in instants:
            reader.read()
        return (*seen.warnings, *reader.warnings)
    finally:
        reader.close()


def _claimed(source: InputContainer) -> float | None:
    return None if source.duration is None else source.duration / 1_000_000


def _stream(stream: Stream, seen: Inspection) -> StreamReport:
    codec = stream.codec_context.name if has_decoder(stream) else "unknown"
    return StreamReport(stream.index, stream.type, codec, _header(stream), _use(stream, seen))


def _header(stream: Stream) -> str:
    """What the header says, true or not."""
    if not has_decoder(stream):
        return ""
    if isinstance(stream, VideoStream):
        size = f"{stream.codec_context.width}x{stream.codec_context.height}"
        return f"{stream.codec_context.pix_fmt} {size}, {stream.average_rate} a second"
    if isinstance(stream, AudioStream):
        return f"{stream.rate} Hz, {stream.layout.name}"
    return ""


def _use(stream: Stream, seen: Inspection) -> str:
    film = seen.picture if isinstance(seen.picture, FilmPicture) else None
    for chosen in (film, seen.sound):
        if chosen is not None and chosen.index == stream.index:
            return f"used: {chosen.reason}"
    if isinstance(stream, VideoStream) and is_attached(stream):
        return "not used: an attached picture"
    if not isinstance(stream, VideoStream | AudioStream):
        return "not used"
    return "not used: " + ("another is" if has_decoder(stream) else "no decoder")


def _picture(seen: Inspection) -> PictureReport | None:
    match seen.picture:
        case None:
            return None
        case FilmPicture() as film:
            return _film(film)
        case StillPicture() as still:
            kind = "still" if still.duration is None else "animation"
            return _still(still, kind, len(still.starts), still.facts().rate, still.duration)
        case NumberedPictures() as run:
            facts = run.facts()
            return _still(run.first, "numbered files", len(run.files), facts.rate, facts.duration)


def _film(film: FilmPicture) -> PictureReport:
    facts = film.facts()
    return PictureReport(
        kind="film",
        codec=film.codec,
        width=facts.width,
        height=facts.height,
        stored=film.stored,
        pixel_format=film.pixel_format,
        pixel_aspect=_ratio(film.pixel_aspect),
        rotation=film.orientation.rotation,
        mirrored=film.orientation.mirrored,
        alpha=not film.opaque,
        fields=film.fields.value,
        frames=film.times.count,
        duration=_seconds(facts.duration),
        rate=str(facts.rate),
        constant_rate=film.times.constant,
        first_pts=float(film.zero * film.times.time_base),
        color=_color(film.color),
    )


def _still(
    still: StillPicture, kind: str, frames: int, rate: Fraction | None, duration: Fraction | None
) -> PictureReport:
    width, height = still.size
    return PictureReport(
        kind=kind,
        codec=still.format.lower(),
        width=width,
        height=height,
        stored=still.stored,
        pixel_format=still.mode,
        pixel_aspect="1:1",
        rotation=still.rotation,
        mirrored=still.mirrored,
        alpha=not still.opaque,
        fields="progressive",
        frames=frames,
        duration=_seconds(duration),
        rate=None if rate is None else str(rate),
        constant_rate=len(set(still.delays)) <= 1,
        first_pts=0.0,
        color=ColorReport(
            *("RGB", "full", "SRGB", "BT709", "center"),
            decided="ICC profile to sRGB" if still.has_profile else "sRGB, as pictures are",
            delivered="sRGB",
        ),
    )


def _color(decision: Decision) -> ColorReport:
    stored, delivered = decision.stored, decision.delivered
    return ColorReport(
        matrix=stored.matrix.name,
        range=stored.range.name.lower(),
        transfer=stored.transfer.name,
        primaries=stored.primaries.name,
        chroma_location=stored.chroma_location.name.lower(),
        decided=decision.reason,
        delivered=f"{delivered.matrix.name}, tone-mapped to SDR"
        if stored.transfer.is_hdr
        else delivered.matrix.name,
    )


def _sound(track: SoundTrack) -> SoundReport:
    return SoundReport(
        codec=track.codec,
        rate=track.rate,
        channels=track.channels,
        layout=track.layout,
        offset=float(track.offset),
        duration=float(track.duration),
    )


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}:{value.denominator}"


def _seconds(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
