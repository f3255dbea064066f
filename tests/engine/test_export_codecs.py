"""Codecs and rate control from the project file to the finished file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from PIL import Image

from gpu_export.engine.load import load_data
from gpu_export.engine.plan import plan
from gpu_export.errors import ProjectError
from tests.encoding import decode_planes, demux_video
from tests.engine.exporting import CPU, data, exported

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = {
    "type": "solid",
    "color": "#ff0000",
    "width": 32,
    "height": 32,
    "duration": "8f",
    "x": 20,
    "y": 20,
    "keyframes": {"x": [{"time": 0, "value": 20}, {"time": "7f", "value": 90}]},
}


def small(output: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return data([SQUARE], width=128, height=72, output=output, **keys)


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.apng", "a.webm", "a.mov", "a.mkv"])
def test_a_clear_background_stays_clear(tmp_path: Path, name: str) -> None:
    codecs = {"a.mov": "prores", "a.mkv": "ffv1"}
    output = {"codec": codecs[name]} if name in codecs else {}
    report = exported(small(output, background="transparent"), tmp_path / name)

    assert report.frames == 8
    first = _first_picture(tmp_path / name)
    assert first[60, 120, 3] == 0
    assert first[20, 20, 3] == 255
    assert np.abs(first[20, 20, :3].astype(int) - (255, 0, 0)).max() <= 6
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def _first_picture(path: Path) -> Any:
    if path.suffix in (".gif", ".webp", ".apng"):
        with Image.open(path) as image:
            return np.asarray(image.convert("RGBA"))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context: Any = stream.codec_context
        if path.suffix == ".webm":
            context = av.CodecContext.create("libvpx-vp9", "r")
        for packet in container.demux(stream):
            for frame in context.decode(packet):
                return frame.to_ndarray(format="rgba")
    raise AssertionError("no picture")


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_two_passes_spend_the_bitrate_where_it_is_needed(tmp_path: Path, codec: str) -> None:
    noise = _noisy_half(tmp_path)
    wanted = {"codec": codec, "bitrate": 200_000, "preset": "veryfast", "keyframeInterval": "10f"}
    one = data([noise], width=128, height=72, output=wanted)
    two = {**one, "output": {**wanted, "passes": 2}}
    exported(one, tmp_path / "one.mp4")
    report = exported(two, tmp_path / "two.mp4")

    asked = 200_000 / 8 * 40 / 25
    sizes = [sum(map(len, demux_video(tmp_path / name).packets)) for name in ("one.mp4", "two.mp4")]
    assert report.frames == 40
    assert abs(sizes[1] - asked) < abs(sizes[0] - asked) or abs(sizes[1] / asked - 1) < 0.1
    assert len(decode_planes(tmp_path / "two.mp4")) == 40


def _noisy_half(folder: Path) -> dict[str, Any]:
    """20 frames of one colour, then 20 of noise, as pictures of a sequence."""
    rng = np.random.default_rng(5)
    for index in range(40):
        pixels = np.full((72, 128, 3), 90, np.uint8)
        if index >= 20:
            pixels += rng.integers(0, 40, pixels.shape, dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"noise_{index:02d}.png")
    return {"type": "image", "src": str(folder / "noise_%02d.png"), "duration": "40f"}


def test_a_gif_of_sixty_pictures_a_second_comes_with_a_warning(tmp_path: Path) -> None:
    loaded = load_data(small({}, fps=60), CPU, folder=tmp_path)

    planned = plan(loaded, tmp_path / "a.gif", CPU)[0]

    assert "50 is the most they show" in " ".join(planned.warnings)


@pytest.mark.parametrize(
    ("output", "pointer", "words"),
    [
        ({"passes": 2}, "/output/passes", "Add a bitrate"),
        ({"codec": "vp9", "bitrate": "1M", "passes": 2}, "/output/passes", "h264, hevc"),
        ({"rateControl": "adaptive", "passes": 2}, "/output/passes", "one of the two"),
        ({"rateControl": "adaptive", "codec": "av1"}, "/output/rateControl", "h264, hevc, vp9"),
        ({"rateControl": "quality", "bitrate": "1M"}, "/output/bitrate", "one of the two"),
        ({"codec": "av1", "preset": "medium"}, "/output/preset", "13"),
    ],
)
def test_what_excludes_each_other_is_refused_with_what_goes(
    tmp_path: Path, output: dict[str, Any], pointer: str, words: str
) -> None:
    with pytest.raises(ProjectError) as caught:
        exported(small(output), tmp_path / "a.mkv")
    problem = caught.value.problems[0]
    assert problem.pointer == pointer
    assert words in problem.expected
    assert list(tmp_path.iterdir()) == []


def test_a_bitrate_that_is_not_given_follows_size_and_rate(tmp_path: Path) -> None:
    loaded = load_data(small({"rateControl": "bitrate"}), CPU, folder=tmp_path)

    video = plan(loaded, tmp_path / "a.mp4", CPU)[0].spec.video

    assert video is not None
    assert video.bitrate == 128 * 72 * 25 // 10
