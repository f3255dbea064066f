"""Numbered files: which belong, in what order, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy, untrusted
from gpu_export.errors import MissingMedia, UnsupportedMedia
from gpu_export.media.probe import probe
from gpu_export.media.reader import open_reader

if TYPE_CHECKING:
    from pathlib import Path

ANY = Policy()
RATE = Fraction(12)


def numbered(folder: Path, pattern: str, numbers: list[int]) -> MediaRef:
    for number in numbers:
        Image.new("RGB", (8, 4), (number, 0, 0)).save(folder / (pattern % number))
    return MediaRef(folder / pattern, rate=RATE)


def reds(ref: MediaRef, times: list[Fraction], policy: Policy = ANY) -> list[int]:
    reader = open_reader(ref, times, size=None, slack=Fraction(1, 1000), policy=policy)
    found = [int(np.asarray(reader.read().planes[0])[0, 0, 0]) for _ in times]
    reader.close()
    return found


@pytest.mark.parametrize("pattern", ["shot_%04d.png", "%d.png", "shot.%02d.v2.png", "[a]_%03d.png"])
def test_files_are_shown_in_the_order_of_their_numbers(tmp_path: Path, pattern: str) -> None:
    ref = numbered(tmp_path, pattern, list(range(7, 13)))
    facts = probe(ref, ANY).picture
    assert facts is not None
    assert (facts.duration, facts.rate) == (Fraction(6, 12), RATE)
    assert reds(ref, [n / RATE for n in range(6)]) == [7, 8, 9, 10, 11, 12]


def test_any_first_number_will_do(tmp_path: Path) -> None:
    assert reds(numbered(tmp_path, "a_%03d.png", [100, 101]), [Fraction(0)]) == [100]


def test_it_ends_at_the_first_gap_and_says_so(tmp_path: Path) -> None:
    facts = probe(numbered(tmp_path, "a_%03d.png", [1, 2, 4, 5, 6]), ANY)
    assert facts.picture is not None
    assert facts.picture.duration == Fraction(2, 12)
    assert facts.warnings == ("3 numbered files after a gap are left out",)


def test_names_of_another_width_do_not_belong(tmp_path: Path) -> None:
    ref = numbered(tmp_path, "a_%03d.png", [1, 2])
    Image.new("RGB", (8, 4)).save(tmp_path / "a_3.png")
    Image.new("RGB", (8, 4)).save(tmp_path / "a_0003.png")
    facts = probe(ref, ANY).picture
    assert facts is not None
    assert facts.duration == Fraction(2, 12)


def test_times_may_leap_and_fall(tmp_path: Path) -> None:
    ref = numbered(tmp_path, "a_%02d.png", list(range(5)))
    times = [Fraction(n, 12) for n in (4, 0, 3, 3, 99)]
    assert reds(ref, times) == [4, 0, 3, 3, 4]


def test_pictures_of_another_size_are_brought_to_the_first(tmp_path: Path) -> None:
    ref = numbered(tmp_path, "a_%02d.png", [0])
    Image.new("RGB", (16, 16), (1, 0, 0)).save(tmp_path / "a_01.png")
    reader = open_reader(ref, [1 / RATE], size=None, slack=Fraction(0), policy=ANY)
    frame = reader.read()
    reader.close()
    assert (frame.width, frame.height) == (8, 4)


def test_no_match_is_missing_media(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match="pattern"):
        probe(MediaRef(tmp_path / "a_%03d.png", rate=RATE), ANY)


@pytest.mark.parametrize("name", ["plain.png", "a_%d_%d.png", "a_%s.png"])
def test_a_name_needs_exactly_one_number(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsupportedMedia, match="one %d"):
        probe(MediaRef(tmp_path / name, rate=RATE), ANY)


def test_a_folder_outside_the_roots_is_not_even_listed(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    ref = numbered(tmp_path, "a_%03d.png", [1])
    with pytest.raises(UnsupportedMedia, match="outside"):
        probe(ref, untrusted(tmp_path / "inside"))


def test_a_numbered_link_out_of_the_roots_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    Image.new("RGB", (8, 4)).save(tmp_path / "secret.png")
    (inside / "a_001.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(UnsupportedMedia, match="outside"):
        probe(MediaRef(inside / "a_%03d.png", rate=RATE), untrusted(inside))


def test_a_pattern_without_a_rate_is_a_plain_name(tmp_path: Path) -> None:
    numbered(tmp_path, "a_%03d.png", [1])
    with pytest.raises(MissingMedia):
        probe(MediaRef(tmp_path / "a_%03d.png"), ANY)
