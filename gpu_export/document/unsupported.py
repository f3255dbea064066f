"""What the format has and this release cannot render yet: refused by name, never ignored.

Whoever makes a feature work deletes its line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.document.faults import Fault, file_keys_in_use
from gpu_export.document.model import ClipKeys, LayerKeys, Output, Project
from gpu_export.document.model.text import TextStyle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.document.model.base import FileModel

CLIP_TYPES_NOT_YET = ("adjustment",)

# Keys are refused where they say something other than their default.
_KEYS_NOT_YET: dict[type[FileModel], tuple[str, ...]] = {
    LayerKeys: ("blend",),
    Project: ("linearLight",),
    Output: ("hdr",),
}

# Text draws these with its glyphs.
_TEXT_HAS_ITS_OWN = ("shadow", "stroke")


def keys_not_yet(model: type[FileModel]) -> tuple[str, ...]:
    """The keys of a class that cannot be rendered yet."""
    waiting = (
        key for owner, keys in _KEYS_NOT_YET.items() if issubclass(model, owner) for key in keys
    )
    works = _TEXT_HAS_ITS_OWN if issubclass(model, TextStyle) else ()
    return tuple(key for key in waiting if key not in works)


def unsupported(value: FileModel) -> Iterator[Fault]:
    """The features a part of the project uses that cannot be rendered yet."""
    if isinstance(value, ClipKeys) and value.type in CLIP_TYPES_NOT_YET:
        yield Fault("/type", f"`{value.type}` clips are not supported yet", "leave the clip out")
        return
    used = file_keys_in_use(value)
    for key in keys_not_yet(type(value)):
        if key in used:
            yield Fault(f"/{key}", f"`{key}` is not supported yet", "leave it out")
    if isinstance(value, Project) and isinstance(value.output, tuple):
        yield Fault("/output", "several outputs are not supported yet", "one object")
