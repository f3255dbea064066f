"""Writes the pages that are generated from the code: `python docs/generate.py`.

A test compares them with what this would write, so a forgotten run does not go unnoticed.
"""

from __future__ import annotations

from pathlib import Path

from gpu_export.cli.reference import cli_markdown
from gpu_export.document.effects_page import effects_page
from gpu_export.document.reference import project_format

DOCS = Path(__file__).resolve().parent
PAGES = {
    "cli.md": cli_markdown,
    "effects.md": effects_page,
    "project-format.md": project_format,
}


def main() -> None:
    """Writes every generated page."""
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
