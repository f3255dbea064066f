"""The published schema and the generated page agree with the parser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from gpu_export.document.parse import validate_data
from gpu_export.document.reference import project_format
from gpu_export.document.schema import json_schema
from gpu_export.document.serialise import to_data
from gpu_export.errors import ProjectError
from tests.document.projects import Data, a_project, a_solid, a_video, projects
from tests.document.schema_subset import ANNOTATIONS, Validator

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = json_schema()
VALIDATOR = Validator(SCHEMA)
DOCS = Path(__file__).parents[2] / "docs"


def is_accepted(data: Any) -> bool:
    return VALIDATOR.accepts(SCHEMA, data)


def nodes(part: Any) -> Iterator[dict[str, Any]]:
    """Every schema in the schema."""
    yield part
    for key in ("properties", "$defs"):
        for member in part.get(key, {}).values():
            yield from nodes(member)
    for key in ("anyOf", "oneOf"):
        for member in part.get(key, []):
            yield from nodes(member)
    for key in ("items", "not", "additionalProperties"):
        if isinstance(part.get(key), dict):
            yield from nodes(part[key])


@given(projects)
def test_what_the_parser_accepts_the_schema_accepts(data: Data) -> None:
    project = validate_data(data)
    assert is_accepted(data)
    assert is_accepted(to_data(project))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": 1},
        {"version": 2, "tracks": []},
        a_project(a_video(opactiy=1)),
        a_project(a_video(opacity=2)),
        a_project(a_video(opacity="1")),
        a_project(a_video(start="soon")),
        a_project(a_video(name=None)),
        a_project(a_video(mute=1)),
        a_project(a_video(speed=0)),
        a_project(a_video(fit="stretch")),
        a_project(a_video(x="12px")),
        a_project(a_video(anchor=[1])),
        a_project({"type": "video"}),
        a_project({"src": "a.mp4"}),
        a_project({"type": "movie", "src": "a.mp4"}),
        a_project(a_solid(color=3)),
        a_project(a_solid(color="#ff")),
        a_project(width=1.5),
        a_project(fps="fast"),
        a_project(output={"codec": "h265"}),
        a_project(output={"quality": 101}),
    ],
)
def test_plain_mistakes_are_refused_by_both(data: Data) -> None:
    assert not is_accepted(data)
    with pytest.raises(ProjectError):
        validate_data(data)


def test_placeholders_are_accepted_wherever_a_value_may_stand() -> None:
    data = a_project(
        a_solid(x="{{x}}", flipH="{{f|true}}"), width="{{w}}", variables={"x": 1, "w": 2}
    )
    validate_data(data)
    assert is_accepted(data)


def test_all_kinds_of_clips_are_in_the_schema() -> None:
    clips = SCHEMA["$defs"]["Track"]["properties"]["clips"]["anyOf"][0]["items"]
    assert sorted(clips["discriminator"]["mapping"]) == [
        "adjustment", "audio", "composition", "gradient", "image", "shader", "shape", "solid",
        "subtitles", "text", "video",
    ]  # fmt: skip
    for name in clips["discriminator"]["mapping"].values():
        assert "type" in SCHEMA["$defs"][name.rsplit("/", 1)[1]]["required"]


def test_the_schema_is_plain_json_without_null_and_with_every_reference_resolved() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert '"null"' not in json.dumps(SCHEMA)
    names = {node["$ref"].rsplit("/", 1)[1] for node in nodes(SCHEMA) if "$ref" in node}
    assert names <= set(SCHEMA["$defs"])


def test_the_schema_uses_no_word_that_the_check_above_does_not_know() -> None:
    assert {key for node in nodes(SCHEMA) for key in node} <= VALIDATOR.keywords | ANNOTATIONS


def test_defaults_and_examples_are_valid_where_they_stand() -> None:
    wrong = [
        (node.get("description"), value)
        for node in nodes(SCHEMA)
        for value in [*node.get("examples", []), *([node["default"]] if "default" in node else [])]
        if not VALIDATOR.accepts(node, value)
    ]
    assert wrong == []


def test_the_reference_page_is_up_to_date() -> None:
    page = (DOCS / "project-format.md").read_text(encoding="utf-8")
    assert page == project_format(), (
        "python -m gpu_export.document.reference > docs/project-format.md"
    )


def test_the_example_of_the_reference_page_is_valid() -> None:
    example = project_format().split("```json\n")[1].split("```")[0]
    data = json.loads(example)
    validate_data(data)
    assert is_accepted(data)
