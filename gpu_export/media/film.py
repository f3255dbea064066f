"""One video and one audio stream of a file: how to decode them and what is true of them.

Measures by decoding the first picture and the first sound; knows no projects and no schedules.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av.error
from av.codec import CodecContext
from av.stream import Discard
from av.video.stream import VideoStream

from gpu_export.core.facts import PictureFacts, SoundFacts
from gpu_export.errors import CorruptMedia
from gpu_export.media.access import open_input
from gpu_export.media.colorimetry import Decision, Tags, decide
from gpu_export.media.fields import Fields, claimed, detected, is_suspect
from gpu_export.media.orientation import Orientation, of_frame
from gpu_export.media.stills import check_pixels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.audio.frame import AudioFrame
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame

    from gpu_export.core.policy import Policy
    from gpu_export.media.timetable import TimeRecorder, Timetable

# FFmpeg's own VP8 and VP9 decoders drop the alpha plane, libvpx keeps it.
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_STRANGEST_PIXEL = 8


@dataclass(frozen=True, slots=True)
class FilmPicture:
    """One video stream.

    Attributes:
        index: of the stream in its file.
        codec: libav's name of the format.
        times: from its packets.
        zero: ticks of the first picture that is shown; source time 0.
        stored: the decoder's frame size.
        pixel_aspect: width of a pixel divided by its height.
        orientation: how to put it upright.
        color: what its samples mean.
        fields: whether they have to be taken apart.
        opaque: it has no alpha.
        pixel_format: libav's name.
        reason: why this stream.
    """

    index: int
    codec: str
    times: Timetable
    zero: int
    stored: tuple[int, int]
    pixel_aspect: Fraction
    orientation: Orientation
    color: Decision
    fields: Fields
    opaque: bool
    pixel_format: str
    reason: str

    def facts(self) -> PictureFacts:
        """The part that the timeline needs."""
        width, height = self.orientation.upright_size(*square_size(self.stored, self.pixel_aspect))
        ticks = max(self.times.end - self.zero, 1)
        return PictureFacts(
            width=width,
            height=height,
            duration=ticks * self.times.time_base,
            rate=self.times.rate or 1 / (self.times.step * self.times.time_base),
            stored=self.orientation.upright_size(*self.stored),
            color=self.color.stored,
            opaque=self.opaque,
        )


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """One audio stream; `offset` is its first sample's time against the first picture."""

    index: int
    codec: str
    rate: int
    channels: int
    layout: str
    offset: Fraction
    duration: Fraction
    reason: str

    def facts(self) -> SoundFacts:
        """The part that the timeline needs."""
        return SoundFacts(self.duration, self.rate, self.channels, self.offset)


def square_size(stored: tuple[int, int], pixel_aspect: Fraction) -> tuple[int, int]:
    """Size with square pixels: the short side of a pixel is stretched, none is shrunk."""
    width, height = stored
    if pixel_aspect >= 1:
        return round(width * pixel_aspect), height
    return width, round(height / pixel_aspect)


def packets(source: InputContainer, stream: Stream) -> Iterator[Packet[Stream]]:
    """The packets of one stream up to the end or to where the file becomes unreadable.

    The last one is empty and flushes the decoder.
    """
    for other in source.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    try:
        yield from source.demux(stream)
    except av.error.FFmpegError:
        return


def picture_decoder(stream: VideoStream, policy: Policy) -> VideoCodecContext:
    """A decoder for a stream, not yet opened; picture size is limited by the policy."""
    own = stream.codec_context
    name = _ALPHA_DECODERS.get(own.name, "") if stream.metadata.get("alpha_mode") == "1" else ""
    context = own
    if name:
        context = cast("VideoCodecContext", CodecContext.create(name, "r"))
        context.extradata = own.extradata
    context.options = {"max_pixels": str(policy.limits.image_pixels)}
    return context


def measure_picture(
    path: Path, index: int, times: Timetable, reason: str, policy: Policy, *, where: str = ""
) -> FilmPicture:
    """Decodes the first picture of a stream and reads off it what headers do not say.

    Raises:
        UnsupportedMedia: larger than the policy allows.
        CorruptMedia: not one picture can be decoded.
    """
    with open_input(path, policy, where=where) as source:
        stream = source.streams[index]
        if not isinstance(stream, VideoStream):
            raise CorruptMedia("changed while it was read", path=path, stream=index, where=where)
        context = stream.codec_context
        check_pixels((context.width, context.height), path, policy, where=where)
        decoder = picture_decoder(stream, policy)
        # The presentation of MOV and MP4 begins at the edit list's start, not at the first picture.
        start = stream.start_time if source.format.name.startswith("mov") else None
        frame = _first_picture(source, stream, decoder, start)
        if frame is None:
            raise CorruptMedia(
                "not one picture can be decoded", path=path, stream=index, where=where
            )
        return FilmPicture(
            index=index,
            codec=context.name,
            times=times,
            zero=times.first if frame.pts is None else frame.pts,
            stored=(frame.width, frame.height),
            pixel_aspect=_plausible(stream.sample_aspect_ratio),
            orientation=of_frame(frame),
            color=decide(Tags.of(frame, context.name)),
            fields=_fields(frame, source, stream, decoder),
            opaque=not has_alpha(frame),
            pixel_format=frame.format.name,
            reason=reason,
        )


def _first_picture(
    source: InputContainer, stream: VideoStream, decoder: VideoCodecContext, start: int | None
) -> VideoFrame | None:
    first = None
    for packet in packets(source, stream):
        for frame in decoded(decoder, packet):
            first = first or frame
            if start is None or frame.pts is None or frame.pts >= start:
                return frame
    return first


def _fields(
    frame: VideoFrame, source: InputContainer, stream: VideoStream, decoder: VideoCodecContext
) -> Fields:
    """As flagged; a television picture that claims to be progressive is looked at."""
    claim = claimed(frame, decoder.field_order)
    if claim is Fields.FLAGGED or not is_suspect(frame):
        return claim
    more = (next_ for packet in packets(source, stream) for next_ in decoded(decoder, packet))
    return detected(more)


def decoded(decoder: VideoCodecContext, packet: Packet[Stream]) -> list[VideoFrame]:
    """What a packet yields; nothing where it is damaged.

    PyAV raises at the first damaged packet although later ones decode.
    """
    try:
        return decoder.decode(cast("Packet[VideoStream]", packet))
    except (av.error.InvalidDataError, av.error.EOFError):
        return []


def has_alpha(frame: VideoFrame) -> bool:
    """Whether the pixel format carries transparency; palettes of films do not."""
    components = frame.format.components
    return not frame.format.has_palette and any(part.is_alpha for part in components)


def _plausible(aspect: Fraction | None) -> Fraction:
    if aspect is None or not Fraction(1, _STRANGEST_PIXEL) <= aspect <= _STRANGEST_PIXEL:
        return Fraction(1)
    return aspect


def measure_sound(
    path: Path,
    index: int,
    record: TimeRecorder,
    zero: Fraction | None,
    reason: str,
    policy: Policy,
) -> SoundTrack | None:
    """Decodes the first sound of a stream; None where there is none to decode.

    Args:
        path: the file.
        index: of the stream.
        record: the times of its packets.
        zero: when the first picture is shown, in seconds; None without one.
        reason: why this stream.
        policy: what may be opened.
    """
    with open_input(path, policy) as source:
        stream = source.streams.audio[[s.index for s in source.streams.audio].index(index)]
        frame = _first_sound(source, stream)
        if frame is None or record.sound_end is None:
            return None
        first = (frame.pts or 0) * record.time_base
        # Ogg's packet lengths leave out what is trimmed, those of other formats include it.
        trimmed = 0 if source.format.name == "ogg" else Fraction(record.trimmed, stream.rate)
        end = record.sound_end * record.time_base - trimmed
        return SoundTrack(
            index=index,
            codec=stream.codec_context.name,
            rate=frame.sample_rate,
            channels=frame.layout.nb_channels,
            layout=frame.layout.name,
            offset=Fraction(0) if zero is None else first - zero,
            duration=max(end - first, Fraction(frame.samples, frame.sample_rate)),
            reason=reason,
        )


def _first_sound(source: InputContainer, stream: Stream) -> AudioFrame | None:
    for packet in packets(source, stream):
        try:
            for frame in packet.decode():
                return cast("AudioFrame", frame)
        except (av.error.InvalidDataError, av.error.EOFError):
            continue
    return None
