"""Shades of opaque pictures, kept while the pictures change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu_export.cpu.silhouettes import silhouette_of
from gpu_export.render.effects import DropShadow, GaussianBlur, LumaKey
from gpu_export.render.frames import Layout
from gpu_export.render.scene import Group, Layer
from tests.builders import (
    GREEN,
    RED,
    a_frame,
    a_layer,
    a_picture,
    a_solid,
    ramp_colors,
    soft_disc_colors,
)

SHADOW = DropShadow(2.0, 2.0, 1.0, (0.0, 0.0, 0.0, 0.5))
VIDEO = a_frame(ramp_colors(12, 8))
SIZE = (12.0, 8.0)


def _grown(*layers: Layer, background: tuple[float, float, float, float] = (0, 0, 0, 0)) -> Layer:
    return a_layer(Group(20, 16, background, layers), (20.0, 16.0), effects=(SHADOW,))


def test_a_videos_silhouette_is_the_same_for_all_of_its_frames() -> None:
    layer = _grown(replace(a_picture(SIZE, (4.0, 4.0)), radius=2.0))
    one = silhouette_of(layer, (VIDEO,))
    assert one == silhouette_of(layer, (a_frame(ramp_colors(12, 8)),))
    assert one is not None
    assert isinstance(one.content, Group)
    assert one.content.layers == (
        replace(a_solid((0.0, 0.0, 0.0, 1.0), SIZE, (4.0, 4.0)), radius=2.0),
    )


@pytest.mark.parametrize(
    "layer",
    [
        _grown(a_picture(SIZE), a_picture(SIZE, (5.0, 5.0))),
        _grown(a_picture(SIZE), background=RED),
        _grown(a_solid(GREEN, SIZE)),
        _grown(replace(a_picture(SIZE), effects=(LumaKey(0.2, 0.1, invert=False),))),
        replace(_grown(a_picture(SIZE)), effects=(SHADOW, GaussianBlur(2.0))),
    ],
    ids=["two pictures", "a background", "a colour", "a key", "another effect"],
)
def test_where_more_than_the_silhouette_matters_there_is_none(layer: Layer) -> None:
    assert silhouette_of(layer, (VIDEO,)) is None


def test_transparent_pictures_have_outlines_of_their_own() -> None:
    disc = a_frame(soft_disc_colors(12, 8, GREEN), Layout.RGBA)
    assert silhouette_of(_grown(a_picture(SIZE)), (disc,)) is None
