"""Validation listens to the part of each sound that is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.engine.load import load_data
from gpu_export.engine.validate import validate, validate_deep
from tests.engine.exporting import CPU, data
from tests.mixing import damaged, make_sound, noise

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.engine.validate import ValidationReport


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of sound that is damaged from 1.9 s to 2.1 s."""
    folder = tmp_path_factory.mktemp("validated")
    whole = make_sound(folder / "whole.mkv", noise(4.0), codec="flac")
    return damaged(folder / "song.mkv", whole, {20, 21})


def _verdict(song: Path, *, deep: bool = False, **keys: Any) -> ValidationReport:
    clip = {"type": "audio", "src": song.name, "name": "song", **keys}
    ground = {"type": "solid", "color": "red", "duration": 4}
    loaded = load_data(data([ground], [clip]), CPU, folder=song.parent)
    return (validate_deep if deep else validate)(loaded, CPU)


HEARD: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "all": ({}, False, True),
    "up to the damage": ({"duration": 2}, True, True),
    "from the damage on": ({"in": 2}, True, True),
    "after it": ({"in": 2.5}, False, False),
    "before it": ({"out": 1.5}, False, False),
    "a loop around it": ({"in": 1, "out": 3, "loop": True, "duration": 4}, False, True),
    "a loop before it": ({"in": 0.5, "out": 1, "loop": True, "duration": 4}, False, False),
    "backwards up to it": ({"duration": 2, "speed": -1}, True, True),
    "twice as fast": ({"duration": 1, "speed": 2}, True, True),
    "not at all": ({"mute": True}, False, False),
}


@pytest.mark.parametrize("name", HEARD)
def test_damage_is_told_where_it_is_heard(name: str, song: Path) -> None:
    keys, at_the_ends, anywhere = HEARD[name]
    expected = (f'/tracks/1/clips/0 "song": {song}: 2 damaged packets of sound became silence',)
    for deep, told in ((False, at_the_ends), (True, anywhere)):
        verdict = _verdict(song, deep=deep, **keys)
        assert verdict.ok
        assert verdict.warnings == (expected if told else ())


def test_nested_sound_is_heard_too(song: Path) -> None:
    inner = {"type": "audio", "src": song.name}
    nest = {"type": "composition", "tracks": [{"clips": [inner]}]}
    ground = {"type": "solid", "color": "red", "duration": 4}
    loaded = load_data(data([ground], [nest]), CPU, folder=song.parent)
    [warning] = validate_deep(loaded, CPU).warnings
    assert warning.startswith("/tracks/1/clips/0/tracks/0/clips/0: ")


def test_the_verdict_is_plain_data_as_rich_as_the_errors(tmp_path: Path) -> None:
    clip = {"type": "audio", "src": "gone.wav", "name": "song"}
    verdict = validate(load_data(data([clip]), CPU, folder=tmp_path), CPU).to_dict()
    assert verdict["ok"] is False
    assert verdict["warnings"] == []
    [problem] = verdict["problems"]
    assert problem["type"] == "MissingMedia"
    assert problem["where"] == '/tracks/0/clips/0 "song"'
    assert problem["path"] == str(tmp_path / "gone.wav")
    assert problem["message"] == "there is no such file"
    assert "project file's folder" in problem["remedy"]
