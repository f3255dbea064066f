"""What keys mean, as the classes that hold them say."""

from __future__ import annotations

from gpu_export.document.model import AdjustmentClip, TextClip, VideoClip
from gpu_export.document.model.base import FileModel
from gpu_export.document.model.meanings import meanings


def test_a_key_means_what_stands_below_it() -> None:
    assert meanings(TextClip)["text"] == "What it says; line breaks are kept."


def test_inherited_keys_keep_their_meaning() -> None:
    assert meanings(VideoClip)["name"] == "Names the clip in messages."


def test_a_key_declared_anew_without_a_word_loses_it() -> None:
    assert meanings(AdjustmentClip)["type"] == ""


def test_a_meaning_of_several_lines_keeps_them_without_their_indent() -> None:
    lines = meanings(VideoClip)["anchor"].splitlines()
    assert len(lines) == 2
    assert lines[1] == "box."


def test_what_is_no_key_has_no_meaning() -> None:
    assert meanings(FileModel) == {}
