"""The memory budget: what is left, what fits, and what is dropped in time."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.core.color import BT709
from gpu_export.engine import memory, room
from gpu_export.engine.memory import CHECK_EVERY, Budget, MemoryMonitor, plan_budget
from gpu_export.errors import DeviceError, OptionError
from gpu_export.media.codecs import encoder_options
from gpu_export.media.output_spec import VideoSpec
from gpu_export.render.frames import Layout
from tests.engine.exporting import CPU, data, exported

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30
HD = VideoSpec("h264", "libx264", Layout.I420, 1920, 1080, Fraction(30), BT709, quality=75)
UHD = replace(HD, width=3840, height=2160)


@pytest.mark.parametrize(
    ("limit", "encoders", "buffers"),
    [(1 * GIB, 1, 64 << 20), (3 * GIB, 2, 256 << 20), (8 * GIB, 4, 512 << 20)],
)
def test_tiers_follow_the_limit(limit: int, encoders: int, buffers: int) -> None:
    budget = plan_budget(limit)
    assert (budget.limit, budget.encoders, budget.buffers) == (limit, encoders, buffers)


def test_without_a_word_four_fifths_of_what_is_left_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "room_here", lambda: 2 * GIB)
    assert plan_budget(None).limit == int(1.6 * GIB)
    monkeypatch.setattr(memory, "room_here", lambda: 100 * GIB)
    assert plan_budget(None).limit == 8 * GIB


def _groups_at(monkeypatch: pytest.MonkeyPatch, root: Path, lines: str) -> None:
    listing = root / "cgroup"
    listing.write_text(lines)
    monkeypatch.setattr(room, "_CGROUPS", root)
    monkeypatch.setattr(room, "_OWN_GROUPS", listing)
    monkeypatch.setattr(room, "resident_bytes", lambda: 50)


def test_a_control_group_above_this_process_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _groups_at(monkeypatch, tmp_path, "0::/jobs/one\n")
    (tmp_path / "jobs/one").mkdir(parents=True)
    (tmp_path / "jobs/memory.max").write_text("300000\n")
    (tmp_path / "jobs/memory.current").write_text("100000\n")
    (tmp_path / "jobs/one/memory.max").write_text("max\n")
    (tmp_path / "jobs/one/memory.current").write_text("5\n")
    assert room.room_here() == 200_050


def test_control_groups_of_version_1_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _groups_at(monkeypatch, tmp_path, "5:cpu:/\n9:memory:/box\n")
    (tmp_path / "memory/box").mkdir(parents=True)
    (tmp_path / "memory/box/memory.limit_in_bytes").write_text("5000")
    (tmp_path / "memory/box/memory.usage_in_bytes").write_text("4000")
    assert room.room_here() == 1050


def test_pages_of_files_that_would_be_dropped_count_as_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _groups_at(monkeypatch, tmp_path, "0::/\n")
    (tmp_path / "memory.max").write_text("1000")
    (tmp_path / "memory.current").write_text("990")
    (tmp_path / "memory.stat").write_text("anon 190\ninactive_file 500\nactive_file 300\n")
    assert room.room_here() == 1000 - (190 - 50)


def test_nothing_that_was_asked_for_goes_beyond_a_control_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _groups_at(monkeypatch, tmp_path, "0::/\n")
    (tmp_path / "memory.max").write_text(str(GIB))
    (tmp_path / "memory.current").write_text("20")
    budget = plan_budget(4 * GIB)
    assert budget.limit == GIB
    assert "4096 MiB was asked for" in budget.warnings[0]
    assert plan_budget(GIB).warnings == ()


def test_what_could_only_be_killed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "resident_bytes", lambda: 100 << 20)
    plan_budget(GIB).require_room(UHD)
    with pytest.raises(OptionError, match="at least 219 MiB of memory, and 200 MiB are allowed"):
        plan_budget(200 << 20).require_room(UHD)
    monkeypatch.setattr(memory, "room_here", lambda: 200 << 20)
    with pytest.raises(DeviceError, match="160 MiB are left for it here"):
        plan_budget(None).require_room(UHD)


def test_an_encoder_that_fits_is_left_alone() -> None:
    assert plan_budget(8 * GIB).fit(HD) == HD
    assert plan_budget(8 * GIB).fit(UHD) == UHD


def test_an_encoder_that_would_not_fit_looks_less_far_ahead() -> None:
    spec = plan_budget(GIB).fit(UHD)
    assert (spec.lookahead, spec.threads) == (5, 1)
    params = encoder_options(spec)["x264-params"]
    assert ":rc-lookahead=5:sync-lookahead=0:bframes=1:ref=1" in params
    assert plan_budget(GIB).fit(HD) == HD


def test_the_fit_does_not_depend_on_how_many_workers_there_are() -> None:
    budget = Budget(2 * GIB, 0, 2, 2)
    assert budget.fit(UHD) == Budget(GIB, 0, 1, 2).fit(UHD)


class _Process:
    """A process that holds what the test says, and so do those it started."""

    def __init__(self, rss: int = 0, children: tuple[_Process, ...] = ()) -> None:
        self.rss = rss
        self._children = children

    def memory_info(self) -> Any:
        return self

    def children(self, *, recursive: bool) -> tuple[_Process, ...]:
        assert recursive
        return self._children


def _after_readings(
    monkeypatch: pytest.MonkeyPatch, readings: list[int], process: _Process
) -> tuple[MemoryMonitor, list[str]]:
    """A monitor with a limit of 1000 MiB after such readings, and what it did at which."""
    done: list[str] = []
    monkeypatch.setattr("psutil.Process", lambda: process)

    def note(what: str) -> None:
        done.append(f"{what} {process.rss >> 20}")

    monitor = MemoryMonitor(1000 << 20, lambda: note("trim"), lambda: note("drop"))
    for reading in readings:
        process.rss = reading << 20
        for _ in range(CHECK_EVERY):
            monitor.frame()
    return monitor, done


def test_caches_shrink_and_then_go_before_the_limit_is_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monitor, done = _after_readings(monkeypatch, [500, 840, 860, 990], _Process())
    assert done == ["trim 860", "drop 990"]
    assert monitor.status == (
        "memory came close to its limit of 1000 MiB: caches were made smaller once, "
        "all that could be made again was dropped once"
    )


def test_where_there_is_plenty_nothing_is_dropped_or_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monitor, done = _after_readings(monkeypatch, [500, 840], _Process())
    assert (monitor.status, done) == ("", [])


def test_processes_that_were_started_count(monkeypatch: pytest.MonkeyPatch) -> None:
    shaders = _Process(300 << 20)
    _, done = _after_readings(monkeypatch, [500, 600], _Process(children=(shaders,)))
    assert done == ["trim 600"]


@pytest.mark.parametrize("jobs", [None, 2])
def test_the_report_tells_when_memory_was_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int | None
) -> None:
    monkeypatch.setattr(memory, "EMERGENCY_ABOVE", 0.0)
    monkeypatch.setattr(memory, "TRIM_ABOVE", 0.0)
    red = {"type": "solid", "color": "red", "duration": f"{2 * CHECK_EVERY}f"}
    options = replace(CPU, jobs=jobs, memory_limit=GIB)
    report = exported(data([red]), tmp_path / "out.mp4", options)
    assert report.frames == 2 * CHECK_EVERY
    assert any("all that could be made again was dropped" in text for text in report.warnings)


def test_more_workers_than_memory_are_told(tmp_path: Path) -> None:
    red = {"type": "solid", "color": "red", "duration": "30f"}
    quick = {"preset": "ultrafast", "keyframeInterval": "10f"}
    options = replace(CPU, jobs=3, memory_limit=GIB, cache=tmp_path / "cache")
    report = exported(data([red], output=quick), tmp_path / "out.mp4", options)
    assert report.workers == 1
    assert report.memory_limit_bytes == GIB
    assert report.peak_memory_bytes > 0
    assert any("memory is for 1" in warning for warning in report.warnings)
