"""Scenes composed in linear light: every group on the way is told so."""

from __future__ import annotations

from dataclasses import replace

from gpu_export.render.scene import Averaged, Group, Layer, Light


def in_linear_light(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """The same layers, with their groups composed in linear light too.

    Masks stay as they are: they are strengths, not pictures.
    """
    return tuple(_lit(layer) for layer in layers)


def _lit(layer: Layer) -> Layer:
    match layer.content:
        case Group(layers=layers) as group:
            lit = replace(group, layers=in_linear_light(layers), light=Light.LINEAR)
            return replace(layer, content=lit)
        case Averaged(samples=samples) as averaged:
            inner = tuple(in_linear_light(sample) for sample in samples)
            return replace(layer, content=replace(averaged, samples=inner))
        case _:
            return layer
