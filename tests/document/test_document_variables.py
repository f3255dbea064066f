"""Placeholders and where their values come from."""

from __future__ import annotations

from typing import Any

import pytest

from gpu_export.document.parse import validate_data
from gpu_export.document.variables import replace_variables
from tests.document.faults import faults_of
from tests.document.projects import a_project, a_solid

NAME = "/tracks/0/clips/0/name"


def name_of(text: str, variables: dict[str, Any], **overrides: str) -> str | None:
    project = validate_data(a_project(a_solid(name=text), variables=variables), overrides=overrides)
    return project.tracks[0].clips[0].name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{{who}}", "Ada"),
        ("by {{who}} & {{ who }}", "by Ada & Ada"),
        ("{{n}} of {{yes}}", "2.5 of true"),
        ("{{none|nobody}}", "nobody"),
        ("{{none|}}!", "!"),
        ("{{who|nobody}}", "Ada"),
        (r"\{{who}}", "{{who}}"),
        (r"\{{{{who}}", "{{Ada"),
        ("{who} {{}} }}", "{who} {{}} }}"),
        ("{{nested}}", "{{who}}"),
    ],
)
def test_placeholders_are_replaced_once(text: str, name: str) -> None:
    assert name_of(text, {"who": "Ada", "n": 2.5, "yes": True, "nested": "{{who}}"}) == name


def test_a_whole_string_takes_the_type_of_the_value() -> None:
    project = validate_data(
        a_project(
            a_solid(x="{{x}}", flipH="{{flip}}", scale="{{scale}}"),
            width="{{w|640}}",
            variables={"x": "25%", "flip": True, "scale": [1, 2]},
        )
    )
    clip = project.tracks[0].clips[0]
    assert clip.type == "solid"
    assert (clip.x.percent, clip.flip_h, clip.scale, project.width) == (25.0, True, (1.0, 2.0), 640)


@pytest.mark.parametrize(
    ("given", "width"), [("320", 320), ("1e2", 100), ("0x10", None), ('"320"', None)]
)
def test_values_from_outside_are_json_or_else_text(given: str, width: int | None) -> None:
    data = a_project(width="{{w}}", variables={"w": 1})
    if width is None:
        assert list(faults_of(data, overrides={"w": given})) == ["/width"]
    else:
        assert validate_data(data, overrides={"w": given}).width == width


@pytest.mark.parametrize("given", ["null", "NaN", "[1", "{", "9" * 200, "[" * 5000])
def test_values_from_outside_that_are_no_clean_json_are_text(given: str) -> None:
    assert name_of("{{who}}", {}, who=given) == given


def test_an_unknown_variable_is_an_error_with_its_place() -> None:
    data = a_project(a_solid(name="{{naem}}"), variables={"name": "x"})
    assert faults_of(data) == {NAME: "unknown variable `naem`; did you mean `name`?"}
    assert faults_of(a_project(a_solid(name="a {{b}}"))) == {
        NAME: "unknown variable `b`; no variables are set"
    }


def test_objects_only_replace_whole_strings() -> None:
    data = a_project(a_solid(name="a {{list}}"), variables={"list": [1]})
    assert list(faults_of(data)) == [NAME]


def test_setting_what_the_project_does_not_use_is_an_error() -> None:
    data = a_project(a_solid(name="{{title}}"), variables={"title": "x"})
    assert faults_of(data, overrides={"tilte": "y"}) == {
        "/variables/tilte": "set, but the project does not use it; did you mean `title`?"
    }


def test_each_known_variable_is_named_once() -> None:
    data = {"variables": {"dur": 1}, "tracks": ["{{dur}}"]}
    _, problems = replace_variables(data, {"colour": "red"})
    assert [problem.expected for problem in problems] == ["known are dur"]


def test_variables_themselves_are_left_as_they_are() -> None:
    project = validate_data(a_project(variables={"a": "{{b}}"}))
    assert project.variables == {"a": "{{b}}"}


def test_keys_are_not_replaced() -> None:
    assert list(faults_of(a_project(**{"{{a}}": 1}, variables={"a": "width"}))) == ["/{{a}}"]


def test_an_unknown_variable_in_the_only_clip_is_the_only_problem() -> None:
    assert faults_of(a_project(a_solid(color="{{tint}}"))) == {
        "/tracks/0/clips/0/color": "unknown variable `tint`; no variables are set"
    }


def test_an_unknown_variable_in_a_nested_clip_is_the_only_problem() -> None:
    nest = {"type": "composition", "tracks": [{"clips": [a_solid(color="{{tint}}")]}]}
    assert list(faults_of(a_project(nest))) == [
        "/tracks/0/clips/0/tracks/0/clips/0/color",
    ]
