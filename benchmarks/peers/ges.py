"""The jobs as a script of GStreamer Editing Services, run by the system's own Python."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers.jobs import Copy
from benchmarks.peers.tools import CannotSay, Command, Tool, own_fonts, written_job

if TYPE_CHECKING:
    from benchmarks.peers.jobs import Job

_PYTHON = "/usr/bin/python3"
_SCRIPT = Path(__file__).parent / "scripts" / "ges_jobs.py"
_PACKAGES = (
    "python3-gi gir1.2-ges-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good "
    "gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav"
)


def _command(job: Job, output: Path) -> Command:
    if isinstance(job, Copy):
        raise CannotSay("its renderer always encodes what is cut")
    return Command([_PYTHON, str(_SCRIPT), str(written_job(job)), str(output)], own_fonts())


@cache
def _missing() -> str | None:
    wanted = "import gi; gi.require_version('GES', '1.0'); from gi.repository import GES"
    try:
        subprocess.run([_PYTHON, "-c", wanted], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return f"GES is not installed: apt-get install -y {_PACKAGES}"
    return None


GES = Tool("GES", _missing, _command)
