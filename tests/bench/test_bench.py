"""The benchmark: its exports run, and its words follow from its figures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from gpu_export.bench import suite as suites
from gpu_export.bench.chart import svg
from gpu_export.bench.jobs import SIZES, Size, Workshop
from gpu_export.bench.runs import BenchFailed, Figures, killed_at, measured
from gpu_export.bench.suite import Row, Suite, machine
from gpu_export.bench.words import heading, line, verdict
from gpu_export.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

TINY = Size("tiny", 64, 36, 0.4, 0.2)
MIB = 1 << 20


def figures(wall_s: float, frames: int = 250, peak: int = 300 * MIB, **counts: int) -> Figures:
    known = {"workers": 1, "frames_resumed": 0, "frames_copied": 0} | counts
    return Figures(wall_s, wall_s, peak, frames, {"decode": 1.5}, "cpu", known)


def test_an_export_is_watched_from_outside(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    project = workshop.cut_on_keyframes(TINY)
    taken = measured([str(project), "-o", str(tmp_path / "out.mp4"), "--compositor", "cpu"])
    assert taken.frames == 10
    assert taken.wall_s > 0
    assert 30 * MIB < taken.peak_bytes < 2000 * MIB
    assert taken.compositor.startswith("cpu")
    assert taken.fps == pytest.approx(10 / taken.wall_s)
    media = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*s.mp4")}
    assert list(media) == ["bigbuckbunny-tiny-4.4s.mp4"]
    workshop.cut_anywhere(TINY)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*s.mp4")} == media


def test_an_export_that_fails_has_no_figures_but_a_reason(tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    with pytest.raises(BenchFailed, match="missing"):
        measured([str(missing), "-o", str(tmp_path / "out.mp4")])
    with pytest.raises(BenchFailed, match="ended before"):
        killed_at(0.5, [str(missing), "-o", str(tmp_path / "out.mp4")])


class _Fake(Suite):
    """Takes figures from a list instead of exporting."""

    def __init__(self, workshop: Workshop, taken: list[Figures]) -> None:
        super().__init__(workshop)
        self._taken = taken

    def _export(self, project: Path, *options: str) -> Figures:
        assert project.exists()
        if "gl" in options:
            raise BenchFailed("no GL here")
        return self._taken.pop(0)


def test_every_way_has_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_export.bench.jobs.run", lambda _: None)
    monkeypatch.setattr(suites, "killed_at", lambda *_: 0.9)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    taken = [
        figures(10.0),
        figures(5.0, workers=2),
        figures(2.0, frames_resumed=200),
        figures(12.0),
        figures(3.0, frames_copied=180),
        figures(0.5, frames_copied=250),
    ]
    rows = list(_Fake(Workshop(tmp_path), taken).rows(SIZES[0]))
    ways = ["cpu", "gl", "2 workers", "resumed", "re-encoded"]
    ways += ["cut anywhere", "on keyframes"]
    assert [row.way for row in rows] == ways
    assert rows[1].figures is None
    assert rows[1].note == "no GL here"
    assert verdict(rows) == (
        "720p: fastest on 2 workers, 2.00× realtime; 2 workers 2.00× as fast as cpu; "
        "smart copy, cut anywhere: 4.0× as fast as re-encoding; "
        "smart copy, on keyframes: 24.0× as fast as re-encoding; "
        "going on after a kill takes 20% of the whole"
    )


def test_what_did_not_happen_is_not_praised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_export.bench.jobs.run", lambda _: None)
    monkeypatch.setattr(suites, "killed_at", lambda *_: 0.9)
    rows = list(_Fake(Workshop(tmp_path), [figures(10.0) for _ in range(6)]).rows(SIZES[0]))
    said = verdict(rows)
    assert "as fast as" not in said
    assert "cut anywhere: nothing was copied" in said
    assert [bool(row.note) for row in rows] == [False, True, True, True, False, True, True]


@pytest.mark.parametrize(("peak", "word"), [(900, "held"), (1100, "exceeded")])
def test_the_slideshow_says_whether_the_limit_was_held(
    peak: int, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workshop, "_stills", lambda _: [tmp_path / "still.jpg"] * 30)
    monkeypatch.setattr("gpu_export.bench.jobs.run", lambda _: None)
    fake = _Fake(Workshop(tmp_path), [figures(10.0, peak=peak * MIB)])
    row, gl = fake.memory(SIZES[2])
    assert (row.way, gl.way, gl.note) == ("cpu, 1G", "gl, 1G", "no GL here")
    assert row.note == f"the limit was {word}"
    assert f"{peak} " in line(row)
    tracks = json.loads((tmp_path / "slideshow-4k.json").read_text())["tracks"]
    kinds = [clip["type"] for clip in tracks[0]["clips"]]
    assert (kinds.count("video"), kinds.count("image"), len(tracks[1]["clips"])) == (10, 30, 10)


def test_lines_stand_under_their_heading() -> None:
    shown = line(Row("720p", "edit", "cpu", figures(10.0)))
    assert len(shown) == len(heading())
    assert " ".join(shown.split()) == "720p edit cpu 10.00 25.0 10.00 300 – 1.50 – –"
    assert line(Row("4k", "edit", "gl", None, "no GL")).endswith("not measured: no GL")


def test_the_chart_has_a_bar_for_every_figure() -> None:
    rows = [
        Row("720p", "edit", "cpu", figures(10.0)),
        Row("720p", "edit", "gl", None, "no GL"),
        Row("720p", "trim", "a < b", figures(5.0)),
    ]
    root = ElementTree.fromstring(svg(rows))
    bars = [bar for bar in root.findall("{*}rect") if bar.get("x")]
    assert [float(bar.get("width", "")) for bar in bars] == [240.0, 480.0]
    assert "720p trim, a < b" in [text.text for text in root.findall("{*}text")]
    assert svg([]).startswith("<svg")


def test_figures_are_plain_data() -> None:
    row = Row("720p", "edit", "cpu", figures(10.0))
    plain = json.loads(json.dumps({"machine": machine(), "rows": [row.to_dict()]}))
    assert plain["rows"][0]["figures"]["fps"] == 25.0
    assert plain["machine"]["cores"] > 0


def test_an_unknown_size_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "--size", "8k"]) == 2
    assert "Choose from 720p, 1080p, 4k" in capsys.readouterr().err


def test_the_command_tells_figures_and_draws_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = Row("720p", "edit", "cpu", figures(10.0))
    monkeypatch.setattr(Suite, "rows", lambda *_: [row])
    monkeypatch.setattr(Suite, "memory", lambda *_: [])
    plot = tmp_path / "bars.svg"
    folder = ["--folder", str(tmp_path / "media")]
    assert main(["bench", "--quick", "--size", "720p", "--plot", str(plot), *folder]) == 0
    assert "fastest on cpu, 1.00× realtime" in capsys.readouterr().out
    assert plot.read_text().count("<rect") == 2
    assert main(["bench", "--size", "720p", "--json", *folder]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [row.to_dict()]
