"""What a program is to the comparison: a name, what is missing, and its words for a job."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.inputs import OUT
from benchmarks.peers.jobs import as_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.peers.jobs import Job

FOLDER = OUT / "peers"


class CannotSay(Exception):
    """A program has no words for a job; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, and what it needs in its environment."""

    words: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tool:
    """One way to do jobs.

    Attributes:
        name: as tables and `--only` have it.
        missing: one line with the remedy where the program is not installed, or None.
        command: what does a job and writes to a path; raises `CannotSay`.
    """

    name: str
    missing: Callable[[], str | None]
    command: Callable[[Job, Path], Command]

    def output(self, job: Job) -> Path:
        """Where it writes a job."""
        return FOLDER / job.name / f"{self.slug}.mp4"

    @property
    def slug(self) -> str:
        """The name as files and JSON have it."""
        return self.name.lower().replace(" ", "-")


def nothing_missing() -> str | None:
    """For what comes with the project."""
    return None


def program(name: str, install: str) -> Callable[[], str | None]:
    """A check for a program on the path."""

    def missing() -> str | None:
        return None if shutil.which(name) else f"{name} is not installed: {install}"

    return missing


def own_environment(package: str) -> Path:
    """The Python that has a package which would not go together with ours."""
    return OUT / package / "bin" / "python"


def in_own_environment(package: str) -> Callable[[], str | None]:
    """A check for such a package."""

    def missing() -> str | None:
        python = own_environment(package)
        if python.exists():
            return None
        folder = python.parents[1]
        install = f"{sys.executable} -m venv {folder} && {folder}/bin/pip install {package}"
        return f"{package} is not installed: {install}"

    return missing


def written_job(job: Job) -> Path:
    """The job as a JSON file for scripts."""
    path = FOLDER / job.name / "job.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_json(job), encoding="utf-8")
    return path


def own_fonts() -> dict[str, str]:
    """An environment in which programs that look for fonts by name find the titles' font."""
    path = OUT / "inputs" / "fonts.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<dir>{path.with_name('fonts')}</dir></fontconfig>\n",
        encoding="utf-8",
    )
    return {"FONTCONFIG_FILE": str(path)}
