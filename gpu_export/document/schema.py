"""The published JSON Schema (draft 2020-12), generated from the model that reads the files."""

from __future__ import annotations

from typing import Any

from gpu_export.document.model import Project

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """What a project file may hold: every key with its meaning, its default and its notation."""
    schema = Project.model_json_schema(by_alias=True, mode="validation")
    definitions = {name: _tidied(part) for name, part in schema.pop("$defs").items()}
    return {
        "$schema": DIALECT,
        **_tidied(schema),
        "title": "gpu_export project, version 1",
        "$defs": definitions,
    }


def _tidied(part: Any) -> Any:
    """Without null, which files do not use, and without titles that only repeat keys."""
    if isinstance(part, list):
        return [_tidied(member) for member in part]
    if not isinstance(part, dict):
        return part
    kept = {
        key: _tidied(value)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
    }
    if "anyOf" in kept:
        kept["anyOf"] = [form for form in kept["anyOf"] if form != {"type": "null"}]
        if len(kept["anyOf"]) == 1:
            kept |= kept.pop("anyOf")[0]
    return _with_required(kept)


def _with_required(part: dict[str, Any]) -> dict[str, Any]:
    """Constants tell clips and versions apart: files must say them although code need not."""
    constants = [
        key
        for key, member in part.get("properties", {}).items()
        if isinstance(member, dict) and "const" in member
    ]
    if constants:
        part["required"] = sorted({*part.get("required", ()), *constants})
    return part
