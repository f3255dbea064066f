"""Awkward sources made on the spot: the exported file shows them upright, in shape and in order."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from PIL import Image

from gpu_export.errors import UnsupportedMedia
from tests.engine.exporting import data, exported
from tests.synth import (
    BT601,
    BT709,
    Sound,
    decode_rgb,
    draw,
    make_video,
    patch_error,
    pitch_at,
    read_counter,
    read_counters,
    tone,
    with_alpha,
)
from tests.synth import decode_audio as heard

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synth import Picture

EXACT = {"preset": "ultrafast", "quality": 95}
PATCH = 3.0


def _pictures(clip: dict[str, Any], tmp_path: Path, **keys: Any) -> list[Picture]:
    output = tmp_path / "out.mp4"
    exported(data([{"fit": "fill", **clip}], **{"output": EXACT, **keys}), output)
    return decode_rgb(output)


def _indices(pictures: list[Picture]) -> list[int | None]:
    return [None if (c := read_counter(picture)) is None else c[1] for picture in pictures]


@pytest.mark.parametrize("hflip", [False, True], ids=["", "mirrored"])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_display_matrices_are_applied(
    rotation: int, hflip: bool, media_dir: Path, tmp_path: Path
) -> None:
    size = (180, 320) if rotation % 180 else (320, 180)
    source = make_video(
        media_dir / f"turned-{rotation}-{hflip}.mp4",
        frames=3,
        size=size,
        rotation=rotation,
        hflip=hflip,
    )
    clip = {"type": "video", "src": str(source)}
    pictures = _pictures(clip, tmp_path, width=size[0], height=size[1])
    assert _indices(pictures) == [0, 1, 2]
    assert patch_error(pictures[0]) <= PATCH


@pytest.mark.parametrize(
    ("aspect", "shape"),
    [(Fraction(2), (320, 80)), (Fraction(1, 2), (160, 160)), (Fraction(64, 45), (320, 113))],
)
def test_pixels_that_are_not_square_are_stretched(
    aspect: Fraction, shape: tuple[int, int], media_dir: Path, tmp_path: Path
) -> None:
    """160×80 samples; the picture is as wide, or as high, as its pixels make it."""
    source = make_video(
        media_dir / f"aspect-{aspect.numerator}-{aspect.denominator}.mp4",
        frames=2,
        size=(160, 80),
        pixel_aspect=aspect,
    )
    clip = {"type": "video", "src": str(source), "fit": "contain"}
    picture = _pictures(clip, tmp_path, width=320, height=320, background="#00ff00")[0]
    covered = np.abs(picture - (0, 255, 0)).max(axis=2) > 128
    width, height = covered.any(axis=0).sum(), covered.any(axis=1).sum()
    scale = min(320 / shape[0], 320 / shape[1])
    assert (width, height) == pytest.approx((shape[0] * scale, shape[1] * scale), abs=3)


@pytest.mark.parametrize("field", ["tff", "bff"])
@pytest.mark.parametrize("codec", ["libx264", "mpeg2video"])
def test_interlaced_films_give_one_picture_a_frame(
    codec: str, field: str, media_dir: Path, tmp_path: Path
) -> None:
    """Of each frame the field that comes first in time."""
    suffix = ".mp4" if codec == "libx264" else ".ts"
    source = make_video(
        media_dir / f"fields-{codec}-{field}{suffix}",
        codec=codec,
        frames=12,
        field=field,
        size=(320, 192),
    )
    clip = {"type": "video", "src": str(source), "duration": "10f"}
    pictures = _pictures(clip, tmp_path, width=320, height=192)
    assert _indices(pictures) == list(range(0, 20, 2))
    last_bit = pictures[3][4:12, 320 * 61 // 64 : 320 * 63 // 64].mean(axis=(1, 2))
    assert np.abs(np.diff(last_bit)).max() < 30


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p"])
def test_odd_sizes_keep_their_colours(pixel_format: str, media_dir: Path, tmp_path: Path) -> None:
    source = make_video(
        media_dir / f"odd-{pixel_format}.mkv",
        codec="ffv1",
        pixel_format=pixel_format,
        frames=3,
        size=(319, 179),
    )
    pictures = _pictures({"type": "video", "src": str(source)}, tmp_path)
    assert _indices(pictures) == [0, 1, 2]
    assert patch_error(pictures[0]) <= PATCH


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.webm", "libvpx"),
        ("a.webm", "libvpx-vp9"),
        ("a.mkv", "libx265"),
        ("a.mp4", "mpeg4"),
        ("a.mov", "prores_ks"),
        ("a.avi", "mjpeg"),
        ("a.ts", "mpeg2video"),
        ("a.mkv", "libsvtav1"),
    ],
)
def test_codecs_show_every_frame_in_its_colours(
    name: str, codec: str, media_dir: Path, tmp_path: Path
) -> None:
    """VP8 and Motion JPEG cannot say what their colours mean: few lines, so BT.601."""
    forms = {"prores_ks": "yuv422p10le", "mjpeg": "yuvj422p"}
    silent = codec in ("libvpx", "mjpeg")
    source = make_video(
        media_dir / f"{codec}-{name}",
        codec=codec,
        pixel_format=forms.get(codec, "yuv420p"),
        color=BT601 if silent else BT709,
        tagged=not silent,
        frames=8,
        options={"preset": "12", "crf": "10"} if codec == "libsvtav1" else {},
    )
    pictures = _pictures({"type": "video", "src": str(source)}, tmp_path)
    assert _indices(pictures) == list(range(8))
    assert patch_error(pictures[0]) <= 2 * PATCH


@pytest.mark.parametrize("suffix", [".ts", ".mkv", ".mp4"])
def test_films_that_start_late_begin_with_their_first_frame_and_its_sound(
    suffix: str, media_dir: Path, tmp_path: Path
) -> None:
    """Three seconds late; the sound begins half a second before the picture and is cut there."""
    sound = Sound(tone(2.0, lambda k: 500 + 50 * k), start=Fraction(5, 2))
    source = make_video(
        media_dir / f"late{suffix}", frames=25, size=(160, 90), first_pts=75, sound=sound
    )
    output = tmp_path / "out.mp4"
    exported(data([{"type": "video", "src": str(source)}], width=160, height=90), output)
    assert [counter[1] for counter in read_counters(output) if counter] == list(range(25))
    samples, rate = heard(output)
    found = [(pitch_at(samples, rate, k / 10 + 0.05) - 500) / 50 for k in range(10)]
    assert found == pytest.approx(range(5, 15), abs=0.15)


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp"])
def test_animated_pictures_show_their_frames_and_their_transparency(
    suffix: str, tmp_path: Path
) -> None:
    """A tenth of a second each, at 20 frames a second, over white."""
    drawn = [with_alpha(draw(3, number), (255, 255, 0)) for number in range(4)]
    frames = [Image.fromarray(np.rint(picture).astype(np.uint8)) for picture in drawn]
    keys: dict[str, Any] = {"lossless": True} if suffix == ".webp" else {}
    if suffix == ".gif":
        keys["disposal"] = 2
    path = tmp_path / f"animation{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100, loop=0, **keys)
    clip = {"type": "image", "src": path.name, "duration": "12f"}
    pictures = _pictures(clip, tmp_path, fps=20, background="#ffffff")
    assert _indices(pictures) == [0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1]
    assert pictures[4][60:120, 225:310].mean() == pytest.approx(255, abs=2)


def test_numbered_files_are_a_film_of_the_rate_they_are_given(tmp_path: Path) -> None:
    for number in range(5):
        pixels = np.rint(draw(9, number)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"shot_{number + 7:04d}.png")
    clip = {"type": "image", "src": "shot_%04d.png", "fps": 10, "duration": "1"}
    pictures = _pictures(clip, tmp_path, fps=20)
    assert _indices(pictures)[:10] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert patch_error(pictures[0]) <= PATCH


def test_a_cover_picture_is_not_taken_for_the_film(tmp_path: Path) -> None:
    """FLAC with a front cover: an audio clip plays it, a video clip is refused."""
    Image.new("RGB", (16, 16), "red").save(tmp_path / "cover.png")
    path = tmp_path / "song.mka"
    with av.open(str(path), "w", format="matroska") as output:
        stream = output.add_stream("flac", rate=48_000, layout="mono")
        samples = np.round(tone(1.0, lambda _: 700) * 32767).astype(np.int16).T
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
        output.add_attachment("cover.png", "image/png", (tmp_path / "cover.png").read_bytes())
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    exported(data([{"type": "audio", "src": "song.mka"}], output={}), tmp_path / "out.wav")
    sound, rate = heard(tmp_path / "out.wav")
    assert pitch_at(sound, rate, 0.5, 0.2) == pytest.approx(700, abs=3)
    with pytest.raises(UnsupportedMedia, match="there is no picture in this file"):
        exported(data([{"type": "video", "src": "song.mka"}]), tmp_path / "out.mp4")


def test_damage_is_passed_over_and_told(media_dir: Path, tmp_path: Path) -> None:
    source = tmp_path / "damaged.ts"
    whole = make_video(media_dir / "whole.ts", frames=50, size=(160, 90), gop=5).read_bytes()
    packets = [bytearray(whole[at : at + 188]) for at in range(0, len(whole), 188)]
    for packet in packets[len(packets) // 3 : len(packets) // 3 + 3]:
        packet[20:180] = bytes(160)
    source.write_bytes(b"".join(packets))
    output = tmp_path / "out.mp4"
    report = exported(data([{"type": "video", "src": "damaged.ts"}], width=160, height=90), output)
    found = [counter[1] if counter else None for counter in read_counters(output)]
    in_place = sum(index == number for number, index in enumerate(found))
    assert len(found) == 50
    assert in_place >= 40
    assert "concealed" in "".join(report.warnings)
