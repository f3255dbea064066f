"""Where the pieces of an animated text are: exact in time, and by the format's own maps."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gpu_export.core.easing import EASING_NAMES, easing
from gpu_export.core.geometry import rotation, scaling, skewing
from gpu_export.document.model.text import Animate
from gpu_export.timeline.unit_motion import UnitMotion

FPS = Fraction(30)


def _motion(start: dict[str, Any], **keys: Any) -> UnitMotion:
    given = {"from": start, "duration": 1, "easing": "linear", **keys}
    return UnitMotion.of(Animate.model_validate(given), (1000.0, 500.0), FPS)


def test_pieces_start_one_after_the_other_and_last_equally_long() -> None:
    motion = _motion({"opacity": 0}, stagger=0.25)
    opacity = motion.state(Fraction(1), 6).opacity
    assert opacity == pytest.approx([1.0, 0.75, 0.5, 0.25, 0.0, 0.0])
    assert motion.end(6) == Fraction(9, 4)


def test_a_piece_without_duration_is_there_in_the_very_frame_of_its_turn() -> None:
    motion = _motion({"opacity": 0}, duration=0, stagger="1f")
    seen = [int(motion.state(frame / FPS, 5).opacity.sum()) for frame in range(6)]
    assert seen == [1, 2, 3, 4, 5, 5]


def test_turns_do_not_drift_at_rates_that_no_decimal_expresses() -> None:
    fps = Fraction(30000, 1001)
    animate = Animate.model_validate({"from": {"opacity": 0}, "duration": 0, "stagger": "7f"})
    motion = UnitMotion.of(animate, (100.0, 100.0), fps)
    for unit in (1, 99, 9999):
        before, at = (7 * unit - 1) / fps, 7 * unit / fps
        assert motion.state(before, 20000).opacity.sum() == unit
        assert motion.state(at, 20000).opacity.sum() == unit + 1


def test_all_move_at_once_without_stagger() -> None:
    assert _motion({"x": 100}).state(Fraction(1, 4), 3).offset[:, 0] == pytest.approx([75.0] * 3)


def test_lengths_are_pixels_or_shares_of_the_canvas() -> None:
    offset = _motion({"x": "-10%", "y": "50%"}).state(Fraction(0), 1).offset
    assert offset == pytest.approx(np.array([[-100.0, 250.0]]))


def test_before_its_turn_a_piece_stands_as_it_starts() -> None:
    state = _motion({"y": 40, "scale": 2}, stagger=1).state(Fraction(1, 2), 3)
    assert state.offset[2].tolist() == [0.0, 40.0]
    assert state.linear[2].tolist() == [[2.0, 0.0], [0.0, 2.0]]


def test_scale_skew_and_turn_go_in_the_order_of_layers() -> None:
    motion = _motion({"scale": [2, 0.5], "skew": [20, -10], "rotation": 30})
    expected = rotation(30) @ skewing(20, -10) @ scaling(2, 0.5)
    assert motion.state(Fraction(0), 1).linear[0] == pytest.approx(expected.array()[:2, :2])


def test_at_rest_nothing_is_left_of_the_movement() -> None:
    motion = _motion({"scale": 3, "rotation": 77, "skew": [5, 5], "x": 9, "opacity": 0})
    state = motion.state(Fraction(1), 1)
    assert state.linear[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert (state.offset[0].tolist(), state.opacity[0]) == ([0.0, 0.0], 1.0)


@pytest.mark.parametrize("name", EASING_NAMES)
def test_every_easing_sets_the_pace(name: str) -> None:
    motion = _motion({"x": 100}, easing=name)
    offset = motion.state(Fraction(2, 5), 1).offset[0, 0]
    assert offset == pytest.approx(100 * (1 - easing(name)(0.4)))


def test_opacity_stays_a_share_where_an_easing_overshoots() -> None:
    motion = _motion({"opacity": 0}, easing="easeOutBack")
    assert motion.state(Fraction(3, 4), 1).opacity[0] == 1.0
