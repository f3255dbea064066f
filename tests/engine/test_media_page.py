"""`docs/media.md` proves what it says: every test it names exists, every row names one."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "media.md").read_text("utf-8")

NAMED = sorted(set(re.findall(r"`(test_\w+)::(test_\w+)`", PAGE)))
ROWS = [
    line
    for line in PAGE.splitlines()
    if line.startswith("| ") and not re.match(r"\| (---|what )", line)
]


@cache
def _tests_of(module: str) -> set[str]:
    (path,) = (ROOT / "tests").rglob(f"{module}.py")
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("module", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_named_test_exists(module: str, name: str) -> None:
    assert name in _tests_of(module)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:50])
def test_a_row_names_its_proof(row: str) -> None:
    proof = row.rstrip("| ").rpartition("|")[2]
    assert re.search(r"`(test_\w+::test_\w+|python -m benchmarks \w+)`", proof)
