"""The distance field of one glyph, and what a font has to offer so that one can be made.

Owns values only: neither how fields are made (`msdf`), kept (`atlas`) nor drawn (`draw`).
Invariant: a field's border lies at least its reach outside the outline, so that repeating its
edge pixels outwards draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import uharfbuzz
    from numpy.typing import NDArray

DEFAULT_RANGE_PX = 8.0
"""From 4 field pixels inside an outline to 4 outside; enough for thin strokes and soft edges."""

_SIZES_PX_PER_EM = (48.0, 64.0, 96.0, 128.0, 192.0, 256.0, 384.0, 512.0, 768.0)


class Face(Protocol):
    """One font at one point of its design space."""

    @property
    def blob_hash(self) -> str:
        """Hash of the font file's bytes, together with its index in a collection."""

    @property
    def variation(self) -> tuple[tuple[str, float], ...]:
        """Axis tags and the values set in `hb_font`, in a stable order."""

    @property
    def hb_font(self) -> uharfbuzz.Font:
        """Set to `variation`, with a scale of `units_per_em`."""

    @property
    def units_per_em(self) -> int:
        """Font units in one em."""


@dataclass(frozen=True, slots=True, eq=False)
class GlyphField:
    """A multi-channel signed distance field with the true distance in its alpha (MTSDF).

    `pixels` is (H, W, 4) float32 in 0..1 and read-only: 0.5 on the outline, more inside, and
    `range_px` field pixels from 0 to 1. All values are exact in half precision. The median of the
    first three channels keeps corners sharp; the fourth is the Euclidean distance, with round
    corners outside. `left` and `top` say where the upper left corner of the field lies, in field
    pixels from the glyph's origin on the baseline, y down.
    """

    pixels: NDArray[np.float32]
    range_px: float
    px_per_em: float
    left: float
    top: float

    @property
    def reach_px(self) -> float:
        """The largest distance it can tell, in field pixels, to either side."""
        return self.range_px / 2


def field_px_per_em(drawn_px_per_em: float) -> float:
    """The field size to draw glyphs of a size from: 48, 64, 96, 128 … or 768.

    The next larger one, because magnified curves and corners begin to show the field's grid; one
    of few, so that a title that grows does not need a new field every frame.
    """
    larger = (size for size in _SIZES_PX_PER_EM if size >= drawn_px_per_em)
    return next(larger, _SIZES_PX_PER_EM[-1])
