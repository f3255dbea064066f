"""The larger media corpus beside the checkout, where there is one.

Tests of the first layer never need it; those of the second carry `needs_shared` and are skipped,
visibly, where it is absent.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "media"
"""Root of the corpus: `real/`, `gen/`, `broken/`, `untrusted/`, `fonts/`, `truth.json`."""

needs_shared = pytest.mark.skipif(
    not (SHARED / "truth.json").is_file(), reason="the shared media corpus is not beside the repo"
)


@cache
def truth() -> dict[str, dict[str, Any]]:
    """What each generated file holds, by its path below `SHARED`; empty where absent."""
    file = SHARED / "truth.json"
    if not file.is_file():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(file.read_text())
    return found
