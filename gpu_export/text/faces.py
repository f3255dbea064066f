"""One font face at one place of its variation space: metrics, coverage, HarfBuzz objects.

Knows files and HarfBuzz, not families or styles. Lengths are ems unless named otherwise; y is
up in font space, as in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

import uharfbuzz as hb

from gpu_export.errors import AssetError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FONT_BYTES = 256 * 2**20

_GLYPH_TABLES = ("glyf", "CFF ", "CFF2", "CBDT", "sbix", "COLR")

Variation = tuple[tuple[str, float], ...]
"""Axis tags with their design values, sorted by tag."""


@dataclass(frozen=True, slots=True)
class Extents:
    """What a glyph covers, in ems from its origin, y up; `right > left` and `top > bottom`."""

    left: float
    bottom: float
    right: float
    top: float


class Face:
    """A face of a font file with its axes set.

    Equal and hashed by file, index and axis values. Belongs to one thread at a time.

    Raises:
        AssetError: the file is missing, too large or no font.
    """

    def __init__(self, path: Path, index: int = 0, variation: Variation = ()) -> None:
        self.path, self.index, self.variation = path, index, variation
        self._blob = _load(path)
        self.hb_face = hb.Face(self._blob, index)
        if not self._is_whole():
            raise AssetError("not a font file that can be read", path=path, remedy=_REMEDY)
        self.hb_font = hb.Font(self.hb_face)
        if variation:
            self.hb_font.set_variations(dict(variation))
        self.units_per_em: int = self.hb_face.upem
        extents = self.hb_font.get_font_extents("ltr")
        self.ascender = extents.ascender / self.units_per_em
        self.descender = -extents.descender / self.units_per_em

    def _is_whole(self) -> bool:
        """Whether there are glyphs, and characters that lead to them; HarfBuzz reads anything."""
        face = self.hb_face
        drawn = any(len(face.reference_table(tag).data) for tag in _GLYPH_TABLES)
        return face.glyph_count > 0 and drawn and len(face.reference_table("cmap").data) > 0

    @property
    def key(self) -> tuple[str, int, Variation]:
        """What makes it the same face as another."""
        return str(self.path), self.index, self.variation

    def __eq__(self, other: object) -> bool:
        return self.key == other.key if isinstance(other, Face) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def blob_hash(self) -> str:
        """Identifies the font's bytes and the face in them, wherever the file lies."""
        digest = blake2b(self._blob.data, digest_size=16)
        digest.update(str(self.index).encode())
        return digest.hexdigest()

    @cached_property
    def axes(self) -> dict[str, tuple[float, float]]:
        """Lowest and highest value of every axis by tag."""
        return {axis.tag: (axis.min_value, axis.max_value) for axis in self.hb_face.axis_infos}

    @cached_property
    def has_color(self) -> bool:
        """Whether its glyphs may bring colours of their own."""
        face = self.hb_face
        return bool(face.has_color_png or face.has_color_layers or face.has_color_paint)

    def glyph(self, character: str) -> int | None:
        """The nominal glyph of a character; None where the font has none."""
        found: int | None = self.hb_font.get_nominal_glyph(ord(character))
        return found or None

    def extents(self, glyph_id: int) -> Extents | None:
        """What a glyph covers; None for blank ones."""
        box = self.hb_font.get_glyph_extents(glyph_id)
        if box is None or not box.width or not box.height:
            return None
        left, top = box.x_bearing / self.units_per_em, box.y_bearing / self.units_per_em
        return Extents(
            left, top + box.height / self.units_per_em, left + box.width / self.units_per_em, top
        )


_REMEDY = "Use a TrueType or OpenType file, or a collection of them (.ttf, .otf, .ttc)."


def _load(path: Path) -> hb.Blob:
    try:
        size = path.stat().st_size
        if size > LARGEST_FONT_BYTES:
            raise AssetError(
                f"a font of {size >> 20} MiB, more than the {LARGEST_FONT_BYTES >> 20} allowed",
                path=path,
            )
        return hb.Blob.from_file_path(str(path))
    except (OSError, hb.HarfBuzzError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise AssetError(f"cannot open this font: {reason}", path=path) from error
