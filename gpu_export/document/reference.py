"""The reference page of the project file, written from the schema and the model's own words.

`python -m gpu_export.document.reference > docs/project-format.md` renews the page.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from gpu_export.document.model import (
    CLIP_TYPES,
    AudioMaster,
    AudioOutput,
    BoxKeys,
    ClipKeys,
    Crop,
    Cue,
    Font,
    Gradient,
    GradientStop,
    Keyframe,
    LayerKeys,
    Mask,
    MediaTime,
    Output,
    OutputRange,
    Poster,
    Project,
    Shadow,
    ShapeStroke,
    Span,
    Stroke,
    TextBox,
    TextStyle,
    Track,
    Transition,
    Transitions,
)
from gpu_export.document.model.base import file_key
from gpu_export.document.model.text import Animate, AnimateFrom, Glow, TextBackground
from gpu_export.document.model.transitions import BUILT_IN_TRANSITIONS
from gpu_export.document.schema import PLACEHOLDER, json_schema
from gpu_export.document.unsupported import keys_not_yet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gpu_export.document.model.base import FileModel

_INTRODUCTION = """\
# The project file, version 1

A project is one JSON file; `.json5` and `.jsonc` may hold comments. `gpu-export schema` prints
its JSON Schema. This page is generated from the same source.

```json
{
  "version": 1,
  "width": 1280,
  "height": 720,
  "tracks": [
    { "clips": [{ "type": "video", "src": "intro.mp4" }, { "type": "video", "src": "talk.mp4" }] },
    { "clips": [{ "type": "image", "src": "logo.png", "duration": "end", "width": "12%",
                  "position": "top-right", "margin": 24 }] }
  ],
  "output": { "path": "talk-final.mp4" }
}
```

## Notations

| name | written | means |
| --- | --- | --- |
| time | `2.5`, `"75f"`, `"00:00:02.500"`, `"00:00:02:15"` | seconds, project frames, timecode; \
exact |
| rate | `30`, `29.97`, `"30000/1001"` | frames a second; 23.976, 29.97, 59.94 mean n·1000/1001 |
| length | `120`, `"50%"` | canvas pixels, or a share of the canvas side it runs along |
| colour | `"#rgb"`, `"#rrggbb"`, `"#rrggbbaa"`, `"rgb(…)"`, `"rgba(…)"`, a CSS name, \
`"transparent"` | sRGB, straight alpha |
| gain | `0.5`, `"-6dB"` | a linear factor, or decibels |

The canvas starts at the top left, y runs down. Paths are relative to the project file.
Unknown keys, wrong types, duplicate keys, `null` and `NaN` are errors. All problems of a file are
reported at once, each with its place.

Any string may hold `{{name}}` or `{{name|default}}`; the values stand in `variables`, and
`--set name=value` on the command line wins. A string that is exactly one placeholder takes the
type of the value; a default is read as JSON where it is JSON. `\\{{` stands for two literal
braces.

Keys and clips marked *not yet* are part of the format, and refused by this release.
"""

_SECTIONS: tuple[tuple[str, type[FileModel]], ...] = (
    ("Root", Project),
    ("Track", Track),
    ("Keys of every clip", ClipKeys),
    ("Time and sound keys", MediaTime),
    ("Layer keys", LayerKeys),
    ("Box keys", BoxKeys),
    ("Text style keys", TextStyle),
)
_BASES: tuple[type[FileModel], ...] = (ClipKeys, MediaTime, LayerKeys, BoxKeys, TextStyle)
_PARTS: tuple[type[FileModel], ...] = (
    Output,
    OutputRange,
    AudioOutput,
    Poster,
    AudioMaster,
    Font,
    Crop,
    Gradient,
    GradientStop,
    Transitions,
    Transition,
    *BUILT_IN_TRANSITIONS.values(),
    Keyframe,
    Mask,
    Shadow,
    Stroke,
    ShapeStroke,
    TextBox,
    TextBackground,
    Glow,
    Span,
    Animate,
    AnimateFrom,
    Cue,
)
_NOTATIONS = {
    "Backdrop": '`"blur"`, colour',
    "Gain": "gain",
    "Margin": "length from 0",
    "ProjectDuration": 'time, `"auto"`',
    "Rate": "rate",
    "Side": "length above 0",
    "Color": "colour",
    "Coordinate": "length",
    "Duration": 'time, `"auto"`, `"end"`',
    "Easing": "easing",
    "PositiveTime": "time above 0",
    "Start": 'time, `"auto"`',
    "Time": "time",
}
_JSON_TYPES = {"string": "text", "boolean": "true, false", "object": "object"}
_TABLE_HEAD = "| key | takes | default | meaning |\n| --- | --- | --- | --- |\n"


def project_format() -> str:
    """The page as Markdown."""
    sections = (_section(title, model) for title, model in _SECTIONS)
    clips = (_clip(kind, model) for kind, model in CLIP_TYPES.items())
    parts = (_part(model) for model in _PARTS)
    return "\n".join([_INTRODUCTION, *sections, "## Clips\n", *clips, "## Parts\n", *parts])


def _section(title: str, model: type[FileModel]) -> str:
    bases = [base for base in _BASES if issubclass(model, base) and base is not model]
    return f"## {title}\n\n{summary(model)}\n\n{table(model, bases)}"


def _part(model: type[FileModel]) -> str:
    return f"### {model.__name__}\n\n{summary(model)}\n\n{table(model, [])}"


def _clip(kind: str, model: type[ClipKeys]) -> str:
    bases = [base for base in _BASES if issubclass(model, base)]
    titles = {model: title for title, model in _SECTIONS}
    links = ", ".join(_link(titles[base]) for base in bases)
    return f"### {kind}\n\n{summary(model)} Also takes: {links}.\n\n{table(model, bases)}"


def _link(title: str) -> str:
    return f"[{title[0].lower()}{title[1:]}](#{title.lower().replace(' ', '-')})"


def summary(model: type[FileModel]) -> str:
    """What a class is, in its own words."""
    return " ".join((model.__doc__ or "").split("\n\n")[0].split())


class _Published(NamedTuple):
    """What the schema says of one class."""

    members: dict[str, Any]
    required: list[str]
    waiting: tuple[str, ...]


def _published(model: type[FileModel]) -> _Published:
    """For a group of keys that is no object by itself: what it is in a clip that has it."""
    schema = json_schema()
    waiting = keys_not_yet(model)
    if model is Project:
        return _Published(schema["properties"], schema["required"], waiting)
    owner = next((clip for clip in CLIP_TYPES.values() if issubclass(clip, model)), model)
    part = schema["$defs"][owner.__name__]
    return _Published(part["properties"], part.get("required", []), waiting)


def table(model: type[FileModel], bases: Iterable[type[FileModel]]) -> str:
    """The keys of a class but for those of its `bases`, as a Markdown table."""
    fields = model.model_fields
    inherited = {
        name
        for base in bases
        for name, field in base.model_fields.items()
        if field.annotation == fields[name].annotation
    }
    published = _published(model)
    own = [file_key(name) for name in fields if name not in inherited]
    # The headings name the types already.
    rows = [_row(key, published) for key in own if key != "type"]
    return _TABLE_HEAD + "".join(rows) if rows else "It has no keys of its own.\n"


def _row(key: str, published: _Published) -> str:
    member = published.members[key]
    default = "required" if key in published.required else ""
    if "default" in member and not default:
        default = f"`{json.dumps(member['default'], ensure_ascii=False)}`"
    meaning = member.get("description", "")
    if key in published.waiting:
        meaning += " *Not yet.*"
    cells = (f"`{key}`", _takes(member), default, meaning)
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |\n"


def _takes(member: dict[str, Any]) -> str:
    forms = [form for form in member.get("anyOf", [member]) if form != PLACEHOLDER]
    texts = [text for text in member.get("examples", []) if isinstance(text, str)]
    return ", ".join(_samples(texts) if "pattern" in form else _form(form) for form in forms)


def _samples(texts: list[str]) -> str:
    return " or ".join(f"`{json.dumps(text)}`" for text in texts)


def _form(form: dict[str, Any]) -> str:
    match form:
        case {"$ref": str(reference)}:
            name = reference.rsplit("/", 1)[1]
            return _NOTATIONS.get(name) or f"[{name}](#{name.lower()})"
        case {"enum": list(names)}:
            return ", ".join(f"`{json.dumps(name)}`" for name in names)
        case {"const": value}:
            return f"`{json.dumps(value)}`"
        case {"type": "number" | "integer" as kind}:
            return f"{'number' if kind == 'number' else 'whole number'}{_range(form)}"
        case {"type": "array", "items": dict(items)}:
            return _array(form, items)
        case _:
            return _JSON_TYPES.get(form.get("type", ""), "any value")


def _array(form: dict[str, Any], items: dict[str, Any]) -> str:
    if form.get("minItems") == form.get("maxItems") == 2 and items.get("type") == "number":
        return "[x, y]"
    if "oneOf" in items:
        is_clip = CLIP_TYPES.keys() <= items["discriminator"]["mapping"].keys()
        return f"array of {'[clips](#clips)' if is_clip else '[effects](effects.md)'}"
    exactly = {form.get("minItems", 0), form.get("maxItems")}
    count = f"{exactly.pop()} " if len(exactly) == 1 else ""
    return f"array of {count}{_form(items)}"


def _range(form: dict[str, Any]) -> str:
    if "exclusiveMinimum" in form:
        return f" above {form['exclusiveMinimum']}"
    if "minimum" in form and "maximum" in form:
        return f" from {form['minimum']} to {form['maximum']}"
    return f" from {form['minimum']}" if "minimum" in form else ""


if __name__ == "__main__":
    sys.stdout.write(project_format())
