"""A fault of one object, before it is known where in the file the object stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gpu_export.document.model.base import file_key

if TYPE_CHECKING:
    from gpu_export.document.model.base import FileModel


class Fault(NamedTuple):
    """`tail` is the JSON pointer from the object on (`/crop/left`); the rest as in `Problem`."""

    tail: str
    found: str
    expected: str


def file_keys_in_use(value: FileModel) -> frozenset[str]:
    """The keys, as the file spells them, that say something other than their default."""
    fields = type(value).model_fields
    return frozenset(
        file_key(name)
        for name in value.model_fields_set & fields.keys()
        if getattr(value, name) != fields[name].get_default(call_default_factory=True)
    )
