"""The examples of README and guides run as they stand, in a copy of the demo."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import gpu_export
from gpu_export.cli.main import main
from gpu_export.document.parse import validate_data
from tests.pages import ROOT, Block, blocks, copy_demo, run_python

if TYPE_CHECKING:
    from pathlib import Path

README = ROOT / "README.md"
PYTHON_PAGES = [README, ROOT / "docs" / "python.md"]
DOCS = ROOT / "docs"
PROJECT_PAGES = (README, DOCS / "motion.md", DOCS / "text.md")
PROJECTS = [block for page in PROJECT_PAGES for block in blocks(page, "json")]
SHELL = [block for block in blocks(README, "sh") if block.commands]


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a copy of the demo."""
    copy_demo(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PYTHON_PAGES, ids=lambda page: page.name)
@pytest.mark.usefixtures("demo")
def test_the_python_of_a_page_runs_from_top_to_bottom(page: Path) -> None:
    parts = blocks(page, "python")
    assert parts
    run_python(page, parts)


@pytest.mark.parametrize("block", SHELL, ids=lambda block: f"line {block.line}")
@pytest.mark.usefixtures("demo")
def test_the_commands_of_the_readme_run(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    ours = [words for words in block.commands if words[0] in ("gpu-export", "python")]
    for program, *words in ours:
        if program == "gpu-export":
            assert main(words) == 0, (words, capsys.readouterr().err)
        else:
            subprocess.run([sys.executable, *words], check=True)


def test_the_readme_shows_commands() -> None:
    assert any(words[0] == "gpu-export" for block in SHELL for words in block.commands)


@pytest.mark.parametrize("block", PROJECTS, ids=lambda block: f"line {block.line}")
@pytest.mark.usefixtures("demo")
def test_the_projects_of_the_pages_are_valid(block: Block) -> None:
    data = json.loads(block.text)
    validate_data(data)
    assert gpu_export.validate(data).problems == ()
