"""What the format has and this release cannot render yet: refused by name, never ignored.

Whoever makes a feature work deletes its line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.document.faults import Fault, file_keys_in_use
from gpu_export.document.model import (
    AdjustmentClip,
    LayerKeys,
    Output,
    Project,
    ShaderClip,
    ShapeClip,
    SubtitlesClip,
    TextClip,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.document.model.base import FileModel

_LAYER_KEYS = (
    "blend",
    "effects",
    "keyframes",
    "mask",
    "motionBlur",
    "shadow",
    "stroke",
    "transition",
)
_PROJECT_KEYS = ("fonts", "linearLight")
_OUTPUT_KEYS = ("hdr", "passes")


def unsupported(value: FileModel) -> Iterator[Fault]:
    """The features a part of the project uses that cannot be rendered yet."""
    match value:
        case TextClip() | SubtitlesClip() | ShapeClip() | ShaderClip() | AdjustmentClip():
            remedy = "leave the clip out"
            yield Fault("/type", f"`{value.type}` clips are not supported yet", remedy)
        case LayerKeys():
            yield from _refused(value, _LAYER_KEYS)
        case Project():
            yield from _refused(value, _PROJECT_KEYS)
            if isinstance(value.output, tuple):
                yield Fault("/output", "several outputs are not supported yet", "one object")
        case Output():
            yield from _refused(value, _OUTPUT_KEYS)


def _refused(value: FileModel, keys: tuple[str, ...]) -> Iterator[Fault]:
    used = file_keys_in_use(value)
    for key in keys:
        if key in used:
            yield Fault(f"/{key}", f"`{key}` is not supported yet", "leave it out")
