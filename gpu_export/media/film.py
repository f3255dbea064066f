"""One video and one audio stream of a file: how to decode them and what is true of them.

Values, and what turns a stream into packets and a decoder; knows no projects and no schedules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import av.error
from av import VideoFormat
from av.codec import CodecContext
from av.stream import Discard

from gpu_export.core.facts import PictureFacts, SoundFacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

    from gpu_export.core.policy import Policy
    from gpu_export.media.colorimetry import Decision
    from gpu_export.media.fields import Fields
    from gpu_export.media.orientation import Orientation
    from gpu_export.media.timetable import Timetable

# FFmpeg's own VP8 and VP9 decoders drop the alpha plane, libvpx keeps it.
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


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

    @property
    def picture_bytes(self) -> int:
        """What a decoded picture holds at most: three samples a pixel, two bytes beyond 8 bits."""
        width, height = self.stored
        bits = max(component.bits for component in VideoFormat(self.pixel_format).components)
        return width * height * 3 * (2 if bits > 8 else 1)

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
