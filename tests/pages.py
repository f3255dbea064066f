"""Code blocks of documentation pages, so that tests can run what readers will copy."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "assets" / "demo"

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text and the line of the page it begins at."""

    language: str
    text: str
    line: int

    @property
    def commands(self) -> list[list[str]]:
        """The command lines of a shell block as words, comments left out."""
        lines = (shlex.split(line, comments=True) for line in self.text.splitlines())
        return [words for words in lines if words]


def blocks(page: Path, language: str) -> list[Block]:
    """The blocks of one language in a Markdown file, in order."""
    text = page.read_text("utf-8")
    return [
        Block(found[1], found[2], text.count("\n", 0, found.start()) + 2)
        for found in _BLOCK.finditer(text)
        if found[1] == language
    ]


def run_python(page: Path, parts: list[Block]) -> None:
    """Runs blocks one after the other, as one program; a traceback names the page's own lines."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for part in parts:
        padded = "\n" * (part.line - 1) + part.text
        exec(compile(padded, str(page), "exec"), namespace)


def copy_demo(folder: Path) -> None:
    """The demo project with its media, as readers have it."""
    shutil.copy(DEMO / "project.json", folder)
    (folder / "media").symlink_to(DEMO / "media")
