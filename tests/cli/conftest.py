"""A folder of one's own with a small project in it, as a user would have."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

RED = {"type": "solid", "color": "red", "duration": "10f"}


@dataclass(frozen=True)
class Desk:
    """The current folder of a test."""

    folder: Path

    def project(self, name: str = "red.json", **keys: Any) -> str:
        """Writes a project of ten red frames, or with other root keys; returns its name."""
        document = {"version": 1, "width": 64, "height": 36, "tracks": [{"clips": [RED]}], **keys}
        (self.folder / name).write_text(json.dumps(document))
        return name

    def files(self) -> set[str]:
        """What lies in the folder, hidden files too."""
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)
