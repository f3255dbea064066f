"""Parts on disk: what was written comes back, and what is not whole is never used."""

from __future__ import annotations

import resource
import signal
from typing import TYPE_CHECKING

import pytest

from gpu_export.errors import OutputError
from gpu_export.media.parts import (
    CodedPacket,
    PartWriter,
    StreamFacts,
    UnusablePart,
    read_part,
)

if TYPE_CHECKING:
    from pathlib import Path

FACTS = StreamFacts("libx264", b"\x01head\n\x00er")
PACKETS = (
    CodedPacket(b"\x00" * 70_000, 0, -2, 1, is_keyframe=True),
    CodedPacket(b"", 2, -1, 1, is_keyframe=False),
    CodedPacket(b"\n\xff", 1, 0, 1, is_keyframe=False),
)


def a_part(folder: Path) -> Path:
    place = folder / "a.part"
    writer = PartWriter(place)
    writer.start(FACTS)
    for packet in PACKETS:
        writer.add(packet)
    writer.commit()
    return place


def test_packets_come_back_as_they_were(tmp_path: Path) -> None:
    part = read_part(a_part(tmp_path))
    assert (part.facts, part.count) == (FACTS, 3)
    assert tuple(part.packets()) == PACKETS
    assert [file.name for file in tmp_path.iterdir()] == ["a.part"]


def test_what_is_not_committed_is_not_there(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path / "a.part")
    writer.start(FACTS)
    writer.add(PACKETS[0])
    assert not (tmp_path / "a.part").exists()
    writer.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", [5, 60, 40_000, -40, -5])
def test_one_wrong_byte_is_noticed(tmp_path: Path, where: int) -> None:
    place = a_part(tmp_path)
    data = bytearray(place.read_bytes())
    data[where] ^= 0x10
    place.write_bytes(data)
    with pytest.raises(UnusablePart):
        read_part(place)


@pytest.mark.parametrize("length", [0, 10, 100, 69_000])
def test_a_part_cut_short_is_noticed(tmp_path: Path, length: int) -> None:
    place = a_part(tmp_path)
    place.write_bytes(place.read_bytes()[:length])
    with pytest.raises(UnusablePart):
        read_part(place)


def test_a_missing_part_is_unusable(tmp_path: Path) -> None:
    with pytest.raises(UnusablePart):
        read_part(tmp_path / "a.part")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folder does not exist"):
        PartWriter(tmp_path / "gone" / "a.part")


def test_a_full_disk_is_told_and_nothing_stays(tmp_path: Path) -> None:
    writer = PartWriter(tmp_path / "a.part")
    writer.start(FACTS)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OutputError):
            writer.add(PACKETS[0])
        writer.discard()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
