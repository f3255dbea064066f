"""Every file of the shared corpus that has a picture: its true frames, times and colours."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.errors import UnsupportedMedia
from gpu_export.media.probe import probe
from gpu_export.media.reader import open_reader
from tests.frames_read import counter_of, first_frame, rgb_of
from tests.readback import picture_of
from tests.shared_media import SHARED, needs_shared, truth
from tests.synth import patch_error

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_shared

COUNTED = [name for name, entry in truth().items() if "index" in entry]
UNREADABLE = {"c27_tiny_16x16.mp4"}
HDR = {"c35_pq_bt2020_hevc10.mp4", "c36_hlg_bt2020_hevc10.mp4"}
READ_AT_MOST = 24
ANY = Policy()


def expected(entry: dict[str, Any]) -> list[int]:
    """The counters in order; of two fields the first one in time."""
    index = entry["index"]
    if isinstance(index, str):
        first, last = map(int, index.split(".."))
        return list(range(first, last + 1))
    return [min(one) if isinstance(one, list) else one for one in index]


def times_of(entry: dict[str, Any], rate: Fraction) -> list[Fraction]:
    """Source seconds of every frame: as listed, or by the rate where constant or pasted."""
    listed = entry["pts"]
    risen = "..." not in listed and all(a < b for a, b in pairwise(listed))
    if risen and len(listed) == entry["frames"]:
        return [Fraction(str(time)) - Fraction(str(listed[0])) for time in listed]
    return [number / rate for number in range(entry["frames"])]


def some(count: int) -> list[int]:
    """A few frames of each part: from the start, the middle and the end, forwards."""
    if count <= READ_AT_MOST:
        return list(range(count))
    third = READ_AT_MOST // 3
    return [*range(third), *range(count // 2, count // 2 + third), *range(count - third, count)]


@pytest.mark.parametrize("name", [n for n in COUNTED if n.split("/")[-1] not in UNREADABLE])
def test_counters_agree_with_the_truth(name: str) -> None:
    entry, path = truth()[name], SHARED / name
    facts = probe(MediaRef(path), ANY).picture
    assert facts is not None
    assert facts.rate is not None
    wanted, times = expected(entry), times_of(entry, facts.rate)
    chosen = some(entry["frames"])
    size = (960, 540) if "8k" in name else None
    slack = Fraction(1, 30_000)
    reader = open_reader(
        MediaRef(path), [times[n] for n in chosen], size=size, slack=slack, policy=ANY
    )
    found = [counter_of(reader.read()) for _ in chosen]
    reader.close()
    assert [None if one is None else one[1] for one in found] == [wanted[n] for n in chosen]


@pytest.mark.parametrize(
    "name",
    [n for n in COUNTED if n.split("/")[-1] not in UNREADABLE | HDR and "8k" not in n],
)
def test_patches_have_the_drawn_colours(name: str) -> None:
    assert patch_error(rgb_of(first_frame(SHARED / name))) <= 4


@pytest.mark.parametrize("name", COUNTED)
def test_stored_sizes_agree(name: str) -> None:
    entry = truth()[name]
    facts = probe(MediaRef(SHARED / name), ANY).picture
    assert facts is not None
    if entry["stored"] != [0, 0] and "c45" not in name:
        width, height = entry["stored"]
        turned = abs(entry["rotation"]) == 90
        assert facts.stored == ((height, width) if turned else (width, height))


REAL = sorted((SHARED / "real" / "video").glob("*.[mwt]*"))
WITHOUT_PICTURE = {"sample_ac4.mp4"}


@pytest.mark.parametrize(
    "path", [p for p in REAL if p.name not in WITHOUT_PICTURE], ids=lambda p: p.name
)
def test_real_films_give_first_middle_and_last_picture(path: Path) -> None:
    facts = probe(MediaRef(path), ANY).picture
    assert facts is not None
    assert facts.duration is not None
    times = [Fraction(0), facts.duration / 2, facts.duration - Fraction(1, 1000)]
    reader = open_reader(MediaRef(path), times, size=None, slack=Fraction(0), policy=ANY)
    frames = [reader.read() for _ in times]
    assert reader.warnings == ()
    reader.close()
    assert {(frame.width, frame.height) for frame in frames} == {facts.stored}
    assert [frame.pts for frame in frames] == sorted(frame.pts for frame in frames)
    assert frames[-1].pts < facts.duration <= frames[-1].pts + Fraction(1)


DURATIONS = {
    "sample_fragmented.mp4": Fraction(1001, 1000),
    "sample_with_ass_subtitles.mkv": Fraction(1),
    "bigbuckbunny.mp4": Fraction(528, 100),
    "edit_list_positive_shift.mp4": Fraction(9),
    "sample_with_fake_auxiliary_tracks.mp4": Fraction(1, 25),
}


@pytest.mark.parametrize("name", DURATIONS)
def test_true_durations_of_files_that_lie(name: str) -> None:
    facts = probe(MediaRef(SHARED / "real" / "video" / name), ANY).picture
    assert facts is not None
    assert facts.duration == pytest.approx(float(DURATIONS[name]), abs=0.002)


def test_a_codec_without_decoder_is_refused() -> None:
    with pytest.raises(UnsupportedMedia, match="no decoder"):
        probe(MediaRef(SHARED / "real" / "video" / "sample_ac4.mp4"), ANY)


def test_a_mirrored_phone_film_is_turned_and_mirrored() -> None:
    path = SHARED / "real" / "video" / "sample_rotate_and_reflect.mp4"
    with av.open(str(path)) as source:
        stored = picture_of(next(source.decode(video=0)))
    upright = rgb_of(first_frame(path))
    assert upright.shape == (1080, 720, 3)
    np.testing.assert_allclose(upright, stored.transpose(1, 0, 2), atol=1e-6)


@pytest.mark.parametrize("name", sorted(HDR))
def test_hdr_clips_come_close_to_the_sdr_picture_they_show(name: str) -> None:
    pixels = rgb_of(first_frame(SHARED / "gen" / name))
    grey, skin = (pixels[337, [k * 80 + 40]].mean(axis=0) for k in (6, 7))
    assert np.abs(grey - 128).max() <= 4
    assert np.abs(skin - (224, 172, 138)).max() <= 9
    assert pixels.max() >= 245


def test_pq_patches_are_the_drawn_ones() -> None:
    pixels = rgb_of(first_frame(SHARED / "gen" / "c35_pq_bt2020_hevc10.mp4"))
    assert patch_error(pixels) <= 22
