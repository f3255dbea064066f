"""The blend modes tell themselves apart, and obey the laws their names promise."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.render.scene import BlendMode
from tests.conformance.blend_cases import MODES
from tests.conformance.cases import case_named
from tests.conformance.comparator import is_accepted, judge
from tests.reference import blend
from tests.reference.oracle import render
from tests.reference.planes import stored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_CHANNEL = st.integers(0, 255).map(lambda code: code / 255)
_COLOR = st.tuples(_CHANNEL, _CHANNEL, _CHANNEL).map(np.array)
_PIXEL = st.tuples(_CHANNEL, _CHANNEL, _CHANNEL, _CHANNEL).map(np.array)
BLACK, WHITE = np.zeros(3), np.ones(3)


@cache
def _drawn(mode: BlendMode) -> tuple[Array, ...]:
    """The very same scene in every mode."""
    case = case_named("blend_multiply_over_video")
    video, layer = case.scene.layers
    scene = replace(case.scene, layers=(video, replace(layer, blend=mode)))
    return render(scene, case.inputs, case.target)


@pytest.mark.parametrize("mode", MODES)
def test_no_other_mode_passes_for_it(mode: BlendMode) -> None:
    case = case_named(f"blend_{mode}_over_video")
    for other in BlendMode:
        planes = stored(case.target.layout, _drawn(other))
        assert is_accepted(judge(case, _drawn(mode), planes)) == (other is mode), other


def _mixed(mode: BlendMode, cb: Array, cs: Array) -> Array:
    result: Array = getattr(blend, mode.value.replace("-", "_"))(cb, cs)
    return result


@given(_COLOR, _COLOR)
def test_all_modes_stay_in_range(cb: Array, cs: Array) -> None:
    for mode in MODES:
        mixed = _mixed(mode, cb, cs)
        assert (mixed >= -1e-9).all(), mode
        assert (mixed <= 1.0 + 1e-9).all(), mode


@given(_COLOR)
def test_neutral_sources_leave_the_backdrop(cb: Array) -> None:
    neutral = {
        BlendMode.MULTIPLY: WHITE,
        BlendMode.DARKEN: WHITE,
        BlendMode.COLOR_BURN: WHITE,
        BlendMode.SCREEN: BLACK,
        BlendMode.LIGHTEN: BLACK,
        BlendMode.COLOR_DODGE: BLACK,
        BlendMode.DIFFERENCE: BLACK,
        BlendMode.EXCLUSION: BLACK,
        BlendMode.ADD: BLACK,
        BlendMode.HARD_LIGHT: 0.5 * WHITE,
        BlendMode.SOFT_LIGHT: 0.5 * WHITE,
    }
    for mode, source in neutral.items():
        assert _mixed(mode, cb, source) == pytest.approx(cb), mode


@given(_COLOR)
def test_a_colour_meeting_itself(color: Array) -> None:
    assert _mixed(BlendMode.DIFFERENCE, color, color) == pytest.approx(BLACK)
    for mode in (BlendMode.DARKEN, BlendMode.LIGHTEN, BlendMode.COLOR, BlendMode.LUMINOSITY):
        assert _mixed(mode, color, color) == pytest.approx(color), mode


@given(_COLOR, _COLOR)
def test_modes_whose_order_does_not_matter(cb: Array, cs: Array) -> None:
    for mode in (
        BlendMode.MULTIPLY,
        BlendMode.SCREEN,
        BlendMode.DARKEN,
        BlendMode.LIGHTEN,
        BlendMode.DIFFERENCE,
        BlendMode.EXCLUSION,
        BlendMode.ADD,
    ):
        assert _mixed(mode, cb, cs) == pytest.approx(_mixed(mode, cs, cb)), mode


@given(_COLOR, _COLOR)
def test_hue_saturation_and_colour_keep_the_luminosity_below(cb: Array, cs: Array) -> None:
    for mode in (BlendMode.HUE, BlendMode.SATURATION, BlendMode.COLOR):
        assert blend.lum(_mixed(mode, cb, cs)) == pytest.approx(blend.lum(cb)), mode
    taken = _mixed(BlendMode.LUMINOSITY, cb, cs)
    assert blend.lum(taken) == pytest.approx(blend.lum(cs))


@given(_PIXEL, _PIXEL)
def test_blending_onto_nothing_is_source_over(dst: Array, src: Array) -> None:
    nothing = np.zeros(4)
    assert blend.blended_source(nothing, src, BLACK) == pytest.approx(src)
    if src[3] > 0.0:
        own_color = src[:3] / src[3]
        assert blend.blended_source(dst, src, own_color) == pytest.approx(src)
