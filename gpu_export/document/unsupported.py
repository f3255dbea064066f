"""What the format has and this release cannot render yet: refused by name, never ignored.

Whoever makes a feature work deletes its line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.document.faults import Fault, file_keys_in_use
from gpu_export.document.model import Output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.document.model.base import FileModel


# Keys are refused where they say something other than their default.
_KEYS_NOT_YET: dict[type[FileModel], tuple[str, ...]] = {
    Output: ("hdr",),
}


def keys_not_yet(model: type[FileModel]) -> tuple[str, ...]:
    """The keys of a class that cannot be rendered yet."""
    return tuple(
        key for owner, keys in _KEYS_NOT_YET.items() if issubclass(model, owner) for key in keys
    )


def unsupported(value: FileModel) -> Iterator[Fault]:
    """The features a part of the project uses that cannot be rendered yet."""
    used = file_keys_in_use(value)
    for key in keys_not_yet(type(value)):
        if key in used:
            yield Fault(f"/{key}", f"`{key}` is not supported yet", "leave it out")
