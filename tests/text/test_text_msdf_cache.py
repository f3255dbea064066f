"""The cache of fields, in memory and on disk."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import fontpkg
import numpy as np
import pytest

from gpu_export.text import atlas
from gpu_export.text.atlas import CacheLimits, FieldCache, default_cache_dir
from tests.text.outlines_exact import FontFace

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.text.field import GlyphField

INTER = FontFace(fontpkg.path("inter"))


def field(cache: FieldCache, character: str = "A", face: FontFace = INTER) -> GlyphField:
    found = cache.get(face, face.glyph(character), 48.0)
    assert found is not None
    return found


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def forbid_making(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("a field was made that the cache had")

    monkeypatch.setattr(atlas, "generate", refuse)


def test_second_request_returns_the_same_field() -> None:
    cache = FieldCache(None)
    assert field(cache) is field(cache)


def test_space_has_no_field(tmp_path: Path) -> None:
    assert FieldCache(tmp_path).get(INTER, INTER.glyph(" "), 48.0) is None
    assert files(tmp_path) == []


def test_next_run_reads_the_same_field_from_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = field(FieldCache(tmp_path))
    forbid_making(monkeypatch)
    read = field(FieldCache(tmp_path))
    np.testing.assert_array_equal(read.pixels, made.pixels)
    assert (read.range_px, read.px_per_em) == (made.range_px, made.px_per_em)
    assert (read.left, read.top) == (made.left, made.top)


@pytest.mark.parametrize("damage", [b"", b"GXF1", b"x" * 5000])
def test_damaged_file_is_made_again(tmp_path: Path, damage: bytes) -> None:
    made = field(FieldCache(tmp_path))
    (file,) = files(tmp_path)
    sound = file.read_bytes()
    file.write_bytes(damage)
    np.testing.assert_array_equal(field(FieldCache(tmp_path)).pixels, made.pixels)
    assert file.read_bytes() == sound


def test_flipped_bit_is_noticed(tmp_path: Path) -> None:
    made = field(FieldCache(tmp_path))
    (file,) = files(tmp_path)
    data = bytearray(file.read_bytes())
    data[-1] ^= 64
    file.write_bytes(data)
    np.testing.assert_array_equal(field(FieldCache(tmp_path)).pixels, made.pixels)


def test_variations_of_a_font_have_fields_of_their_own(tmp_path: Path) -> None:
    cache = FieldCache(tmp_path)
    bold = replace(INTER, variation=(("wght", 900.0),))
    assert not np.array_equal(field(cache).pixels.sum(), field(cache, face=bold).pixels.sum())
    assert len(files(tmp_path)) == 2


def test_memory_keeps_what_was_used_last(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FieldCache(None, CacheLimits(memory_bytes=100_000))
    for character in "ABCDEFGH":
        field(cache, character)
    last = field(cache, "H")
    forbid_making(monkeypatch)
    assert field(cache, "H") is last
    with pytest.raises(pytest.fail.Exception):
        field(cache, "A")


def test_folder_stays_below_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atlas, "_WRITES_PER_SWEEP", 2)
    cache = FieldCache(tmp_path, CacheLimits(disk_bytes=60_000))
    for character in "ABCDEFGHI":
        field(cache, character)
    assert 0 < sum(file.stat().st_size for file in files(tmp_path)) <= 60_000


def test_unwritable_folder_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    assert field(FieldCache(tmp_path / "taken")).px_per_em == 48.0


def _fill(folder: Path) -> float:
    cache = FieldCache(folder)
    return float(sum(field(cache, character).pixels.sum() for character in "ABCabc"))


def test_processes_share_a_folder(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        sums = list(pool.map(_fill, [tmp_path] * 4))
    assert sums == [_fill(tmp_path)] * 4
    assert len(files(tmp_path)) == 6


def test_cache_lies_where_the_user_keeps_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache_dir() == tmp_path / "gpu-export" / "glyphs"
