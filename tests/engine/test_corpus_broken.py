"""Damaged films: what decodes is shown in its place, what does not is concealed and told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gpu_export.errors import CorruptMedia
from tests.engine.exporting import data, exported
from tests.shared_media import SHARED, needs_shared
from tests.synth import read_counters

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_shared

CONCEALED = r"/tracks/0/clips/0: \d+ damaged packets? concealed"
ENDED = r"source ended 0\.\d+ s early; last frame held"

# Name, frames exported, how many of them must show their own picture, what is warned of.
DAMAGED = {
    "bitflips.ts": (100, 55, [CONCEALED]),
    "bitflips.webm": (75, 70, [CONCEALED]),
    "bitflips_in_mdat.mp4": (100, 85, [CONCEALED]),
    "cut_mid_stream_at_55pct.webm": (50, 50, []),
    "cut_mid_stream_at_60pct.mp4": (67, 63, [CONCEALED, ENDED]),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_decodes_is_shown_in_its_place_and_damage_is_told(name: str, tmp_path: Path) -> None:
    frames, right, warnings = DAMAGED[name]
    clip = {"type": "video", "src": str(SHARED / "broken" / name), "mute": True}
    report = exported(data([clip]), tmp_path / "out.mp4")
    counters = read_counters(tmp_path / "out.mp4")
    in_place = [counter is not None and counter[1] == n for n, counter in enumerate(counters)]
    assert len(in_place) == frames
    assert sum(in_place) >= right
    assert len(report.warnings) == len(warnings)
    for told, expected in zip(report.warnings, warnings, strict=True):
        assert re.search(expected, told)


def test_a_recording_cut_in_a_packet_is_shown_up_to_there(tmp_path: Path) -> None:
    """With frame threads libavcodec flags the last picture now and then only: no word of that."""
    clip = {"type": "video", "src": str(SHARED / "broken" / "cut_mid_packet.ts"), "mute": True}
    exported(data([clip]), tmp_path / "out.mp4")
    counters = read_counters(tmp_path / "out.mp4")
    assert [counter[1] for counter in counters[:56] if counter] == list(range(56))


def test_a_recording_that_starts_amid_a_group_begins_with_its_first_whole_picture(
    tmp_path: Path,
) -> None:
    clip = {"type": "video", "src": str(SHARED / "broken" / "ts_starts_mid_gop.ts"), "mute": True}
    exported(data([clip]), tmp_path / "out.mp4")
    counters = read_counters(tmp_path / "out.mp4")
    assert [counter[1] for counter in counters if counter] == list(range(55, 100))


def test_a_duration_of_24_days_in_the_header_is_not_believed(tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(SHARED / "broken" / "declares_24_days.mp4"), "mute": True}
    report = exported(data([clip]), tmp_path / "out.mp4")
    assert report.frames == 100


@pytest.mark.parametrize("name", ["moov_missing_cut_at_70pct.mp4", "stsz_count_4_billion.mp4"])
def test_a_film_that_gives_no_picture_is_an_error(name: str, tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(SHARED / "broken" / name), "name": "intro"}
    with pytest.raises(CorruptMedia, match=rf'"intro": .*{name}: '):
        exported(data([clip]), tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []
