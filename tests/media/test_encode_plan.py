"""What users ask of an output, and what comes of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.core.color import SRGB
from gpu_export.errors import ExportError, OptionError, OutputError
from gpu_export.media.codecs import CONTAINERS, VIDEO_CODECS
from gpu_export.media.encoder_row import QUALITY_NAMES, crf_for
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat, SoundFormat
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from gpu_export.media.output_spec import OutputSpec, VideoSpec

PICTURE = PictureFormat(320, 180, Fraction(30000, 1001))
CLEAR = PictureFormat(320, 180, Fraction(25), opaque=False)
STEREO = SoundFormat()


def plan(name: str, **wish: Any) -> OutputSpec:
    return plan_output(Path(name), PICTURE, STEREO, OutputWish(**wish))


def video(name: str, **wish: Any) -> VideoSpec:
    spec = plan(name, **wish).video
    assert spec is not None
    return spec


@pytest.mark.parametrize(
    ("name", "container", "codec", "audio"),
    [
        ("a.mp4", "mp4", "h264", "aac"),
        ("a.MOV", "mov", "h264", "aac"),
        ("a.mkv", "mkv", "h264", "aac"),
        ("a.webm", "webm", "vp9", "opus"),
        ("a.wav", "wav", None, "pcm_s16"),
        ("a.flac", "flac", None, "flac"),
        ("a.mp3", "mp3", None, "mp3"),
        ("a.opus", "ogg", None, "opus"),
        ("a_%04d.png", "png", "png", None),
        ("a.jpg", "jpeg", "jpeg", None),
    ],
)
def test_the_suffix_chooses_container_and_codecs(
    name: str, container: str, codec: str | None, audio: str | None
) -> None:
    spec = plan(name)

    assert spec.container == container
    assert (spec.video.codec if spec.video else None) == codec
    assert (spec.audio.codec if spec.audio else None) == audio


@pytest.mark.parametrize(
    ("pixel_format", "bit_depth", "layout"),
    [
        (None, None, Layout.I420),
        (None, 10, Layout.I420_10),
        ("yuv422p", None, Layout.I422),
        ("yuv444p", 10, Layout.I444_10),
        ("yuv422p10le", None, Layout.I422_10),
        ("yuv422p10le", 10, Layout.I422_10),
    ],
)
def test_pixel_format_and_bit_depth_choose_the_layout(
    pixel_format: str | None, bit_depth: int | None, layout: Layout
) -> None:
    assert video("a.mp4", pixel_format=pixel_format, bit_depth=bit_depth).layout is layout


@pytest.mark.parametrize(
    ("name", "wish"),
    [
        ("a.webm", {"pixel_format": "yuva420p", "bit_depth": 8}),
        ("a.mov", {"codec": "prores", "pixel_format": "yuva444p10le", "bit_depth": 10}),
        ("a.png", {"pixel_format": "rgba"}),
    ],
)
def test_pictures_with_alpha_go_by_the_name_that_others_give_them(
    name: str, wish: dict[str, Any]
) -> None:
    spec = plan_output(Path(name), CLEAR, STEREO, OutputWish(**wish)).video
    assert spec is not None
    assert spec.layout is Layout.RGBA


def test_what_can_be_written_with_alpha_is_told_by_name() -> None:
    with pytest.raises(OptionError, match="yuva420p at 8 bit"):
        plan_output(Path("a.webm"), CLEAR, STEREO, OutputWish(pixel_format="yuv420p"))


def test_prores_is_ten_bit_by_itself() -> None:
    assert video("a.mov", codec="prores").layout is Layout.I422_10


def test_still_pictures_are_srgb() -> None:
    assert video("a.png").color is SRGB
    assert video("a.png").layout is Layout.RGBA


@pytest.mark.parametrize(
    ("seconds", "frames"), [(Fraction(1), 30), (Fraction(2), 60), (Fraction(1, 1000), 1)]
)
def test_the_keyframe_interval_is_a_whole_number_of_frames(seconds: Fraction, frames: int) -> None:
    assert video("a.mp4", keyframe_interval=seconds).keyframe_interval == frames


@pytest.mark.parametrize(
    ("quality", "number"), [(None, 75), ("draft", 25), ("best", 90), (0, 0), (100, 100)]
)
def test_quality_is_a_word_or_a_number(quality: int | str | None, number: int) -> None:
    assert video("a.mp4", quality=quality).quality == number


def test_a_quality_says_nothing_to_a_codec_without_a_scale_that_only_the_name_chose() -> None:
    assert video("a.png", quality="high").quality is None


def test_a_bitrate_replaces_the_quality() -> None:
    spec = video("a.mp4", bitrate=2_000_000)

    assert (spec.quality, spec.bitrate) == (None, 2_000_000)


@pytest.mark.parametrize(("word", "crf"), [("draft", 28), ("standard", 23), ("high", 18)])
def test_the_words_of_x264_quality_are_the_usual_factors(word: str, crf: int) -> None:
    assert crf_for(VIDEO_CODECS["h264"][0], QUALITY_NAMES[word]) == crf


def test_quality_between_two_words_is_linear() -> None:
    assert crf_for(VIDEO_CODECS["h264"][0], 60) == 21


@pytest.mark.parametrize(
    "encoder",
    [row for rows in VIDEO_CODECS.values() for row in rows if row.crf],
    ids=lambda row: row.name,
)
def test_the_quality_scale_runs_one_way(encoder: Any) -> None:
    factors = [crf_for(encoder, quality) for quality in range(101)]

    assert factors in (sorted(factors), sorted(factors, reverse=True))
    assert len(set(factors)) == 101


def test_opus_gets_a_rate_it_can_carry() -> None:
    spec = plan_output(Path("a.webm"), PICTURE, SoundFormat(44_100, 2))

    assert spec.audio is not None
    assert (spec.audio.rate, spec.audio.bitrate) == (48_000, 160_000)


def test_the_bitrate_of_the_sound_can_be_chosen() -> None:
    audio = plan("a.mp4", audio_bitrate=256_000).audio

    assert audio is not None
    assert audio.bitrate == 256_000


@pytest.mark.parametrize(("codec", "quality"), [("ffv1", 50), ("h264", 101), ("h264", -1)])
def test_quality_off_the_scale_is_a_programming_error(codec: str, quality: int) -> None:
    with pytest.raises(ValueError, match=f"quality {quality}"):
        crf_for(VIDEO_CODECS[codec][0], quality)


def test_none_leaves_out_picture_or_sound() -> None:
    assert plan("a.mp4", audio_codec="none").audio is None
    assert plan("a.mp4", codec="none").video is None


def test_transparency_is_written_where_the_codec_keeps_it() -> None:
    spec = plan_output(Path("a.png"), CLEAR, None)

    assert spec.video is not None
    assert spec.video.alpha


def refused(path: str, **wish: Any) -> ExportError:
    with pytest.raises((OptionError, OutputError)) as caught:
        plan(path, **wish)
    return caught.value


@pytest.mark.parametrize(
    ("name", "wish", "words"),
    [
        ("a.mp5", {}, ["'.mp5'", "Did you mean '.mp4'?", ".webm"]),
        ("a", {}, ["no suffix", ".mp4"]),
        ("a_%d_%d.png", {}, ["exactly one %d"]),
        ("a.mp4", {"codec": "h265"}, ["'h265'", "Did you mean 'h264'?", "hevc"]),
        ("a.mp4", {"codec": "prores"}, [".mp4 files cannot hold 'prores'"]),
        ("a.wav", {"codec": "h264"}, [".wav files cannot hold 'h264'"]),
        ("a.png", {"audio_codec": "aac"}, [".png files cannot hold 'aac'", "none"]),
        ("a.mp4", {"audio_codec": "pcm_s16"}, ["'pcm_s16'", "aac, opus"]),
        ("a.mp4", {"preset": "mediun"}, ["Did you mean 'medium'?", "ultrafast"]),
        ("a.mkv", {"codec": "ffv1", "preset": "fast"}, ["Leave out preset"]),
        ("a.mp4", {"profile": "hi"}, ["has no profile 'hi'", "high422"]),
        (
            "a.mp4",
            {"profile": "high", "pixel_format": "yuv444p"},
            ["cannot carry yuv444p", "high444"],
        ),
        ("a.mp4", {"pixel_format": "rgb24"}, ["cannot write rgb24", "yuv444p at 10 bit"]),
        ("a.mp4", {"pixel_format": "yuv420p10le", "bit_depth": 8}, ["yuv420p10le at 8 bit"]),
        ("a.mp4", {"bit_depth": 12}, ["at 12 bit"]),
        ("a.mp4", {"quality": "hihg"}, ["'hihg'", "draft, standard"]),
        ("a.mp4", {"quality": 101}, ["101", "from 0 to 100"]),
        ("a.mp4", {"quality": 50, "bitrate": 1000}, ["exclude each other"]),
        ("a.mp4", {"bitrate": 0}, ["above 0"]),
        ("a.mkv", {"codec": "ffv1", "quality": 50}, ["no quality scale"]),
        ("a.mkv", {"codec": "ffv1", "bitrate": 50}, ["takes no bitrate"]),
        ("a.mp4", {"options": (("vf", "x"),)}, ["no option 'vf'", "tune"]),
        ("a.wav", {"audio_bitrate": 1000}, ["Leave the bitrate out"]),
        ("a.mp4", {"metadata": (("titel", "x"),)}, ["no metadata 'titel'", "'title'"]),
        ("a.png", {"metadata": (("title", "x"),)}, ["Leave it out"]),
        ("a.mp4", {"codec": "none", "audio_codec": "none"}, ["neither picture nor sound"]),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(
    name: str, wish: dict[str, Any], words: list[str]
) -> None:
    message = str(refused(name, **wish))

    assert [word for word in words if word not in message] == []


def test_a_clear_background_is_refused_where_it_would_be_lost() -> None:
    with pytest.raises(OptionError, match="h264 cannot keep transparency") as caught:
        plan_output(Path("a.mp4"), CLEAR, None)

    assert "png" in caught.value.remedy


def test_more_channels_than_the_codec_carries_are_refused() -> None:
    with pytest.raises(OptionError, match="mp3 cannot carry 6 channels") as caught:
        plan_output(Path("a.mp3"), None, SoundFormat(48_000, 6))

    assert "1, 2" in caught.value.remedy


def test_every_container_names_known_codecs_only() -> None:
    for row in CONTAINERS.values():
        assert set(row.video) <= set(VIDEO_CODECS)
