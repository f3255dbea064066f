"""Without a usable temporary folder only what needs one fails, and says so."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.errors import OutputError
from gpu_export.media.reader import open_reader
from gpu_export.media.spool import Spool
from tests.synth import make_video

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def no_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))


@pytest.mark.usefixtures("no_temporary_folder")
def test_an_ordinary_film_needs_no_temporary_folder(tmp_path: Path) -> None:
    path = make_video(tmp_path / "film.mp4", frames=3)
    reader = open_reader(
        MediaRef(path), [Fraction(0)], size=(64, 36), slack=Fraction(0), policy=Policy()
    )
    assert reader.read().width == 64
    reader.close()


@pytest.mark.usefixtures("no_temporary_folder")
def test_spooled_sound_names_the_temporary_folder() -> None:
    with pytest.raises(OutputError, match="TMPDIR"):
        Spool(2)
