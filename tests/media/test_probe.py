"""Facts of sources, from their frames rather than their headers."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from gpu_export.core.color import Matrix, Primaries, Range, Transfer
from gpu_export.core.facts import MediaFacts, MediaRef, PictureFacts, SoundFacts
from gpu_export.core.policy import Limits, Policy
from gpu_export.errors import CorruptMedia, UnsupportedMedia
from gpu_export.media.probe import probe
from tests.synth import BT601, Sound, clicks, ladder, make_video, make_wav

if TYPE_CHECKING:
    from pathlib import Path

ANY = Policy()


def facts(path: Path, stream: int | None = None) -> MediaFacts:
    return probe(MediaRef(path, stream), ANY)


def picture(path: Path) -> PictureFacts:
    found = facts(path).picture
    assert found is not None
    return found


def sound(path: Path) -> SoundFacts:
    found = facts(path).sound
    assert found is not None
    return found


@pytest.fixture(scope="module")
def base(media_dir: Path) -> Path:
    return make_video(media_dir / "base.mp4", frames=25, sound=Sound(ladder(1.0)))


def test_a_plain_clip(base: Path) -> None:
    found = picture(base)
    assert (found.width, found.height, found.stored) == (320, 180, (320, 180))
    assert (found.duration, found.rate) == (Fraction(1), Fraction(25))
    assert found.opaque
    assert sound(base).rate == 48_000


@pytest.mark.parametrize(
    "rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(50), Fraction(60)], ids=str
)
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_rates_are_exact_in_every_container(media_dir: Path, suffix: str, rate: Fraction) -> None:
    name = f"rate_{rate.numerator}_{rate.denominator}.{suffix}"
    found = picture(make_video(media_dir / name, frames=50, rate=rate))
    assert found.rate == rate
    assert found.duration == pytest.approx(float(50 / rate), abs=0.001)


def test_variable_rate_lasts_to_the_end_of_its_last_picture(media_dir: Path) -> None:
    path = make_video(
        media_dir / "vfr.mp4",
        frames=6,
        pts=[0, 40, 80, 120, 1000, 1040],
        time_base=Fraction(1, 1000),
        rate=Fraction(1000),
        b_frames=0,
    )
    assert picture(path).duration == pytest.approx(1.08, abs=0.001)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_duration_counts_from_the_first_picture_shown(media_dir: Path, suffix: str) -> None:
    path = make_video(media_dir / f"late.{suffix}", frames=25, first_pts=35)
    assert picture(path).duration == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_sound_has_its_offset_to_the_first_picture(media_dir: Path, suffix: str) -> None:
    path = make_video(
        media_dir / f"offset.{suffix}",
        frames=25,
        first_pts=10,
        sound=Sound(clicks(1.0, [0.5]), codec="pcm_s16le" if suffix == "mkv" else "aac"),
    )
    assert sound(path).offset == pytest.approx(-0.4, abs=0.001)


def test_codec_delay_is_not_part_of_the_sound(base: Path) -> None:
    assert sound(base).offset == 0
    assert sound(base).duration == pytest.approx(1.0, abs=1024 / 48_000)


def test_a_sound_file_has_no_picture(media_dir: Path) -> None:
    path = make_wav(media_dir / "probe.wav", ladder(0.5, channels=2))
    found = facts(path)
    assert found.picture is None
    assert found.sound == SoundFacts(Fraction(1, 2), 48_000, 2)


@pytest.mark.parametrize("degrees", [90, 270])
def test_turned_pictures_have_their_upright_size(media_dir: Path, degrees: int) -> None:
    path = make_video(media_dir / f"turned{degrees}.mp4", frames=2, rotation=degrees)
    assert (picture(path).width, picture(path).height) == (320, 180)


def test_wide_pixels_make_the_picture_wider(media_dir: Path) -> None:
    path = make_video(
        media_dir / "wide.mp4", frames=2, size=(360, 288), pixel_aspect=Fraction(64, 45)
    )
    assert (picture(path).width, picture(path).height) == (512, 288)
    assert picture(path).stored == (360, 288)


def test_tall_pixels_make_it_taller_rather_than_narrower(media_dir: Path) -> None:
    path = make_video(media_dir / "tall.mp4", frames=2, pixel_aspect=Fraction(1, 2))
    assert (picture(path).width, picture(path).height) == (320, 360)


def test_colour_as_tagged(media_dir: Path) -> None:
    color = picture(make_video(media_dir / "tagged.mp4", frames=2, color=BT601)).color
    assert (color.matrix, color.primaries) == (Matrix.SMPTE170M, Primaries.SMPTE170M)
    assert (color.range, color.transfer) == (Range.LIMITED, Transfer.SMPTE170M)


def test_colour_untagged_by_size(media_dir: Path) -> None:
    small = make_video(media_dir / "untagged.mp4", frames=1, tagged=False)
    large = make_video(media_dir / "untagged720.mp4", frames=1, size=(320, 720), tagged=False)
    assert picture(small).color.matrix is Matrix.SMPTE170M
    assert picture(large).color.matrix is Matrix.BT709


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("vp9.webm", {"codec": "libvpx-vp9", "pixel_format": "yuva420p"}),
        ("vp8.webm", {"codec": "libvpx", "pixel_format": "yuva420p"}),
        ("prores.mov", {"codec": "prores_ks", "pixel_format": "yuva444p10le"}),
        ("qtrle.mov", {"codec": "qtrle", "pixel_format": "argb"}),
        ("gif.gif", {"codec": "gif", "pixel_format": "rgb8"}),
        ("apng.png", {"codec": "apng", "pixel_format": "rgba", "container_format": "apng"}),
    ],
)
def test_alpha_is_seen(media_dir: Path, name: str, fields: dict[str, str]) -> None:
    path = make_video(media_dir / f"alpha_{name}", frames=3, alpha=True, **fields)
    assert not picture(path).opaque


def test_a_cover_is_not_the_picture(media_dir: Path) -> None:
    path = media_dir / "cover.m4a"
    with av.open(str(path), "w", format="mp4") as output:
        cover = output.add_stream("png", rate=1, width=64, height=64, pix_fmt="rgb24")
        cover.disposition = av.stream.Disposition.attached_pic
        voice = output.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 48_000
        output.mux(cover.encode(av.VideoFrame(64, 64, "rgb24")))
        output.mux(cover.encode(None))
        output.mux(voice.encode(frame))
        output.mux(voice.encode(None))
    found = facts(path)
    assert found.picture is None
    assert found.sound is not None


@pytest.fixture(scope="module")
def two_tracks(media_dir: Path) -> Path:
    """Two pictures and two sounds; the second of each is the default."""
    path = media_dir / "two.mkv"
    sizes = [(64, 48), (96, 48)]
    with av.open(str(path), "w") as output:
        films = [
            output.add_stream("libx264", rate=25, width=w, height=h, pix_fmt="yuv420p")
            for w, h in sizes
        ]
        sounds = [
            output.add_stream("pcm_s16le", rate=rate, layout="mono") for rate in (8000, 16000)
        ]
        for stream in (films[0], sounds[0]):
            stream.disposition = av.stream.Disposition(0)
        for stream in (films[1], sounds[1]):
            stream.disposition = av.stream.Disposition.default
        for film, size in zip(films, sizes, strict=True):
            for _ in range(3):
                output.mux(film.encode(av.VideoFrame(*size, "yuv420p")))
            output.mux(film.encode(None))
        for voice in sounds:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1600), np.int16), "s16", "mono")
            frame.sample_rate = voice.rate
            output.mux(voice.encode(frame))
            output.mux(voice.encode(None))
    return path


def test_the_default_streams_are_chosen(two_tracks: Path) -> None:
    assert (picture(two_tracks).width, sound(two_tracks).rate) == (96, 16_000)


def test_an_explicit_stream_wins(two_tracks: Path) -> None:
    found = facts(two_tracks, stream=0)
    assert found.picture is not None
    assert found.picture.width == 64
    assert found.sound is not None
    assert found.sound.rate == 16_000


def test_an_explicit_sound_leaves_the_picture_alone(two_tracks: Path) -> None:
    found = facts(two_tracks, stream=2)
    assert found.picture is not None
    assert found.picture.width == 96
    assert found.sound is not None
    assert found.sound.rate == 8000


@pytest.mark.parametrize("index", [-1, 4, 99])
def test_a_stream_that_is_not_there_is_refused(two_tracks: Path, index: int) -> None:
    with pytest.raises(UnsupportedMedia, match="no such stream, only 0 to 3"):
        facts(two_tracks, stream=index)


def test_more_pixels_than_allowed_are_refused_before_decoding(base: Path) -> None:
    tight = Policy(limits=Limits(image_pixels=320 * 180 - 1))
    with pytest.raises(UnsupportedMedia, match="larger than the limit"):
        probe(MediaRef(base), tight, where="clip 1")


def test_a_film_without_one_good_picture_is_corrupt(media_dir: Path, base: Path) -> None:
    data = bytearray(make_video(media_dir / "allbad.ts", frames=5, gop=1).read_bytes())
    for packet in range(188 * 3, len(data) - 188, 188):
        data[packet + 30 : packet + 188] = bytes(158)
    broken = media_dir / "all_bad.ts"
    broken.write_bytes(data)
    with pytest.raises((CorruptMedia, UnsupportedMedia)):
        facts(broken)


def test_facts_are_remembered_until_the_file_changes(tmp_path: Path) -> None:
    path = make_video(tmp_path / "clip.mp4", frames=5)
    first = facts(path)
    assert facts(path) == first
    path.unlink()
    make_video(path, frames=9)
    os.utime(path, ns=(1, 1))
    assert picture(path).duration == Fraction(9, 25)


def test_facts_hash_and_compare_as_values(base: Path) -> None:
    assert hash(facts(base)) == hash(facts(base))


def test_a_film_whose_sound_comes_first_shows_its_only_picture(media_dir: Path) -> None:
    plain = make_video(media_dir / "one.mp4", frames=1, sound=Sound(ladder(0.2)))
    path = media_dir / "sound_first.mkv"
    with av.open(str(plain)) as source, av.open(str(path), "w") as output:
        streams = [*source.streams.audio, *source.streams.video]
        copies = {stream: output.add_stream_from_template(stream) for stream in streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream]
                output.mux(packet)

    assert (picture(path).width, picture(path).duration) == (320, Fraction(1, 25))
    assert sound(path).rate == 48_000


def test_damage_of_a_stream_that_is_not_used_is_nobodys_concern(media_dir: Path) -> None:
    plain = make_video(media_dir / "two.mp4", frames=5)
    path = media_dir / "second_damaged.mkv"
    with av.open(str(plain)) as source, av.open(str(path), "w") as output:
        template = source.streams.video[0]
        good, bad = (output.add_stream_from_template(template) for _ in range(2))
        for packet in source.demux(template):
            if packet.dts is not None:
                spoilt = av.Packet(bytes(len(bytes(packet))))
                spoilt.pts, spoilt.dts = packet.pts, packet.dts
                spoilt.time_base, spoilt.is_keyframe = packet.time_base, packet.is_keyframe
                packet.stream, spoilt.stream = good, bad
                output.mux([packet, spoilt])

    assert picture(path).duration == Fraction(1, 5)
    with pytest.raises(CorruptMedia, match="not one picture"):
        facts(path, stream=1)
