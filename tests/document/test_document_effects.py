"""Effects of a project file: parameters, faults, and the way back."""

from __future__ import annotations

from typing import Any

import pytest

from gpu_export.document.effects_page import effects_page
from gpu_export.document.model import EFFECT_TYPES
from gpu_export.document.parse import validate_data
from gpu_export.document.schema import json_schema
from gpu_export.document.serialise import to_data
from tests.document.faults import faults_of
from tests.document.projects import a_project, a_video

CLIP = "/tracks/0/clips/0"
REQUIRED: dict[str, dict[str, Any]] = {
    "blur": {"radius": 4},
    "directionalBlur": {"length": 20},
    "pixelate": {"size": 12},
    "colorMap": {"src": "look.cube"},
    "distort": {"kind": "wave"},
}
EFFECTS = [{"type": kind, **REQUIRED.get(kind, {})} for kind in EFFECT_TYPES if kind != "isf"]


def fault_of(effect: Any) -> dict[str, str]:
    found = faults_of(a_project(a_video(effects=[effect])))
    return {pointer.removeprefix(f"{CLIP}/effects/0"): text for pointer, text in found.items()}


def test_all_effects_of_the_format_are_there() -> None:
    assert list(EFFECT_TYPES) == [
        *("brightness", "contrast", "saturation", "hue", "gamma", "exposure", "temperature"),
        *("grayscale", "sepia", "invert", "blur", "directionalBlur", "sharpen", "vignette"),
        *("grain", "pixelate", "chromaKey", "lumaKey", "colorMap", "curves", "levels", "glow"),
        *("edge", "distort", "isf"),
    ]


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect["type"])
def test_an_effect_needs_little_and_is_written_as_it_was_read(effect: dict[str, Any]) -> None:
    project = validate_data(a_project(a_video(effects=[effect])))
    assert to_data(project)["tracks"][0]["clips"][0]["effects"] == [effect]


def test_curves_are_written_as_they_were_read() -> None:
    curves = {"type": "curves", "blue": [[0, 0.25], [0.5, 0.5], [1, 1]]}
    project = validate_data(a_project(a_video(effects=[curves])))
    assert to_data(project)["tracks"][0]["clips"][0]["effects"] == [curves]


@pytest.mark.parametrize(
    ("effect", "pointer", "words"),
    [
        ({"type": "blurr"}, "/type", "did you mean `blur`?"),
        ({"radius": 3}, "/type", "missing; `type` is required"),
        (3, "", "3; an object"),
        ({"type": "blur"}, "/radius", "missing; `radius` is required"),
        ({"type": "blur", "radius": -1}, "/radius", "a number of at least 0"),
        ({"type": "sepia", "amount": 2}, "/amount", "a number from 0 to 1"),
        ({"type": "glow", "radus": 3}, "/radus", "unknown key; did you mean `radius`?"),
        ({"type": "distort", "kind": "swirl"}, "/kind", "did you mean `twirl`?"),
        ({"type": "curves", "rgb": [[0, 0]]}, "/rgb", "two or more points"),
        ({"type": "curves", "rgb": [[1, 0], [0, 1]]}, "/rgb", "each further right"),
        ({"type": "chromaKey", "color": "#888"}, "/color", "a grey; a colour with a hue"),
        ({"type": "levels", "inBlack": 0.6, "inWhite": 0.5}, "/inWhite", "not above `inBlack`"),
        ({"type": "colorMap", "src": "https://a/b.cube"}, "/src", "a URL"),
        ({"type": "distort", "kind": "lens", "radius": 3}, "/radius", "given for a lens"),
        ({"type": "distort", "kind": "lens", "amount": -0.5}, "/amount", "at least -0.3"),
    ],
)
def test_what_is_wrong_with_an_effect_is_said_where_it_stands(
    effect: Any, pointer: str, words: str
) -> None:
    found = fault_of(effect)
    assert list(found) == [pointer]
    assert words in found[pointer]


def test_faults_of_several_effects_are_told_at_once() -> None:
    effects = [{"type": "blur", "radius": -1}, {"type": "sepia", "amonut": 1}]
    assert list(faults_of(a_project(a_video(effects=effects)))) == [
        f"{CLIP}/effects/0/radius",
        f"{CLIP}/effects/1/amonut",
    ]


def test_parameters_can_be_keyframed_within_their_range() -> None:
    def moving(value: float) -> Any:
        keyframes = {"effects.0.radius": [{"time": 0, "value": 0}, {"time": 1, "value": value}]}
        return a_project(a_video(effects=[{"type": "blur", "radius": 1}], keyframes=keyframes))

    validate_data(moving(30))
    (pointer,) = faults_of(moving(-3))
    assert pointer == f"{CLIP}/keyframes/effects.0.radius/1/value"


def test_the_schema_tells_effects_apart_by_their_type() -> None:
    definitions = json_schema()["$defs"]
    for name, model in EFFECT_TYPES.items():
        assert definitions[model.__name__]["properties"]["type"]["const"] == name


def test_the_page_has_a_section_for_every_effect() -> None:
    page = effects_page()
    assert all(f"\n## {name}" in page for name in EFFECT_TYPES)
