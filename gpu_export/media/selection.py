"""Which picture and which sound of a file are used, and why.

Knows streams and how many packets each really has; opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from av.audio.stream import AudioStream
from av.stream import Disposition
from av.video.stream import VideoStream

from gpu_export.errors import UnsupportedMedia

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from av.container import InputContainer
    from av.stream import Stream

_Kind = TypeVar("_Kind", VideoStream, AudioStream)


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen stream indices (None where there is none), with a reason each."""

    picture: int | None
    sound: int | None
    picture_reason: str
    sound_reason: str


def choose(
    source: InputContainer, packets: Mapping[int, int], wanted: int | None, path: Path, where: str
) -> Choice:
    """Chooses by the explicit index first, then by default flag, then by order.

    Attached pictures, streams without packets and streams without a decoder never count.

    Args:
        source: the opened file.
        packets: packets per stream index.
        wanted: stream index that the project asks for; it may name a picture or a sound.
        path: names the file in errors.
        where: names the clip in errors.

    Raises:
        UnsupportedMedia: the wanted stream cannot be used, or no stream can.
    """
    pictures = _usable([s for s in source.streams.video if not is_attached(s)], packets)
    sounds = _usable(list(source.streams.audio), packets)
    if wanted is not None and wanted not in {s.index for s in (*pictures, *sounds)}:
        raise UnsupportedMedia(
            _why_not(source, packets, wanted),
            path=path,
            stream=wanted,
            where=where,
            remedy="`gpu-export probe FILE` lists its streams.",
        )
    if not pictures and not sounds:
        raise UnsupportedMedia(_nothing_usable(source), path=path, where=where)
    picture, picture_reason = _best(pictures, wanted)
    sound, sound_reason = _best(sounds, wanted)
    return Choice(picture, sound, picture_reason, sound_reason)


def is_attached(stream: VideoStream) -> bool:
    """Whether a video stream is only a cover picture."""
    return bool(stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))


def has_decoder(stream: Stream) -> bool:
    """Whether this FFmpeg can decode it (PyAV leaves the context out where it cannot)."""
    return getattr(stream, "codec_context", None) is not None


def _usable(streams: Sequence[_Kind], packets: Mapping[int, int]) -> list[_Kind]:
    return [s for s in streams if has_decoder(s) and packets.get(s.index, 0) > 0]


def _best(streams: Sequence[_Kind], wanted: int | None) -> tuple[int | None, str]:
    if not streams:
        return None, "none can be used"
    for stream in streams:
        if stream.index == wanted:
            return wanted, "asked for"
    for stream in streams:
        if stream.disposition & Disposition.default:
            return stream.index, "only one" if len(streams) == 1 else "flagged as default"
    return streams[0].index, "only one" if len(streams) == 1 else "the first"


def _why_not(source: InputContainer, packets: Mapping[int, int], wanted: int) -> str:
    if not 0 <= wanted < len(source.streams):
        return f"there is no such stream, only 0 to {len(source.streams) - 1}"
    stream = source.streams[wanted]
    if not has_decoder(stream):
        return f"no decoder for this {stream.type} stream"
    if packets.get(wanted, 0) == 0:
        return f"this {stream.type} stream is empty"
    return "this stream is neither picture nor sound"


def _nothing_usable(source: InputContainer) -> str:
    without = [s for s in source.streams if s.type in ("video", "audio") and not has_decoder(s)]
    if without:
        kinds = ", ".join(f"stream {s.index} ({s.type})" for s in without)
        return f"no decoder for {kinds}"
    return "holds neither pictures nor sound that could be used"
