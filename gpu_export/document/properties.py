"""The properties of a clip that keyframes may change: names, places in the model, notations.

Worked out from the models, so that a new key can be keyframed as soon as it exists. Knows no
times and no curves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import TypeAdapter

from gpu_export.document.model import CompositionClip
from gpu_export.document.model.base import FileModel, file_key
from gpu_export.document.model.colors import Backdrop, Color
from gpu_export.document.model.forms import FREE, Form
from gpu_export.document.model.layers import Number
from gpu_export.document.model.places import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

Path = tuple[str | int, ...]
"""Attribute names, indices and keys of dictionaries that lead to a value."""

_FIXED = frozenset(
    {
        "type",
        "name",
        "start",
        "duration",
        "hidden",
        "src",
        "stream",
        "fps",
        "in",
        "out",
        "loop",
        "freeze",
        "mute",
        "fadeIn",
        "fadeOut",
        "preservePitch",
        "text",
        "spans",
        "cues",
        "tracks",
        "transition",
        "keyframes",
        "motionBlur",
        "animate",
        "d",
        "shape",
        "track",
        "fontFamily",
        "direction",
        "wrap",
    }
)
"""What keeps one value for as long as a clip lasts."""

_CANVAS = ("width", "height")
_COLORS = tuple(get_args(notation)[1] for notation in (Color, Backdrop))

# How far a value stays from a limit that it may not reach.
_CLEARANCE = 0.01


@dataclass(frozen=True, slots=True)
class Property:
    """One value of a clip that may change over time.

    Attributes:
        path: where it stands in the clip's model.
        notation: reads and checks one value.
        is_color: whether it is mixed as a colour.
        is_whole: whether it is a whole number.
        least, most: inclusive limits of its number or numbers, or of its pixels.
        whole: the value it is an element of, with its place in it; None if it is none.
    """

    path: Path
    notation: TypeAdapter[Any]
    is_color: bool = False
    is_whole: bool = False
    least: float | None = None
    most: float | None = None
    whole: tuple[Property, int, Any] | None = None

    def read(self, value: object) -> Any:
        """A value as the file writes it.

        Raises:
            ValidationError: it is not in this property's notation or range.
        """
        found = self.notation.validate_python(value)
        if self.whole is not None:
            owner, index, others = self.whole
            owner.read([*others[:index], found, *others[index + 1 :]])
        return found


def properties(clip: FileModel) -> dict[str, Property]:
    """Every property of a clip that may change over time, by its dotted name."""
    return dict(_of_model(clip, "", ()))


def property_of(clip: FileModel, name: str, known: Mapping[str, Property]) -> Property | None:
    """The property of this name, one of the `known` ones or a parameter of a shader."""
    return known.get(name) or _parameter(clip, name)


def _parameter(clip: FileModel, name: str) -> Property | None:
    """A parameter of the clip's own shader, or of one of its effects, that stands nowhere yet."""
    owner: object = clip
    path: Path = ()
    steps = name.split(".")
    if steps[0] == "effects" and len(steps) > 2 and steps[1].isdecimal():
        effects, index = getattr(clip, "effects", ()), int(steps[1])
        owner = effects[index] if index < len(effects) else None
        path, steps = ("effects", index), steps[2:]
    if len(steps) != 2 or steps[0] != "params" or not steps[1]:
        return None
    if not isinstance(getattr(owner, "params", None), dict):
        return None
    return Property((*path, "params", steps[1]), _adapter(object, FREE))


def _of_model(model: FileModel, prefix: str, path: Path) -> Iterator[tuple[str, Property]]:
    kind = type(model)
    for attribute, field in kind.model_fields.items():
        key = file_key(attribute)
        if key in _FIXED or (key in _CANVAS and issubclass(kind, CompositionClip)):
            continue
        value = getattr(model, attribute)
        yield from _of_value(value, f"{prefix}{key}", (*path, attribute), field)
    for key in model.model_extra or {}:
        yield f"{prefix}{key}", Property((*path, key), _adapter(object, FREE))


def _of_value(
    value: Any, name: str, path: Path, field: FieldInfo
) -> Iterator[tuple[str, Property]]:
    if isinstance(value, FileModel):
        yield from _of_model(value, f"{name}.", path)
    elif _holds_models(field.annotation):
        for index, part in enumerate(value or ()):
            yield from _of_model(part, f"{name}.{index}.", (*path, index))
    elif isinstance(value, dict):
        for key in value:
            yield f"{name}.{key}", Property((*path, key), _adapter(object, FREE))
    else:
        form = _form_of(field)
        whole = _property(path, _field_adapter(_Identity(field)), form)
        yield name, whole
        if form is not None and isinstance(value, tuple) and not whole.is_color:
            yield from _elements(whole, name, value, form.schema)


def _elements(
    whole: Property, name: str, value: tuple[Any, ...], schema: Mapping[str, Any]
) -> Iterator[tuple[str, Property]]:
    """The elements of a list, and of the lists in it."""
    array = next((form for form in _forms(schema) if form.get("type") == "array"), {})
    items = array.get("items", {})
    for index, part in enumerate(value):
        element = _element(whole, index, value, items)
        yield f"{name}.{index}", element
        if isinstance(part, tuple):
            yield from _elements(element, f"{name}.{index}", part, items)


def _element(
    whole: Property, index: int, value: tuple[Any, ...], items: Mapping[str, Any]
) -> Property:
    nested = isinstance(value[index], tuple)
    least, most = _limits(items)
    return Property(
        (*whole.path, index),
        _adapter(Pair if nested else Number),
        least=least,
        most=most,
        whole=(whole, index, value),
    )


def _property(path: Path, notation: TypeAdapter[Any], form: Form[Any] | None) -> Property:
    if form is None:
        return Property(path, notation)
    least, most = _limits(form.schema)
    is_whole = form.schema.get("type") == "integer"
    return Property(path, notation, form in _COLORS, is_whole, least, most)


def _form_of(field: FieldInfo) -> Form[Any] | None:
    found = [part for part in field.metadata if isinstance(part, Form)]
    for member in get_args(field.annotation):
        found += [part for part in get_args(member) if isinstance(part, Form)]
    return found[0] if found else None


def _holds_models(annotation: Any) -> bool:
    """Whether it is one of the models, or holds some, so that only its parts have values."""
    if isinstance(annotation, type):
        return issubclass(annotation, FileModel)
    return any(_holds_models(member) for member in get_args(annotation))


def _forms(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [schema, *schema.get("anyOf", ())]


def _limits(schema: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Those of the number, or of the numbers of the list, that a schema describes."""
    for form in _forms(schema):
        if form.get("type") in ("number", "integer"):
            least, most = form.get("minimum"), form.get("maximum")
            if "exclusiveMinimum" in form:
                least = form["exclusiveMinimum"] + _CLEARANCE
            if "exclusiveMaximum" in form:
                most = form["exclusiveMaximum"] - _CLEARANCE
            return least, most
    lists = [form["items"] for form in _forms(schema) if "items" in form]
    return _limits(lists[0]) if lists else (None, None)


@cache
def _adapter(notation: Any, form: Form[Any] | None = None) -> TypeAdapter[Any]:
    return TypeAdapter(notation if form is None else Annotated[notation, form])


class _Identity:
    """Lets fields, which have no hash, be remembered by who they are."""

    def __init__(self, field: FieldInfo) -> None:
        self.field = field

    def __hash__(self) -> int:
        return id(self.field)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.field is self.field


@cache
def _field_adapter(identity: _Identity) -> TypeAdapter[Any]:
    notation: Any = identity.field.annotation
    for part in identity.field.metadata:
        notation = Annotated[notation, part]
    return TypeAdapter(notation)
