from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from gpu_export.core.policy import Policy
from gpu_export.errors import CorruptMedia, MissingMedia, UnsupportedMedia
from gpu_export.media.sound_check import check_sound, check_sound_thoroughly
from tests.mixing import damaged, heard, make_sound, noise
from tests.synth import make_video

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANY = Policy()
# FLAC packets of 4608 samples: number 20 lies at 1.92 s.
MIDDLE = {20, 21}


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of sound, whole but for a moment in the middle."""
    folder = tmp_path_factory.mktemp("sound")
    whole = make_sound(folder / "whole.mkv", noise(4.0), codec="flac")
    return damaged(folder / "song.mkv", whole, MIDDLE)


def warned(check: Callable[..., tuple[str, ...]], song: Path, first: str, last: str) -> bool:
    found = check(heard(song), Fraction(first), Fraction(last), ANY, where="clip")
    assert found in ((), (f"clip: {song}: 2 damaged packets of sound became silence",))
    return bool(found)


@pytest.mark.parametrize(
    ("first", "last", "is_told"),
    [("0", "4", False), ("1.8", "4", True), ("0", "2.2", True), ("2.5", "4", False)],
    ids=["middle", "beginning", "end", "before"],
)
def test_damage_at_either_end_of_the_used_part_is_told(
    first: str, last: str, is_told: bool, song: Path
) -> None:
    assert warned(check_sound, song, first, last) is is_told


@pytest.mark.parametrize(
    ("first", "last", "is_told"),
    [("0", "4", True), ("2.5", "4", False), ("0", "1.5", False)],
    ids=["whole", "after", "before"],
)
def test_a_thorough_check_finds_damage_anywhere_in_the_used_part(
    first: str, last: str, is_told: bool, song: Path
) -> None:
    assert warned(check_sound_thoroughly, song, first, last) is is_told


def test_more_than_the_file_has_is_no_fault(song: Path) -> None:
    assert check_sound(heard(song), Fraction(3), Fraction(60), ANY) == ()


@pytest.mark.parametrize("check", [check_sound, check_sound_thoroughly])
def test_a_source_that_cannot_be_used_is_raised(
    check: Callable[..., tuple[str, ...]], tmp_path: Path
) -> None:
    whole = make_sound(tmp_path / "whole.mkv", noise(0.5), codec="flac")
    mute = make_video(tmp_path / "mute.mp4", frames=3)
    ruined = damaged(tmp_path / "ruined.mkv", whole, set(range(100)))
    for path, kind in (
        (tmp_path / "gone.wav", MissingMedia),
        (mute, UnsupportedMedia),
        (ruined, CorruptMedia),
    ):
        with pytest.raises(kind, match=f"clip: .*{path.name}"):
            check(heard(path), Fraction(0), Fraction(1), ANY, where="clip")
