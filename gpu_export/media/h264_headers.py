"""H.264 parameter sets and packets: what must be known of them to join streams of two encoders.

Bytes in, bytes out; knows no files. Parameter sets carry a number, and pictures name the set they
need by it. So two streams can stand in one track if their numbers differ and its sample
description holds the sets of both. ITU-T H.264 7.3.2 and 7.4.1; ISO/IEC 14496-15 5.3.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

IDR, SEQUENCE, PICTURE = 5, 7, 8
"""NAL unit types: a picture that needs no other, sequence and picture parameter sets."""

_MOST_IDS = 32
# Profiles whose sample description tells chroma format and bit depths. ISO/IEC 14496-15 5.3.3.1.2.
_HIGH = (100, 110, 122, 144)
_HIGH_TAIL = bytes([0xFC | 1, 0xF8, 0xF8, 0])  # 4:2:0, 8 bit, no extensions


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """The sets of one stream, as NAL units."""

    sequence: tuple[bytes, ...]
    picture: tuple[bytes, ...]

    @property
    def ids(self) -> set[int]:
        """Every number that is taken, of either kind."""
        sequence = {_first_number(unit[4:]) for unit in self.sequence}
        return sequence | {_first_number(unit[1:]) for unit in self.picture}


def parameter_sets(extradata: bytes) -> ParameterSets:
    """The sets in a stream header of either form.

    Raises:
        ValueError: it holds none.
    """
    units = list(_described(extradata) if is_described(extradata) else unpacked(extradata))
    sets = ParameterSets(
        tuple(unit for unit in units if unit and unit[0] & 31 == SEQUENCE),
        tuple(unit for unit in units if unit and unit[0] & 31 == PICTURE),
    )
    if not sets.sequence or not sets.picture or any(len(unit) < 5 for unit in sets.sequence):
        raise ValueError("no parameter sets")
    return sets


def is_described(extradata: bytes) -> bool:
    """Whether a header is an MP4 sample description, so that packets are length-prefixed."""
    return len(extradata) > 6 and extradata[0] == 1


def has_long_lengths(extradata: bytes) -> bool:
    """Whether units are prefixed with four bytes, as ours are."""
    return is_described(extradata) and extradata[4] & 3 == 3


def free_id(*taken: ParameterSets) -> int | None:
    """The smallest number that none of the streams uses."""
    used = set().union(*(sets.ids for sets in taken))
    return next((number for number in range(_MOST_IDS) if number not in used), None)


def description(*streams: ParameterSets) -> bytes:
    """One sample description with the sets of all streams."""
    sequence = tuple(dict.fromkeys(unit for sets in streams for unit in sets.sequence))
    picture = tuple(dict.fromkeys(unit for sets in streams for unit in sets.picture))
    best = max(sequence, key=lambda unit: (unit[1] in _HIGH, unit[3]))
    level = max(unit[3] for unit in sequence)
    head = bytes([1, best[1], best[2], level, 0xFF, 0xE0 | len(sequence)])
    tail = _HIGH_TAIL if best[1] in _HIGH else b""
    return head + _listed(sequence) + bytes([len(picture)]) + _listed(picture) + tail


def prefixed(packet: bytes) -> bytes:
    """A packet with start codes as one with four-byte lengths; parameter sets are left out."""
    units = (unit for unit in unpacked(packet) if unit[0] & 31 not in (SEQUENCE, PICTURE))
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def is_idr(packet: bytes) -> bool:
    """Whether a packet with four-byte lengths holds a picture that needs no other."""
    return any(packet[start] & 31 == IDR for start, _ in _units(packet))


def carries_other_sets(packet: bytes, known: ParameterSets) -> bool:
    """Whether a packet with four-byte lengths brings sets that are not `known`."""
    return any(
        packet[start] & 31 in (SEQUENCE, PICTURE)
        and packet[start:end] not in known.sequence + known.picture
        for start, end in _units(packet)
    )


def _units(packet: bytes) -> Iterator[tuple[int, int]]:
    """Where the units of a packet with four-byte lengths begin and end."""
    offset = 0
    while offset + 5 <= len(packet):
        start = offset + 4
        offset = start + int.from_bytes(packet[offset:start], "big")
        yield start, offset


def unpacked(data: bytes) -> Iterator[bytes]:
    """The units between start codes. Annex B."""
    start = data.find(b"\0\0\1")
    while start >= 0:
        following = data.find(b"\0\0\1", start + 3)
        unit = data[start + 3 : None if following < 0 else following].rstrip(b"\0")
        if unit:
            yield unit
        start = following


def _described(extradata: bytes) -> Iterator[bytes]:
    offset, count = 6, extradata[5] & 31
    for _ in range(2):
        for _ in range(count):
            length = int.from_bytes(extradata[offset : offset + 2], "big")
            yield extradata[offset + 2 : offset + 2 + length]
            offset += 2 + length
        count = extradata[offset] if offset < len(extradata) else 0
        offset += 1


def _listed(units: tuple[bytes, ...]) -> bytes:
    return b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)


def _first_number(payload: bytes) -> int:
    """The Exp-Golomb number at the head of a payload. H.264 9.1."""
    bits = int.from_bytes(payload[:8].ljust(8, b"\0"), "big")
    zeros = 64 - bits.bit_length()
    if zeros > 15:
        raise ValueError("no number")
    return (bits >> (63 - 2 * zeros)) - 1
