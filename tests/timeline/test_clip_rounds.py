"""After how many frames a looped clip shows the very same source times."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from gpu_export.timeline.clock import ClipClock

SECOND = {"source_in": Fraction(1), "source_out": Fraction(2), "loop": True}


def clock(**keys: Any) -> ClipClock:
    return ClipClock(Fraction(25), 100, **(SECOND | keys))


@pytest.mark.parametrize(
    ("keys", "frames"),
    [
        ({}, 25),
        ({"speed": Fraction(2)}, 25),
        ({"speed": Fraction(-1, 2)}, 50),
        ({"source_out": Fraction(202, 100)}, 51),
    ],
)
def test_times_come_round_exactly(keys: dict[str, Any], frames: int) -> None:
    made = clock(**keys)
    assert made.round_frames == frames
    assert [made.at(n) for n in range(100 - frames)] == [made.at(n) for n in range(frames, 100)]


@pytest.mark.parametrize(
    "keys",
    [
        {"loop": False},
        {"source_out": None},
        {"source_out": Fraction(5)},
        {"speed": Fraction(100, 101)},
        {"freeze": Fraction(1)},
    ],
    ids=["no loop", "open end", "never twice", "off the grid", "frozen"],
)
def test_other_clips_have_no_round(keys: dict[str, Any]) -> None:
    assert clock(**keys).round_frames is None
