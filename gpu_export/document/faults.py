"""A fault of one object, before it is known where in the file the object stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gpu_export.document.model.base import FileModel


class Fault(NamedTuple):
    """`tail` is the JSON pointer from the object on (`/crop/left`); the rest as in `Problem`."""

    tail: str
    found: str
    expected: str


def file_keys_in_use(value: FileModel) -> frozenset[str]:
    """The keys, as the file spells them, that say something other than their default."""
    return frozenset(
        field.alias or name
        for name, field in type(value).model_fields.items()
        if getattr(value, name) != field.get_default(call_default_factory=True)
    )
