"""What transitions take: parameters by type, a file where one is needed, and the same schema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from gpu_export.document.model import Transition, TransitionName
from gpu_export.document.model.transitions import (
    BUILT_IN_TRANSITIONS,
    WipeParams,
    transition_params,
)
from gpu_export.document.parse import validate_data
from gpu_export.document.schema import json_schema
from gpu_export.errors import ProjectError
from tests.document.faults import faults_of
from tests.document.projects import a_project, a_video
from tests.document.schema_subset import Validator

PLACE = "/tracks/0/clips/0/transition/in"
PAGE = Path(__file__).parents[2] / "docs" / "transitions.md"


def with_transition(**keys: Any) -> dict[str, Any]:
    return a_project(a_video(transition={"in": {"duration": 1, **keys}}))


def is_accepted(data: Any) -> bool:
    schema = json_schema()
    return Validator(schema).accepts(schema, data)


GOOD: list[dict[str, Any]] = [
    {},
    {"type": "fade", "params": {"color": "white"}},
    {"type": "wipe", "params": {"angle": -30, "softness": 0.5}},
    {"type": "slide", "params": {"direction": "up"}},
    {"type": "circle", "params": {"x": "20%", "y": 40}},
    {"type": "luma", "src": "field.png", "params": {"invert": True}},
    {"type": "{{type|wipe}}", "params": {"angle": "{{turn|5}}"}},
]
BAD: list[tuple[dict[str, Any], str, str]] = [
    (
        {"type": "wipe", "params": {"angel": 3}},
        "/params/angel",
        "unknown key; did you mean `angle`?",
    ),
    (
        {"type": "wipe", "params": {"softness": 2}},
        "/params/softness",
        "2; a number from 0 to 1",
    ),
    (
        {"type": "push", "params": {"direction": "north"}},
        "/params/direction",
        '"north"; one of left, right, up, down',
    ),
    ({"params": {"softness": 1}}, "/params/softness", "unknown key; known keys are "),
]


@pytest.mark.parametrize("transition", GOOD)
def test_parameters_of_a_type_are_accepted(transition: dict[str, Any]) -> None:
    data = with_transition(**transition)
    validate_data(data)
    assert is_accepted(data)


@pytest.mark.parametrize(("transition", "tail", "text"), BAD)
def test_other_parameters_are_refused_by_parser_and_schema(
    transition: dict[str, Any], tail: str, text: str
) -> None:
    data = with_transition(**transition)
    found = faults_of(data)
    assert list(found) == [PLACE + tail]
    assert found[PLACE + tail].startswith(text[:40])
    assert not is_accepted(data)


def test_a_luma_needs_its_picture_and_others_take_none() -> None:
    assert faults_of(with_transition(type="luma")) == {
        f"{PLACE}/src": "missing; the file of a `luma` transition"
    }
    assert faults_of(with_transition(type="wipe", src="a.png")) == {
        f"{PLACE}/src": "given for a `wipe`; `src` only for `luma`, `glsl` and `isf`"
    }


def test_every_type_but_those_of_shader_files_is_built_in() -> None:
    of_files = {TransitionName.GLSL, TransitionName.ISF}
    assert set(BUILT_IN_TRANSITIONS) == set(TransitionName) - of_files


def test_parameters_have_defaults() -> None:
    params = transition_params(Transition(type="wipe", duration=1))
    assert params == WipeParams(angle=90, softness=0)


def test_parameters_of_code_are_held_to_the_same_rules() -> None:
    with pytest.raises(ProjectError, match="unknown key"):
        validate_data(with_transition(type="blinds", params={"slats": 3}))


def test_the_page_lists_every_type_with_all_its_parameters() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \|.*\| ?(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    listed = {name: set(re.findall(r"`(\w+)` ?(?:\(|,|$)", cells)) for name, cells in rows}
    for name, model in BUILT_IN_TRANSITIONS.items():
        assert listed[name] >= set(model.model_fields) - {"y"}, name
