"""`python -m benchmarks peers [JOB …] [--rounds N] [--only NAME …] [--fresh]`.

Every program does a job once before anything counts: that run's pictures and x264 settings are
compared with ours, and it warms all caches. Then they run in turn until each has its rounds.
Every run is written down at once; a later call goes on where an earlier one ended, and with no
rounds left to run only prints.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from benchmarks.bitstream import x264_settings, x264_settings_difference
from benchmarks.peers import ffmpeg, floor, ges, mlt, ours, scripted
from benchmarks.peers.chart import svg
from benchmarks.peers.jobs import JOBS, Copy
from benchmarks.peers.measure import CommandFailed, adopt_orphans, measure
from benchmarks.peers.results import Results
from benchmarks.peers.same import likeness
from benchmarks.peers.table import promises, table
from benchmarks.peers.tools import FOLDER, CannotSay

if TYPE_CHECKING:
    from benchmarks.peers.jobs import Job
    from benchmarks.peers.tools import Tool

TOOLS = (
    ours.CPU,
    ours.GL,
    floor.FLOOR,
    ffmpeg.FFMPEG,
    mlt.BILINEAR,
    mlt.BICUBIC,
    scripted.MOVIEPY,
    scripted.MOVIELITE,
    ges.GES,
)


def main(arguments: list[str]) -> None:
    """Measures what the arguments name, prints tables and writes results and a chart."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks peers", description=__doc__)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"all of: {', '.join(JOBS)}")
    parser.add_argument("--rounds", type=int, default=3, help="until every program has so many")
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME", help="programs so named")
    parser.add_argument("--fresh", action="store_true", help="forget earlier runs of these jobs")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.jobs if name not in JOBS]
    if unknown:
        parser.error(f"no job {unknown[0]!r}; there are {', '.join(JOBS)}")
    adopt_orphans()
    for name in asked.jobs or JOBS:
        results = Results(FOLDER / f"{name}.json")
        if asked.fresh:
            results.forget()
        Comparison(JOBS[name](), results, _chosen(asked.only)).run(asked.rounds)
        print(f"\n# {name}, {asked.rounds} rounds\n\n{table(results)}\n\n{promises(name, results)}")
    measured = {name: Results(FOLDER / f"{name}.json") for name in JOBS}
    chart = FOLDER / "peers.svg"
    chart.write_text(svg(measured), encoding="utf-8")
    print(f"\nsingle runs: {FOLDER}/*.json, chart: {chart}")


def _chosen(names: list[str]) -> list[Tool]:
    """Ours on the CPU is always among them: the others' pictures are compared with its."""
    wanted = [name.lower() for name in names]
    return [
        tool
        for tool in TOOLS
        if tool is ours.CPU or any(name in tool.name.lower() for name in wanted)
    ]


class Comparison:
    """One job, done by some programs."""

    def __init__(self, job: Job, results: Results, tools: list[Tool]) -> None:
        self._job = job
        self._results = results
        self._tools = tools
        (FOLDER / job.name).mkdir(parents=True, exist_ok=True)

    def run(self, rounds: int) -> None:
        """Checks every program's output, then measures those that can do the job."""
        able = [tool for tool in self._tools if self._is_able(tool)]
        if ours.CPU not in able:
            return
        for number in range(rounds):
            for tool in able:
                if number not in self._results.entry(tool.name).runs:
                    self._measure(tool, number)

    def _is_able(self, tool: Tool) -> bool:
        """Does the job once where that was not done before; says what is in the way."""
        entry = self._results.entry(tool.name)
        try:
            entry.note = tool.missing() or ""
            if not entry.note and not (entry.runs or entry.likeness):
                self._try(tool)
        except (CannotSay, CommandFailed) as reason:
            entry.note = str(reason)
        self._results.save()
        print(f"{self._job.name}: {tool.name}: {entry.note or entry.likeness}", flush=True)
        return not entry.note

    def _try(self, tool: Tool) -> None:
        output, reference = tool.output(self._job), ours.CPU.output(self._job)
        output.unlink(missing_ok=True)
        measure(tool.command(self._job, output), output.with_suffix(".log"))
        if not reference.exists():
            raise CommandFailed("there is nothing of ours to compare its pictures with")
        entry = self._results.entry(tool.name)
        entry.likeness = likeness(reference, output).to_dict()
        entry.settings = self._settings(tool)

    def _settings(self, tool: Tool) -> str:
        if isinstance(self._job, Copy):
            return "copied"
        wanted = x264_settings(ours.CPU.output(self._job))
        found = x264_settings(tool.output(self._job))
        return x264_settings_difference(wanted, found) or "equal"

    def _measure(self, tool: Tool, number: int) -> None:
        output = tool.output(self._job)
        command = tool.command(self._job, output)
        run = measure(command, output.with_suffix(".log"))
        self._results.entry(tool.name).runs[number] = run
        self._results.save()
        print(
            f"{self._job.name}, round {number + 1}: {tool.name}: {run.wall_s:.2f} s, "
            f"CPU {run.cpu_s:.2f} s, {run.peak_bytes / 1e6:.0f} MB",
            flush=True,
        )
