"""What a project brings along besides media: read beforehand, looked up while clips are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gpu_export.text.typeset import Typesetter
from gpu_export.usershaders.shelf import EMPTY_SHELF, Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.core.cube import Cube


@dataclass(frozen=True, slots=True)
class Materials:
    """Everything that clips refer to by name and that no reader delivers.

    Attributes:
        typesetter: lays texts out, with the fonts that come along unless it has others.
        shaders: the project's own, by `shader_uses`.
        tables: `.cube` files by the `src` that effects give.
    """

    typesetter: Typesetter = field(default_factory=Typesetter)
    shaders: Shelf = EMPTY_SHELF
    tables: Mapping[str, Cube] = field(default_factory=dict)
