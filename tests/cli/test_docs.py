from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from docs.generate import DOCS, PAGES
from gpu_export import errors
from gpu_export.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

ERRORS_PAGE = (DOCS / "errors.md").read_text("utf-8")


@pytest.mark.parametrize(("name", "write"), PAGES.items(), ids=list(PAGES))
def test_generated_pages_are_up_to_date(name: str, write: Callable[[], str]) -> None:
    assert (DOCS / name).read_text("utf-8") == write(), "run `python docs/generate.py`"


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_explained(code: ExitCode) -> None:
    assert f"\n| {code.value} | " in ERRORS_PAGE


def _tree(base: type[errors.ExportError]) -> list[str]:
    below = [name for child in base.__subclasses__() for name in _tree(child)]
    return [base.__name__, *below] if base.__module__ == errors.__name__ else below


@pytest.mark.parametrize("name", _tree(errors.ExportError))
def test_every_error_class_is_explained(name: str) -> None:
    assert f"`{name}`" in ERRORS_PAGE or f".{name}`" in ERRORS_PAGE


def test_json_on_the_errors_page_is_json() -> None:
    blocks = re.findall(r"```json\n(.*?)```", ERRORS_PAGE, re.DOTALL)
    assert [list(json.loads(block)) for block in blocks] == [["error"]]
