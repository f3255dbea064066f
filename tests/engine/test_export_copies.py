"""Untouched spans are copied: bit for bit where they are, right in every frame elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from av.packet import Packet

from gpu_export.engine import segmented
from gpu_export.engine.cutting import foreseen
from gpu_export.engine.export import export
from gpu_export.engine.load import load_data
from gpu_export.engine.manifest import scratch_manifest
from gpu_export.engine.plan import plan
from gpu_export.media import copying
from gpu_export.media.h264_headers import parameter_sets
from gpu_export.media.join_check import BadJoin
from tests.drawn import read_counter
from tests.encoding import decode_planes, demux_video
from tests.engine.exporting import CPU, data, exported
from tests.synth import Sound, clicks, make_video

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.report import ExportReport

GROUP = 25


@pytest.fixture
def source(media_dir: Path) -> Path:
    """Eight seconds in closed groups of one second, with B-frames and clicks."""
    sound = Sound(clicks(8.0, [2.0, 5.0], channels=2))
    options = {"x264-params": "open-gop=0:scenecut=0:keyint=25:min-keyint=25"}
    return make_video(
        media_dir / "copied.mp4", frames=200, gop=GROUP, b_frames=2, sound=sound, options=options
    )


def a_cut(source: Path, *pieces: tuple[str, str], **keys: Any) -> dict[str, Any]:
    """A track of pieces of one source, without a word on how to encode."""
    clips = [{"type": "video", "src": str(source), "in": a, "out": b} for a, b in pieces]
    return data(clips, **{"output": {}, **keys})


def run(project: dict[str, Any], output: Path, options: ExportOptions = CPU) -> ExportReport:
    return exported(project, output, options)


def counters(path: Path) -> list[int]:
    found = [read_counter(planes[0]) for planes in decode_planes(path)]
    return [counter[1] for counter in found if counter is not None]


def test_whole_groups_are_copied_bit_for_bit(source: Path, tmp_path: Path) -> None:
    report = run(a_cut(source, ("25f", "150f")), tmp_path / "out.mp4")
    assert (report.frames_copied, report.frames_rendered, report.warnings) == (125, 0, ())
    assert demux_video(tmp_path / "out.mp4").packets == demux_video(source).packets[25:150]
    ours, theirs = decode_planes(tmp_path / "out.mp4"), decode_planes(source)[25:150]
    assert all(
        np.array_equal(one, other)
        for mine, other_frame in zip(ours, theirs, strict=True)
        for one, other in zip(mine, other_frame, strict=True)
    )


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_cuts_anywhere_show_every_frame_and_copy_what_lies_between(
    source: Path, tmp_path: Path, suffix: str
) -> None:
    output = tmp_path / f"out{suffix}"
    report = run(a_cut(source, ("13f", "110f"), ("120f", "190f")), output)
    assert report.frames_copied == (100 - 25) + (175 - 125)
    assert report.frames_rendered + report.frames_passed_through == 97 + 70 - 125
    assert counters(output) == [*range(13, 110), *range(120, 190)]
    track = demux_video(output)
    assert [round(float(time * 25), 1) for time in track.times] == list(range(167))


def test_touched_spans_are_rendered(source: Path, tmp_path: Path) -> None:
    project = a_cut(source, ("0f", "200f"))
    badge = {"type": "solid", "color": "red", "width": 40, "height": 40, "start": "60f"}
    project["tracks"].append({"clips": [{**badge, "duration": "10f"}]})
    report = run(project, tmp_path / "out.mp4")
    assert report.frames_copied == 175
    assert report.frames_rendered == 10
    planes = decode_planes(tmp_path / "out.mp4")
    assert [bool(abs(int(frame[0][90, 160]) - 63) <= 3) for frame in planes[58:72]] == [
        *[False] * 2,
        *[True] * 10,
        *[False] * 2,
    ]


@pytest.mark.parametrize(
    "keys",
    [
        {"output": {"preset": "ultrafast"}},
        {"output": {"bitrate": "1M"}},
        {"output": {"profile": "high"}},
        {"output": {"encoderOptions": {"ref": 2}}},
        {"output": {"codec": "hevc"}},
        {"width": 160, "height": 90},
        {"fps": 30},
    ],
    ids=str,
)
def test_nothing_is_copied_where_encoding_was_asked_for_or_pictures_change(
    source: Path, tmp_path: Path, keys: dict[str, Any]
) -> None:
    report = run(a_cut(source, ("0f", "50f"), **keys), tmp_path / "out.mp4")
    assert report.frames_copied == 0


def told(report: ExportReport) -> list[tuple[int, int, str, str]]:
    return [(span.start, span.end, span.made, span.reason) for span in report.spans]


def test_the_report_says_of_every_frame_what_became_of_it_and_why(
    source: Path, tmp_path: Path
) -> None:
    project = a_cut(source, ("13f", "110f"), ("120f", "190f"))
    project["tracks"][0]["clips"][1]["name"] = "end"
    badge = {"type": "solid", "color": "red", "width": 40, "height": 40, "start": "60f"}
    project["tracks"].append({"clips": [{**badge, "duration": "10f"}]})
    report = run(project, tmp_path / "out.mp4")
    over = "other clips are shown with it"
    cut = "its group of pictures, from one IDR picture to the next, is not shown whole"
    assert told(report) == [
        (0, 12, "rendered", cut),
        (12, 37, "copied", "nothing changes it"),
        (37, 60, "rendered", cut),
        (60, 70, "rendered", over),
        (70, 97, "rendered", cut),
        (97, 102, "rendered", cut),
        (102, 152, "copied", "nothing changes it"),
        (152, 167, "rendered", cut),
    ]
    assert [span.clip for span in report.spans][-2:] == ['/tracks/0/clips/1 "end"'] * 2
    copied = sum(span.end - span.start for span in report.spans if span.made == "copied")
    assert copied == report.frames_copied


@pytest.mark.parametrize(
    ("keys", "clip", "reason"),
    [
        ({"output": {"preset": "ultrafast"}}, {}, "says how to encode, with `preset`"),
        ({"output": {"encoderOptions": {"ref": 2}}}, {}, "with `encoderOptions`"),
        ({"output": {"codec": "hevc"}}, {}, "only packets of H.264"),
        ({"width": 160, "height": 90}, {}, "another size: 320×180, and the film has 160×90"),
        ({"fps": 30}, {}, "another rate than its own"),
        ({}, {"speed": 2}, "another rate than its own"),
        ({}, {"effects": [{"type": "sepia"}]}, "it has effects"),
        ({}, {"opacity": 0.5}, "it is not opaque"),
        ({}, {"x": "60%"}, "it is scaled or moved"),
        ({}, {"crop": {"left": 0.1}, "fit": "fill"}, "it is cropped"),
        ({}, {"radius": 9}, "its corners are round"),
        ({}, {"out": "20f"}, "its group of pictures, from one IDR"),
    ],
    ids=str,
)
def test_where_nothing_is_copied_the_reason_is_told_all_the_same(
    source: Path, tmp_path: Path, keys: dict[str, Any], clip: dict[str, Any], reason: str
) -> None:
    project = a_cut(source, ("0f", "50f"), **keys)
    project["tracks"][0]["clips"][0].update(clip)
    loaded = load_data(project, CPU, folder=tmp_path)
    (only,) = foreseen(plan(loaded, tmp_path / "out.mp4", CPU), CPU)
    assert only.made == "rendered"
    assert reason in only.reason


def test_several_files_in_one_pass_are_rendered_for_that_reason(
    source: Path, tmp_path: Path
) -> None:
    project = a_cut(source, ("25f", "75f"), output=[{"path": "a.mp4"}, {"path": "b.mp4"}])
    loaded = load_data(project, CPU, folder=tmp_path)
    expected = [(0, 50, "rendered", "several files are written in one pass")]
    spans = foreseen(plan(loaded, None, CPU), CPU)
    assert [(span.start, span.end, span.made, span.reason) for span in spans] == expected
    assert told(export(loaded, None, CPU)) == expected


def test_pictures_that_are_no_films_have_reasons_too(source: Path, tmp_path: Path) -> None:
    project = a_cut(source, ("0f", "50f"))
    project["tracks"][0]["clips"].append({"type": "solid", "color": "red", "duration": "5f"})
    report = run(project, tmp_path / "out.mp4")
    assert told(report)[1:] == [
        (50, 55, "rendered", "what is shown is drawn, or made of several pictures")
    ]
    alone = run(data([{"type": "solid", "color": "red", "duration": "5f"}]), tmp_path / "a.mp4")
    assert [reason for *_, reason in told(alone)] == [
        "the output says how to encode, with `preset`"
    ]


def test_copying_can_be_switched_off(source: Path, tmp_path: Path) -> None:
    options = replace(CPU, smart_copy=False)
    report = run(a_cut(source, ("25f", "75f")), tmp_path / "out.mp4", options)
    assert report.frames_copied == 0
    assert told(report) == [(0, 50, "rendered", "copying is switched off")]
    assert counters(tmp_path / "out.mp4") == [*range(25, 75)]


def test_open_groups_are_no_cut_points(media_dir: Path, tmp_path: Path) -> None:
    options = {"x264-params": "open-gop=1:scenecut=0:keyint=25:min-keyint=25:bframes=3"}
    path = make_video(media_dir / "open.mp4", frames=100, gop=GROUP, b_frames=3, options=options)
    report = run(a_cut(path, ("25f", "75f")), tmp_path / "out.mp4")
    assert report.frames_copied == 0
    assert "IDR" in report.spans[0].reason
    assert counters(tmp_path / "out.mp4") == [*range(25, 75)]


def test_a_source_that_changes_its_stream_header_is_not_copied(
    source: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.mp4"
    with av.open(str(source)) as read, av.open(str(changed), "w") as written:
        stream = read.streams.video[0]
        header = parameter_sets(bytes(stream.codec_context.extradata or b""))
        other = header.picture[0] + b"\x80"
        copied = written.add_stream_from_template(stream)
        for number, packet in enumerate(read.demux(stream)):
            if packet.dts is None:
                continue
            units = (len(other).to_bytes(4, "big") + other) if number == 50 else b""
            again: Packet[Any] = Packet(units + bytes(packet))
            again.pts, again.dts, again.time_base = packet.pts, packet.dts, packet.time_base
            again.is_keyframe, again.stream = packet.is_keyframe, copied
            written.mux(again)
    report = run(a_cut(changed, ("25f", "75f")), tmp_path / "out.mp4")
    assert report.frames_copied == 0


def test_a_join_that_does_not_decode_is_rendered_instead(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BadJoin("picture 3 cannot be decoded")

    monkeypatch.setattr(segmented, "check_copies", refuse)
    report = run(a_cut(source, ("25f", "75f")), tmp_path / "out.mp4")
    assert report.frames_copied == 0
    assert any("picture 3 cannot be decoded" in warning for warning in report.warnings)
    assert told(report) == [(0, 50, "rendered", "copies do not join: picture 3 cannot be decoded")]
    assert not scratch_manifest(tmp_path / "out.mp4").folder.exists()
    assert counters(tmp_path / "out.mp4") == [*range(25, 75)]


def test_a_wrong_copy_is_noticed(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = copying.copy_part

    def one_group_late(found: Any, groups: Any, place: Any, policy: Any) -> None:
        later = [replace(group, first=group.first + GROUP) for group in groups]
        honest(found, later, place, policy)

    monkeypatch.setattr("gpu_export.engine.segmented.copy_part", one_group_late)
    report = run(a_cut(source, ("25f", "75f")), tmp_path / "out.mp4")
    assert any("is not the source's" in warning for warning in report.warnings)
    assert counters(tmp_path / "out.mp4") == [*range(25, 75)]
