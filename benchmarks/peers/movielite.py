"""The jobs as a movielite script, in an environment of its own: it wants another OpenCV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers.jobs import Copy
from benchmarks.peers.tools import (
    CannotSay,
    Command,
    Tool,
    in_own_environment,
    own_environment,
    written_job,
)

if TYPE_CHECKING:
    from benchmarks.peers.jobs import Job

_SCRIPT = Path(__file__).parent / "scripts" / "movielite_jobs.py"


def _command(job: Job, output: Path) -> Command:
    if isinstance(job, Copy):
        raise CannotSay("movielite always encodes")
    options = job.encoding.ffmpeg_words()
    script = [str(own_environment("movielite")), str(_SCRIPT), str(written_job(job)), str(output)]
    return Command([*script, *options])


MOVIELITE = Tool("movielite", in_own_environment("movielite"), _command)
