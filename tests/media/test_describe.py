"""Reports on sources: what is said, that it is plain data, and what checking finds."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.errors import MissingMedia
from gpu_export.media.describe import check, check_thoroughly, describe
from tests.synth import BT601, Sound, ladder, make_video, make_wav

if TYPE_CHECKING:
    from pathlib import Path

ANY = Policy()


@pytest.fixture(scope="module")
def clip(media_dir: Path) -> Path:
    return make_video(
        media_dir / "describe.mp4",
        frames=25,
        rotation=90,
        hflip=True,
        color=BT601,
        pixel_aspect=Fraction(4, 3),
        sound=Sound(ladder(1.0)),
    )


def test_a_film_is_described_as_it_is_shown(clip: Path) -> None:
    report = describe(clip, ANY)
    picture = report.picture
    assert picture is not None
    assert (picture.kind, picture.codec, picture.frames) == ("film", "h264", 25)
    assert (picture.stored, picture.pixel_aspect) == ((180, 320), "4:3")
    assert (picture.width, picture.height) == (320, 240)
    assert (picture.rotation, picture.mirrored) == (270, True)
    assert (picture.rate, picture.constant_rate, picture.duration) == ("25", True, 1.0)
    assert (picture.fields, picture.alpha) == ("progressive", False)
    assert picture.color.matrix == "SMPTE170M"
    assert "as tagged" in picture.color.decided


def test_each_stream_says_what_becomes_of_it(clip: Path) -> None:
    streams = describe(clip, ANY).streams
    assert [(stream.kind, stream.use) for stream in streams] == [
        ("video", "used: only one"),
        ("audio", "used: only one"),
    ]
    assert streams[0].header == "yuv420p 180x320, 25 a second"


def test_sound_is_described(clip: Path, media_dir: Path) -> None:
    sound = describe(clip, ANY).sound
    assert sound is not None
    assert (sound.codec, sound.rate, sound.channels, sound.offset) == ("aac", 48_000, 1, 0.0)
    alone = describe(make_wav(media_dir / "describe.wav", ladder(0.5)), ANY)
    assert alone.picture is None
    assert alone.sound is not None
    assert alone.sound.duration == 0.5


def test_variable_rate_is_told(media_dir: Path) -> None:
    path = make_video(
        media_dir / "describe_vfr.mp4",
        frames=4,
        pts=[0, 40, 500, 540],
        time_base=Fraction(1, 1000),
        rate=Fraction(1000),
    )
    picture = describe(path, ANY).picture
    assert picture is not None
    assert not picture.constant_rate


def test_stills_and_animations_are_told_apart(tmp_path: Path) -> None:
    frames = [Image.new("RGBA", (8, 8), (n, 0, 0, 255)) for n in (0, 90)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=[50, 70])
    frames[0].save(tmp_path / "s.png")
    moving, still = (
        describe(tmp_path / "a.gif", ANY).picture,
        describe(tmp_path / "s.png", ANY).picture,
    )
    assert moving is not None
    assert (moving.kind, moving.frames, moving.duration) == ("animation", 2, 0.12)
    assert still is not None
    assert (still.kind, still.duration, still.rate, still.alpha) == ("still", None, None, True)


def test_a_report_is_plain_json(clip: Path) -> None:
    report = describe(clip, ANY).to_dict()
    assert json.loads(json.dumps(report))["picture"]["color"]["matrix"] == "SMPTE170M"


def test_checking_a_sound_part_finds_nothing(clip: Path) -> None:
    assert check(MediaRef(clip), Fraction(0), Fraction(24, 25), ANY) == ()
    assert check_thoroughly(MediaRef(clip), Fraction(0), Fraction(24, 25), ANY) == ()


def test_checking_beyond_the_end_warns(clip: Path) -> None:
    assert check(MediaRef(clip), Fraction(0), Fraction(3), ANY) == (
        "source ended 2 s early; last frame held",
    )


def test_only_the_thorough_check_sees_damage_between(media_dir: Path, tmp_path: Path) -> None:
    path = make_video(media_dir / "describe_gop.mkv", frames=40, gop=1, b_frames=0)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes([0xA5]) * 3000
    spoiled = tmp_path / "spoiled.mkv"
    spoiled.write_bytes(data)
    quick = check(MediaRef(spoiled), Fraction(0), Fraction(1, 25), ANY)
    deep = check_thoroughly(MediaRef(spoiled), Fraction(0), Fraction(39, 25), ANY)
    assert quick == ()
    assert any("damaged" in warning or "held" in warning for warning in deep)


def test_checking_what_is_not_there_fails(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match="clip 7"):
        check(MediaRef(tmp_path / "x.mp4"), Fraction(0), Fraction(1), ANY, where="clip 7")
