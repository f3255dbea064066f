"""Damaged films play on: what is broken is passed over, counted and told."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import pytest

from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.errors import ExportError, MediaError
from gpu_export.media.probe import probe
from tests.frames_read import counter_of, read_frames
from tests.shared_media import SHARED, needs_shared
from tests.synth import make_video

if TYPE_CHECKING:
    from pathlib import Path

TIMES = [Fraction(n, 25) for n in range(40)]


@pytest.fixture(scope="module")
def whole(media_dir: Path) -> Path:
    return make_video(media_dir / "damage.mp4", frames=40, gop=10, b_frames=0)


def spoiled(source: Path, target: Path, packets: set[int]) -> Path:
    """Overwrites the given packets (counted in file order) with noise."""
    data = bytearray(source.read_bytes())
    with av.open(str(source)) as file:
        for number, packet in enumerate(file.demux(video=0)):
            if number in packets and packet.pos is not None:
                data[packet.pos : packet.pos + packet.size] = bytes([0x5A]) * packet.size
    target.write_bytes(data)
    return target


def test_a_spoiled_packet_costs_no_more_than_its_group(whole: Path, tmp_path: Path) -> None:
    path = spoiled(whole, tmp_path / "one.mp4", {13})
    frames, warnings = read_frames(path, TIMES)
    counters = [counter_of(frame) for frame in frames]
    assert counters[:13] == [(1, n) for n in range(13)]
    assert counters[20:] == [(1, n) for n in range(20, 40)]
    assert warnings == ("1 damaged packet concealed",)


def test_several_are_counted(whole: Path, tmp_path: Path) -> None:
    path = spoiled(whole, tmp_path / "three.mp4", {3, 14, 27})
    _, warnings = read_frames(path, TIMES)
    assert warnings == ("3 damaged packets concealed",)


def test_playing_a_spoiled_packet_twice_counts_it_once(whole: Path, tmp_path: Path) -> None:
    path = spoiled(whole, tmp_path / "twice.mp4", {13})
    _, warnings = read_frames(path, TIMES[:20] * 3)
    assert warnings == ("1 damaged packet concealed",)


def test_a_spoiled_first_keyframe_starts_with_the_next_good_picture(
    whole: Path, tmp_path: Path
) -> None:
    path = spoiled(whole, tmp_path / "first.mp4", {0})
    frames, _ = read_frames(path, [Fraction(0)])
    assert counter_of(frames[0]) in {(1, n) for n in range(1, 11)}


def test_nothing_but_damage_is_corrupt(whole: Path, tmp_path: Path) -> None:
    path = spoiled(whole, tmp_path / "all.mp4", set(range(40)))
    with pytest.raises(MediaError, match="not one picture"):
        probe(MediaRef(path), Policy())


def test_a_truncated_file_holds_its_last_picture(media_dir: Path, tmp_path: Path) -> None:
    source = make_video(media_dir / "damage.mkv", frames=40, gop=10, b_frames=0)
    path = tmp_path / "cut.mkv"
    path.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    facts = probe(MediaRef(path), Policy()).picture
    assert facts is not None
    assert facts.duration is not None
    assert Fraction(1, 5) < facts.duration < Fraction(3, 2)
    frames, warnings = read_frames(path, TIMES)
    assert frames[-1] is frames[-2]
    assert any("last frame held" in warning for warning in warnings)


@needs_shared
@pytest.mark.parametrize(
    "path", sorted((SHARED / "broken").glob("[!fl]*.*")), ids=lambda path: path.name
)
def test_every_broken_file_plays_in_part_or_is_refused_by_name(path: Path) -> None:
    refusal = ""
    try:
        _play(path)
    except ExportError as error:
        refusal = str(error)
    assert not refusal or path.name in refusal


def _play(path: Path) -> None:
    facts = probe(MediaRef(path), Policy()).picture
    if facts is None:
        return
    rate = facts.rate or Fraction(25)
    times = [n / rate for n in range(round((facts.duration or 0) * rate) + 2)]
    assert len(times) < 2000
    read_frames(path, times)
