"""The jobs as scripts for packages that live in environments of their own.

MoviePy wants an older Pillow than ours, movielite another OpenCV.
"""

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


def _scripted(name: str, package: str) -> Tool:
    """A package that the script named after it drives."""
    script = Path(__file__).parent / "scripts" / f"{package}_jobs.py"

    def command(job: Job, output: Path) -> Command:
        if isinstance(job, Copy):
            raise CannotSay(f"{name} always encodes")
        words = [str(own_environment(package)), str(script), str(written_job(job)), str(output)]
        return Command([*words, *job.encoding.ffmpeg_words()])

    return Tool(name, in_own_environment(package), command)


MOVIEPY = _scripted("MoviePy", "moviepy")
MOVIELITE = _scripted("movielite", "movielite")
