"""Faults of a value in plain words: what was found, what was expected, the nearest known name.

The only place that knows pydantic's error types.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from gpu_export.core.spelling import nearest, one_of
from gpu_export.document.json_text import Unreadable, child
from gpu_export.document.model.base import FileModel
from gpu_export.document.model.forms import is_number
from gpu_export.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from gpu_export.document.model.clips import ClipKeys

_LONGEST_TEXT = 40

_EXPECTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "dict_type": "an object",
    "mapping_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "tuple_type": "an array",
    "list_type": "an array",
    "sequence_str": "an array",
    "is_instance_of": "an array",
}


def clip_name(pointer: str, clip: ClipKeys) -> str:
    """Names a clip in messages: `/tracks/0/clips/2 "intro"`."""
    return f'{pointer} "{clip.name}"' if clip.name else pointer


def pointer_of(name: str) -> str:
    """The JSON pointer in a clip's name in messages."""
    return name.partition(' "')[0]


def validation_problems(
    error: ValidationError, model: type[FileModel], pointer: str
) -> list[Problem]:
    """All faults that validating `model` at `pointer` found, but for those known already."""
    details = error.errors(include_url=False)
    return [
        _problem(fault, model, pointer)
        for fault in details
        if fault["type"] in ("missing", "extra_forbidden") or not _is_unreadable(fault["input"])
    ]


def in_words(value: object) -> str:
    """A value as a reader of the file would name it, briefly."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return str(value)
    if isinstance(value, str):
        cut = value if len(value) <= _LONGEST_TEXT else value[: _LONGEST_TEXT - 1] + "…"
        return f'"{cut}"'
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "an empty array" if not value else f"an array of {len(value)}"
    return "null" if value is None else f"a Python {type(value).__name__}"


def _is_unreadable(value: object) -> bool:
    """Whether part of it could not be read, which was reported where that part stands."""
    if isinstance(value, dict):
        return any(_is_unreadable(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_is_unreadable(part) for part in value)
    return isinstance(value, Unreadable)


def _problem(fault: ErrorDetails, model: type[FileModel], pointer: str) -> Problem:
    where, owner = pointer, model
    for step, holder in _steps(model, fault["loc"]):
        where, owner = child(where, step), holder
    value = fault["input"]
    match fault["type"]:
        case "missing":
            return Problem(where, "missing", f"`{fault['loc'][-1]}` is required")
        case "extra_forbidden":
            return Problem(where, "unknown key", _known_keys(owner, str(fault["loc"][-1])))
        case "union_tag_not_found" | "union_tag_invalid":
            return _unknown_kind(fault, where)
    return Problem(where, in_words(value), _expected(fault))


def _expected(fault: ErrorDetails) -> str:
    context = fault.get("ctx", {})
    match fault["type"]:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            return _literal(fault["input"], str(context["expected"]))
        case "too_short":
            return f"at least {context['min_length']}"
        case other:
            return _EXPECTED.get(other, "another kind of value")


def _literal(value: object, expected: str) -> str:
    """`expected` is pydantic's list: `'a', 'b' or 'c'`, or `1 or 2`."""
    names = re.findall(r"'([^']*)'", expected)
    return one_of(value, names) if names else expected


def _unknown_kind(fault: ErrorDetails, where: str) -> Problem:
    """Of an object whose `type` tells kinds apart."""
    value = fault["input"]
    if not isinstance(value, dict):
        return Problem(where, in_words(value), "an object")
    names = re.findall(r"'([^']*)'", str(fault.get("ctx", {}).get("expected_tags", "")))
    if "type" not in value:
        return Problem(f"{where}/type", "missing", "`type` is required")
    return Problem(f"{where}/type", in_words(value["type"]), one_of(value["type"], names))


def _known_keys(model: type[FileModel], key: str) -> str:
    known = _keys(model)
    close = nearest(key, known)
    return f"did you mean `{close}`?" if close else f"known keys are {', '.join(known)}"


def _steps(
    model: type[FileModel], location: Sequence[str | int]
) -> Iterator[tuple[str | int, type[FileModel]]]:
    """The steps of a place in the file, each with the class of the object it is a key of.

    Where an object may be of several kinds pydantic adds the name of its kind, which is no step.
    """
    kinds: dict[str, type[FileModel]] = {}
    for step in location:
        if step in kinds:
            model, kinds = kinds[str(step)], {}
            continue
        yield step, model
        for field in model.model_fields.values():
            if field.alias == step:
                models = list(_models_in(field.annotation))
                kinds = _by_type(models) if len(models) > 1 else {}
                model = models[0] if len(models) == 1 else model


def _by_type(models: Sequence[type[FileModel]]) -> dict[str, type[FileModel]]:
    types = ((model.model_fields.get("type"), model) for model in models)
    return {field.default: model for field, model in types if field is not None}


def _models_in(annotation: Any) -> Iterator[type[FileModel]]:
    if isinstance(annotation, type) and issubclass(annotation, FileModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _keys(model: type[FileModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
