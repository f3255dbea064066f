"""A device that fails in mid-export costs its work, not the film."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.engine import encoders, segments
from gpu_export.engine.options import ExportOptions
from gpu_export.errors import EncodeError
from gpu_export.machine import capabilities
from gpu_export.machine.verdict import Verdict
from gpu_export.media import codecs, encode, mux
from gpu_export.media.encode import VideoEncoder
from gpu_export.media.software_encoders import X264
from tests.encoding import demux_video
from tests.engine.exporting import data, exported

if TYPE_CHECKING:
    from pathlib import Path

FRAMES = 60
OPTIONS = ExportOptions(jobs=1)


@pytest.fixture(autouse=True)
def _devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices of every kind show, and NVENC's trial succeeds."""
    monkeypatch.setattr(segments, "SHORTEST_S", 0.8)
    monkeypatch.setattr(encoders, "shows_device_for", lambda name: name.endswith("_nvenc"))
    works = Verdict(works=True, reason="it encoded pictures")
    monkeypatch.setattr(capabilities, "verdict_on", lambda *_: works)


def project(**output: Any) -> dict[str, Any]:
    red = {"type": "solid", "color": "red", "duration": "30f"}
    blue = {"type": "solid", "color": "blue", "duration": "30f"}
    return data([red, blue], output={"keyframeInterval": "10f", "preset": "fast", **output})


def in_software(folder: Path) -> bytes:
    exported(project(hardware="off"), folder / "software.mp4", OPTIONS)
    return (folder / "software.mp4").read_bytes()


def _nvenc_works_here() -> bool:
    from pathlib import Path

    return any(Path("/dev").glob("nvidia[0-9]*"))


@pytest.mark.skipif(_nvenc_works_here(), reason="needs a machine without an NVIDIA device")
def test_an_encoder_that_cannot_open_after_all_gives_way_to_software(tmp_path: Path) -> None:
    report = exported(project(), tmp_path / "out.mp4", OPTIONS)

    assert report.encoder.used == "libx264"
    assert "h264_nvenc failed" in report.encoder.reason
    assert report.encoder.reason in report.warnings
    assert (tmp_path / "out.mp4").read_bytes() == in_software(tmp_path)


@pytest.mark.skipif(_nvenc_works_here(), reason="needs a machine without an NVIDIA device")
def test_a_required_encoder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(EncodeError, match="h264_"):
        exported(project(hardware="required"), tmp_path / "out.mp4", OPTIONS)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """x264 in the place of NVENC; it fails at the pictures that a test enters, counted over all."""
    row = replace(X264, name="h264_nvenc", is_hardware=True, same_headers=False)
    monkeypatch.setitem(codecs.VIDEO_CODECS, "h264", (X264, row))
    failing: list[int] = []
    seen: list[int] = []
    create, take = encode.own_context, VideoEncoder.encode
    add = mux.Muxer.add_video

    def encode_or_fail(self: VideoEncoder, picture: Any) -> Any:
        if self._name == "h264_nvenc":
            seen.append(1)
            if len(seen) in failing:
                raise EncodeError("generic error in an external library", codec=self._name, frame=3)
        return take(self, picture)

    def real(spec: Any) -> Any:
        return replace(spec, encoder="libx264") if spec.encoder == "h264_nvenc" else spec

    monkeypatch.setattr("gpu_export.media.piece_writer.own_context", lambda s: create(real(s)))
    monkeypatch.setattr(mux.Muxer, "add_video", lambda self, spec: add(self, real(spec)))
    monkeypatch.setattr(VideoEncoder, "encode", encode_or_fail)
    return failing


def test_a_device_that_stumbles_once_costs_its_segment_only(
    tmp_path: Path, device: list[int]
) -> None:
    device.append(31)

    report = exported(project(), tmp_path / "out.mp4", OPTIONS)

    assert report.encoder.used == "h264_nvenc"
    assert "its segment was rendered again" in " ".join(report.warnings)
    assert len(demux_video(tmp_path / "out.mp4").times) == FRAMES


def test_a_device_that_dies_twice_leaves_a_film_of_one_encoder(
    tmp_path: Path, device: list[int]
) -> None:
    device.extend([31, 34])

    report = exported(project(), tmp_path / "out.mp4", OPTIONS)

    assert report.encoder.used == "libx264"
    assert "h264_nvenc failed at frame 3" in report.encoder.reason
    assert (tmp_path / "out.mp4").read_bytes() == in_software(tmp_path)
