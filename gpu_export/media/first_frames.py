"""The first picture and the first sound of streams, taken from packets as they pass by.

Headers do not say, or say wrongly, what is read off them. Knows decoders, opens nothing, so a file
is read once for its times and for this. Invariant: a stream costs no more decoding than its first
frame takes; what fails in it is raised only when somebody asks for that stream.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av.error

from gpu_export.media.colorimetry import Tags, decide
from gpu_export.media.fields import EXAMINED, Fields, claimed, detected, is_suspect
from gpu_export.media.film import FilmPicture, SoundTrack, picture_decoder
from gpu_export.media.orientation import of_frame

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from gpu_export.core.policy import Policy
    from gpu_export.media.timetable import TimeRecorder, Timetable

_STRANGEST_PIXEL = 8
_JUDGED = EXAMINED + 2
"""Frames after the first; the judge gives its verdicts a frame or two late."""

# PyAV raises at the first damaged packet although later ones decode.
_DAMAGE = (av.error.InvalidDataError, av.error.EOFError)


class FirstPicture:
    """Waits for the first picture of a stream, and for some more if it may be interlaced.

    Args:
        stream: whose packets will come.
        start: where the presentation begins, in ticks, if that is not at the first picture.
        policy: how large a picture may be.
    """

    def __init__(self, stream: VideoStream, start: int | None, policy: Policy) -> None:
        self.size = (stream.codec_context.width, stream.codec_context.height)
        self._stream = stream
        self._start = start
        self._decoder = picture_decoder(stream, policy)
        self._shown: VideoFrame | None = None
        self._hidden: VideoFrame | None = None
        self._pixel_aspect = Fraction(1)
        self._more: list[VideoFrame] = []
        self._failure: av.error.FFmpegError | None = None

    def add(self, packet: Packet[Stream]) -> None:
        """Decodes the next packet, if that is still of interest."""
        if self._failure or not self._wants_more():
            return
        try:
            frames = self._decoder.decode(cast("Packet[VideoStream]", packet))
        except _DAMAGE:
            return
        except av.error.FFmpegError as error:
            self._failure = error
            return
        for frame in frames:
            self._take(frame)

    def film(self, times: Timetable, reason: str) -> FilmPicture | None:
        """What is true of the stream; None if not one picture came out.

        Raises:
            FFmpegError: the decoder gave up.
        """
        frame = self._shown or self._hidden
        if frame is None:
            if self._failure:
                raise self._failure
            return None
        codec = self._stream.codec_context.name
        return FilmPicture(
            index=self._stream.index,
            codec=codec,
            times=times,
            zero=times.first if frame.pts is None else frame.pts,
            stored=(frame.width, frame.height),
            pixel_aspect=self._pixel_aspect,
            orientation=of_frame(frame),
            color=decide(Tags.of(frame, codec)),
            fields=self._fields(frame),
            opaque=not has_alpha(frame),
            pixel_format=frame.format.name,
            reason=reason,
        )

    def _wants_more(self) -> bool:
        return self._shown is None or (len(self._more) < _JUDGED and self._is_in_doubt(self._shown))

    def _take(self, frame: VideoFrame) -> None:
        if self._shown is not None:
            self._more.append(frame)
            return
        self._pixel_aspect = _plausible(self._stream.sample_aspect_ratio)
        if self._start is None or frame.pts is None or frame.pts >= self._start:
            self._shown = frame
        elif self._hidden is None:
            self._hidden = frame

    def _is_in_doubt(self, frame: VideoFrame) -> bool:
        """Whether a television picture claims to be progressive."""
        return self._claimed(frame) is not Fields.FLAGGED and is_suspect(frame)

    def _fields(self, frame: VideoFrame) -> Fields:
        """As flagged; where in doubt, as the pictures look."""
        return detected(iter(self._more)) if self._is_in_doubt(frame) else self._claimed(frame)

    def _claimed(self, frame: VideoFrame) -> Fields:
        return claimed(frame, self._decoder.field_order)


class FirstSound:
    """Waits for the first sound of a stream.

    Args:
        stream: whose packets will come.
        includes_trimmed: lengths of packets count samples that decoders cut off.
    """

    def __init__(self, stream: AudioStream, *, includes_trimmed: bool) -> None:
        self._stream = stream
        self._includes_trimmed = includes_trimmed
        self._frame: AudioFrame | None = None
        self._failure: av.error.FFmpegError | None = None

    def add(self, packet: Packet[Stream]) -> None:
        """Decodes the next packet, if that is still of interest."""
        if self._failure or self._frame:
            return
        try:
            frames = self._stream.codec_context.decode(cast("Packet[AudioStream]", packet))
        except _DAMAGE:
            return
        except av.error.FFmpegError as error:
            self._failure = error
            return
        self._frame = frames[0] if frames else None

    def track(self, record: TimeRecorder, zero: Fraction | None, reason: str) -> SoundTrack | None:
        """What is true of the stream; None if there is nothing to hear.

        Args:
            record: the times of its packets.
            zero: when the first picture is shown, in seconds; None without one.
            reason: why this stream.

        Raises:
            FFmpegError: the decoder gave up.
        """
        if self._failure:
            raise self._failure
        frame = self._frame
        if frame is None or record.sound_end is None:
            return None
        first = (frame.pts or 0) * record.time_base
        trimmed = Fraction(record.trimmed if self._includes_trimmed else 0, self._stream.rate)
        end = record.sound_end * record.time_base - trimmed
        return SoundTrack(
            index=self._stream.index,
            codec=self._stream.codec_context.name,
            rate=frame.sample_rate,
            channels=frame.layout.nb_channels,
            layout=frame.layout.name,
            offset=Fraction(0) if zero is None else first - zero,
            duration=max(end - first, Fraction(frame.samples, frame.sample_rate)),
            reason=reason,
        )


def has_alpha(frame: VideoFrame) -> bool:
    """Whether the pixel format carries transparency; palettes of films do not."""
    components = frame.format.components
    return not frame.format.has_palette and any(part.is_alpha for part in components)


def _plausible(aspect: Fraction | None) -> Fraction:
    if aspect is None or not Fraction(1, _STRANGEST_PIXEL) <= aspect <= _STRANGEST_PIXEL:
        return Fraction(1)
    return aspect
