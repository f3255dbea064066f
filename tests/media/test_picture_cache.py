"""Stills shown by several readers are decoded once, few at a time, within a limit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from threading import Barrier, Lock
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gpu_export.core.color import SRGB
from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.media import stills
from gpu_export.media.picture_cache import PictureCache
from gpu_export.media.picture_sources import RoundSource
from gpu_export.media.reader import open_reader
from gpu_export.render.frames import DecodedFrame, Layout

if TYPE_CHECKING:
    from pathlib import Path

KIB = 1 << 10


def _frame(kib: int = 4) -> DecodedFrame:
    side = kib * KIB // 64
    return DecodedFrame(
        Layout.RGBA, (np.zeros((side, 16, 4), np.uint8),), 16, side, SRGB, Fraction(0)
    )


class _Decoder:
    """Counts how often it works, and how many do at one time."""

    def __init__(self, kib: int = 4) -> None:
        self.runs = self.at_once = self.most = 0
        self._lock = Lock()
        self._kib = kib

    def __call__(self) -> DecodedFrame:
        with self._lock:
            self.runs += 1
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        made = _frame(self._kib)
        with self._lock:
            self.at_once -= 1
        return made


def test_a_picture_asked_for_again_is_the_same_object() -> None:
    cache, decode = PictureCache(64 * KIB, at_once=1), _Decoder()
    assert cache.still("a", decode) is cache.still("a", decode)
    assert decode.runs == 1


def test_the_longest_unused_picture_goes_first() -> None:
    cache, decode = PictureCache(8 * KIB, at_once=1), _Decoder(kib=4)
    for key in "aba":
        cache.still(key, decode)
    cache.still("c", decode)
    assert decode.runs == 3
    cache.still("a", decode)
    assert decode.runs == 3
    cache.still("b", decode)
    assert decode.runs == 4


@pytest.mark.parametrize("limit", [0, 3 * KIB])
def test_a_picture_beyond_the_limit_is_not_kept(limit: int) -> None:
    cache, decode = PictureCache(limit, at_once=1), _Decoder(kib=4)
    assert cache.still("a", decode) is not cache.still("a", decode)


def test_half_a_cache_keeps_the_latest_and_no_more() -> None:
    cache, decode = PictureCache(8 * KIB, at_once=1), _Decoder(kib=4)
    cache.still("a", decode)
    latest = cache.still("b", decode)
    cache.halve()
    assert cache.find("a") is None
    assert cache.find("b") is latest
    cache.still("c", decode)
    assert cache.find("b") is None


def test_what_was_forgotten_is_decoded_anew() -> None:
    cache, decode = PictureCache(64 * KIB, at_once=1), _Decoder()
    first = cache.still("a", decode)
    cache.clear()
    assert cache.still("a", decode) is not first


def test_threads_that_want_one_picture_share_it() -> None:
    cache, decode, start = PictureCache(64 * KIB, at_once=4), _Decoder(), Barrier(4)

    def ask(_: int) -> DecodedFrame:
        start.wait()
        return cache.still("a", decode)

    with ThreadPoolExecutor(4) as pool:
        frames = list(pool.map(ask, range(4)))
    assert decode.runs == 1
    assert all(frame is frames[0] for frame in frames)


def test_no_more_pictures_than_allowed_are_decoded_at_one_time() -> None:
    cache, decode, start = PictureCache(0, at_once=1), _Decoder(), Barrier(4)

    def ask(key: int) -> None:
        start.wait()
        for again in range(20):
            cache.still((key, again), decode)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
    assert (decode.runs, decode.most) == (80, 1)


def test_a_failure_leaves_the_way_free() -> None:
    cache = PictureCache(64 * KIB, at_once=1)

    def fail() -> DecodedFrame:
        raise KeyError("gone")

    for _ in range(2):
        with pytest.raises(KeyError, match="gone"):
            cache.still("a", fail)
    assert cache.still("a", _Decoder()).width == 16


def test_readers_of_one_file_and_size_share_its_picture(tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    Image.new("RGB", (8, 6), "red").save(path)
    cache = PictureCache(64 * KIB, at_once=1)

    def first(size: tuple[int, int] | None) -> DecodedFrame:
        times = [Fraction(0)]
        reader = open_reader(
            MediaRef(path), times, size=size, slack=Fraction(0), policy=Policy(), kept=cache
        )
        try:
            return reader.read()
        finally:
            reader.close()

    assert first(None) is first(None)
    assert first((4, 3)) is not first(None)


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "LA", "CMYK", "P"])
def test_strips_leave_no_seam(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).integers(0, 256, (23, 7, 4), np.uint8)
    image = Image.fromarray(values, "RGBA").convert("RGB" if mode in ("CMYK", "P") else mode)
    image = image.convert(mode)
    whole = stills.to_frame(image, None, Fraction(0))
    monkeypatch.setattr(stills, "_STRIP", 5)
    strips = stills.to_frame(image, None, Fraction(0))
    assert np.array_equal(whole.planes[0], strips.planes[0])
    assert whole.opaque is strips.opaque is (mode not in ("RGBA", "LA"))


class _Counted:
    """A source that gives a new picture for every time it is asked."""

    def __init__(self) -> None:
        self.asked: list[Fraction] = []
        self.closed = False

    def at(self, time: Fraction) -> DecodedFrame:
        self.asked.append(time)
        return _frame(kib=4)

    def warnings(self) -> tuple[str, ...]:
        return ("odd",)

    def close(self) -> None:
        self.closed = True


ROUND = [Fraction(n, 25) for n in range(3)]


def test_a_film_that_goes_round_is_decoded_once() -> None:
    film = _Counted()
    source = RoundSource(film, 3, PictureCache(12 * KIB, at_once=1), "film")
    first = [source.at(time) for time in ROUND]
    again = [source.at(time) for time in ROUND]
    assert film.asked == ROUND
    assert all(one is other for one, other in zip(first, again, strict=True))
    source.close()
    assert (film.closed, source.warnings()) == (True, ("odd",))


def test_a_film_whose_round_does_not_fit_streams_and_takes_nobodys_place() -> None:
    film, cache = _Counted(), PictureCache(11 * KIB, at_once=1)
    logo = cache.still("logo", _Decoder())
    source = RoundSource(film, 3, cache, "film")
    for time in ROUND * 2:
        source.at(time)
    assert film.asked == ROUND * 2
    assert cache.find("logo") is logo


def test_two_films_are_not_taken_for_each_other() -> None:
    cache = PictureCache(64 * KIB, at_once=1)
    one, other = (RoundSource(_Counted(), 3, cache, key) for key in ("one", "other"))
    assert one.at(ROUND[0]) is not other.at(ROUND[0])
