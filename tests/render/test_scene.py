"""Scenes are values: equal when they look alike, usable as keys."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from gpu_export.render.effects import GaussianBlur
from gpu_export.render.scene import GradientKind, Group, Scene, SourceRequest
from tests.builders import BLACK, BLUE, GREY, RED, a_gradient, a_layer, a_picture, a_scene, a_solid


def a_full_scene() -> Scene:
    gradient = a_gradient(GradientKind.RADIAL, (8.0, 6.0), (0.0, RED), (1.0, BLUE))
    group = Group(8, 6, BLACK, (a_picture((4.0, 4.0)), a_layer(gradient, (8.0, 6.0))))
    blurred = a_layer(group, (8.0, 6.0), effects=(GaussianBlur(2.0),))
    return a_scene(16, 12, a_solid(GREY, (9.0, 9.0)), blurred)


def test_scenes_made_twice_are_equal_and_one_key() -> None:
    assert a_full_scene() == a_full_scene()
    assert len({a_full_scene(), a_full_scene()}) == 1


def test_pictures_inside_groups_are_requested() -> None:
    assert a_full_scene().requests == (SourceRequest(0, Fraction(0)),)


def test_other_source_times_do_not_change_the_picture_by_themselves() -> None:
    scene = a_full_scene()
    later = replace(scene, requests=(SourceRequest(0, Fraction(7)),))
    assert scene != later
    assert scene.same_picture(later)


CHANGES = {
    "background": {"background": RED},
    "width": {"width": 17},
    "height": {"height": 11},
    "layers": {"layers": ()},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_is_drawn_differently_is_another_picture(change: dict[str, object]) -> None:
    scene = a_full_scene()
    assert not scene.same_picture(replace(scene, **change))  # type: ignore[arg-type]  # fields of Scene
