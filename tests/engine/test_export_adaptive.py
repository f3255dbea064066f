"""Adaptive rate control: each segment gets as much of the bitrate as its pictures need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from gpu_export.engine import segments
from gpu_export.engine.adaptive import shares
from gpu_export.media.complexity import ComplexityMeter
from tests.encoding import demux_video
from tests.engine.exporting import data, exported

if TYPE_CHECKING:
    from pathlib import Path


def test_shares_keep_the_bounds_and_the_average() -> None:
    found = shares([1.0, 10.0, 200.0, 5.0], [50, 50, 25, 75])

    assert min(found) == 0.5
    assert max(found) == 2.0
    assert np.average(found, weights=[50, 50, 25, 75]) == pytest.approx(1.0, abs=0.01)
    assert found[0] <= found[3] <= found[1] <= found[2]


def test_equal_segments_have_equal_shares() -> None:
    assert shares([7.0, 7.0], [10, 90]) == (1.0, 1.0)


def test_motion_and_detail_weigh(rng: np.random.Generator) -> None:
    noise = rng.integers(0, 256, (32, 32, 4), dtype=np.uint8)
    flat = np.full((32, 32, 4), 90, np.uint8)
    meter = ComplexityMeter()

    still_flat, first, still = meter.weigh(flat), meter.weigh(noise), meter.weigh(noise)
    moving = meter.weigh(noise[::-1])

    assert still_flat == 1.0
    assert still < first
    assert still < moving


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_hard_segments_get_more_of_the_bitrate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str
) -> None:
    monkeypatch.setattr(segments, "SHORTEST_S", 0.8)
    wanted = {"codec": codec, "preset": "veryfast", "keyframeInterval": "10f", "bitrate": 200_000}
    project = data([_noisy_half(tmp_path)], width=128, height=72, output=wanted)
    exported(project, tmp_path / "constant.mp4")
    adaptive = {**project, "output": {**wanted, "rateControl": "adaptive"}}

    report = exported(adaptive, tmp_path / "adaptive.mp4")

    assert (report.segments, report.frames) == (2, 40)
    sizes = {name: _halves(tmp_path / f"{name}.mp4") for name in ("constant", "adaptive")}
    assert sizes["adaptive"][1] > 1.2 * sizes["constant"][1]


def _halves(path: Path) -> tuple[int, int]:
    packets = demux_video(path).packets
    return sum(map(len, packets[:20])), sum(map(len, packets[20:]))


def _noisy_half(folder: Path) -> dict[str, Any]:
    """20 frames of one colour, then 20 of noise, as pictures of a sequence."""
    rng = np.random.default_rng(5)
    for index in range(40):
        pixels = np.full((72, 128, 3), 90, np.uint8)
        if index >= 20:
            pixels += rng.integers(0, 40, pixels.shape, dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"noise_{index:02d}.png")
    return {"type": "image", "src": str(folder / "noise_%02d.png"), "duration": "40f"}
