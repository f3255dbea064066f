"""A header of animated WebP that its encoder leaves wrong. Knows bytes, no pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from av.packet import Packet

if TYPE_CHECKING:
    from av.stream import Stream

# RIFF header, "WEBP", the VP8X chunk's name and size, then its flags: WebP container, 2.7.
_NAME = slice(12, 16)
_FLAGS = 20
_HAS_ALPHA = 0x10


def told_of_alpha(packet: Packet[Any]) -> Packet[Any]:
    """The file in `packet`, whose header says that it has alpha.

    libwebp cuts pictures to what is not clear. Where that is an opaque rectangle it says that
    there is no alpha, and the clear rest of the canvas turns black.
    """
    data = bytearray(bytes(packet))
    if data[_NAME] != b"VP8X":
        return packet
    data[_FLAGS] |= _HAS_ALPHA
    told: Packet[Stream] = Packet(bytes(data))
    told.pts, told.dts, told.time_base = packet.pts, packet.dts, packet.time_base
    told.is_keyframe = packet.is_keyframe
    return told
