"""The published JSON Schema (draft 2020-12), generated from the model that reads the files.

It accepts whatever the parser accepts, so that no editor marks a valid file; the parser is
stricter where a sentence of the format spans several keys.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from gpu_export.document.model import PYTHON_CLIP_TYPES, Project, TransitionName
from gpu_export.document.model.colors import Backdrop, Color
from gpu_export.document.model.easing import Easing
from gpu_export.document.model.places import Coordinate, Margin, Side
from gpu_export.document.model.sources import Gain
from gpu_export.document.model.times import (
    Duration,
    PositiveTime,
    ProjectDuration,
    Rate,
    Start,
    Time,
)
from gpu_export.document.model.transitions import BUILT_IN_TRANSITIONS

if TYPE_CHECKING:
    from pydantic_core.core_schema import TaggedUnionSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"

PLACEHOLDER = {"$ref": "#/$defs/Placeholder"}

_PLACEHOLDER = {
    "description": "A variable, replaced by its value before the file is read.",
    "type": "string",
    "pattern": r"\{\{.+\}\}",
    "examples": ["{{title}}", "{{width|1920}}"],
}
_SHARED = {
    name: dict(get_args(notation)[1].schema)
    for name, notation in (
        ("Backdrop", Backdrop),
        ("Color", Color),
        ("Coordinate", Coordinate),
        ("Duration", Duration),
        ("Easing", Easing),
        ("Gain", Gain),
        ("Margin", Margin),
        ("PositiveTime", PositiveTime),
        ("ProjectDuration", ProjectDuration),
        ("Rate", Rate),
        ("Side", Side),
        ("Start", Start),
        ("Time", Time),
    )
}
_TITLE = "gpu_export project, version 1"


class _OfFiles(GenerateJsonSchema):
    """Leaves out the clips that no file can hold."""

    def tagged_union_schema(self, schema: TaggedUnionSchema) -> JsonSchemaValue:
        """The kinds of clips, told apart by their type."""
        choices = {
            kind: choice
            for kind, choice in schema["choices"].items()
            if kind not in PYTHON_CLIP_TYPES
        }
        return super().tagged_union_schema({**schema, "choices": choices})


@cache
def json_schema() -> dict[str, Any]:
    """What a project file may hold: every key with its meaning, its default and its notation.

    The result is shared; do not change it.
    """
    schema = Project.model_json_schema(by_alias=True, mode="validation", schema_generator=_OfFiles)
    parts = schema.pop("$defs")
    parts["Transition"]["anyOf"] = [_transition_form(name) for name in TransitionName]
    parts |= {model.__name__: model.model_json_schema() for model in BUILT_IN_TRANSITIONS.values()}
    definitions = {name: _tidied(part) for name, part in parts.items()}
    definitions |= {**_SHARED, "Placeholder": _PLACEHOLDER}
    return {"$schema": DIALECT, "title": _TITLE, **_tidied(schema), "$defs": definitions}


def _transition_form(name: TransitionName) -> dict[str, Any]:
    """What a transition of one type takes beside the keys of all."""
    members: dict[str, Any] = {"type": {"enum": [str(name)]}}
    if name in BUILT_IN_TRANSITIONS:
        model = BUILT_IN_TRANSITIONS[name]
        members["params"] = {"$ref": f"#/$defs/{model.__name__}"}
    required = [] if name is TransitionName.CROSSFADE else ["type"]
    return {"properties": members, "required": required}


def _tidied(part: Any) -> Any:
    """Without null, which files do not use, and without titles, which only repeat the keys."""
    if isinstance(part, list):
        return [_tidied(member) for member in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _tidied(part[key]) for key in part if not _is_noise(key, part[key])}
    if "anyOf" in kept:
        forms = [form for form in kept.pop("anyOf") if form != {"type": "null"}]
        kept |= forms[0] if len(forms) == 1 else {"anyOf": forms}
    if "description" in kept and isinstance(kept["description"], str):
        kept["description"] = " ".join(kept["description"].split())
    if isinstance(kept.get("properties"), dict):
        _finish_object(kept)
    return kept


def _is_noise(key: str, value: object) -> bool:
    # A property may be called `title`; it is an object then.
    return key == "title" and isinstance(value, str)


def _finish_object(part: dict[str, Any]) -> None:
    """Adds what the model cannot say: constants are required, and any value may be a variable."""
    members = part["properties"]
    constants = [key for key, member in members.items() if "const" in member]
    if constants:
        part["required"] = sorted({*part.get("required", ()), *constants})
    part["properties"] = {key: _or_placeholder(key, member) for key, member in members.items()}


def _or_placeholder(key: str, member: dict[str, Any]) -> dict[str, Any]:
    about = {name: member[name] for name in member if name in ("description", "default")}
    notation = {name: member[name] for name in member if name not in about}
    if key == "variables" or "const" in notation or not notation.keys() - {"examples"}:
        return member
    for name, shared in _SHARED.items():
        if notation == shared:
            return {**about, "anyOf": [{"$ref": f"#/$defs/{name}"}, PLACEHOLDER]}
    if notation == {"type": "string"}:
        return member
    examples = {"examples": notation.pop("examples")} if "examples" in notation else {}
    forms = notation["anyOf"] if list(notation) == ["anyOf"] else [notation]
    return {**about, **examples, "anyOf": [*forms, PLACEHOLDER]}
