"""Parameter sets: read from both forms, numbered, and described together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import pytest

from gpu_export.media.h264_headers import (
    carries_other_sets,
    description,
    free_id,
    has_long_lengths,
    is_idr,
    parameter_sets,
    prefixed,
    unpacked,
)
from tests.synth import make_video

if TYPE_CHECKING:
    from pathlib import Path

# A baseline and a high profile sequence set, numbers 0 and 1, and picture sets to them.
SPS_0 = bytes.fromhex("6742c00ada0507e8")
SPS_1 = bytes.fromhex("67640029") + bytes([0b010_10110]) + b"\x11\x22"
PPS_0, PPS_1 = bytes.fromhex("68ce0f2c80"), bytes([0x68, 0b010_010_11, 0x80])


def annex_b(*units: bytes) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def test_sets_are_found_in_start_code_headers() -> None:
    sets = parameter_sets(annex_b(SPS_0, PPS_0))
    assert (sets.sequence, sets.picture, sets.ids) == ((SPS_0,), (PPS_0,), {0})


def test_numbers_are_read_and_the_next_free_one_is_found() -> None:
    one, other = parameter_sets(annex_b(SPS_0, PPS_0)), parameter_sets(annex_b(SPS_1, PPS_1))
    assert other.ids == {1}
    assert (free_id(one), free_id(other), free_id(one, other)) == (1, 0, 2)


def test_a_description_of_two_streams_holds_the_sets_of_both() -> None:
    one, other = parameter_sets(annex_b(SPS_0, PPS_0)), parameter_sets(annex_b(SPS_1, PPS_1))
    both = description(one, other)
    assert has_long_lengths(both)
    assert both[1] == 100  # the profile that can say all
    found = parameter_sets(both)
    assert (found.sequence, found.picture) == ((SPS_0, SPS_1), (PPS_0, PPS_1))
    assert description(one, one) == description(one)


def test_packets_get_lengths_and_lose_their_sets() -> None:
    packet = annex_b(SPS_0, PPS_0, b"\x65picture")
    assert prefixed(packet) == b"\0\0\0\x08\x65picture"
    assert list(unpacked(b"\0\0\1\x41a\0\0\0\1\x41b")) == [b"\x41a", b"\x41b"]


@pytest.mark.parametrize(("units", "expected"), [([b"\x06s", b"\x65p"], True), ([b"\x41p"], False)])
def test_pictures_that_need_no_other_are_known(units: list[bytes], expected: bool) -> None:
    packet = b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
    assert is_idr(packet) is expected


@pytest.mark.parametrize("header", [b"", b"\0\0\1\x09", bytes(40), b"\1\x64\0\x29\xff\xe0\0"])
def test_headers_without_sets_are_refused(header: bytes) -> None:
    with pytest.raises(ValueError, match="no parameter sets"):
        parameter_sets(header)


def test_the_sets_of_a_real_file_come_out(media_dir: Path) -> None:
    path = make_video(media_dir / "headers.mp4", frames=3)
    with av.open(str(path)) as opened:
        header = bytes(opened.streams.video[0].codec_context.extradata or b"")
    sets = parameter_sets(header)
    assert sets.ids == {0}
    assert parameter_sets(description(sets)) == sets


def test_sets_within_packets_are_told_from_those_of_the_header() -> None:
    known = parameter_sets(annex_b(SPS_0, PPS_0))
    picture = bytes([0x65, 1, 2, 3])

    def packet(*units: bytes) -> bytes:
        return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)

    assert not carries_other_sets(packet(SPS_0, PPS_0, picture), known)
    assert carries_other_sets(packet(SPS_0, PPS_1, picture), known)
    assert carries_other_sets(packet(picture, SPS_1), known)
    assert not carries_other_sets(packet(picture), known)
