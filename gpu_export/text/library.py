"""Which faces a style is set in: the chain of its families, and what stands in for the rest.

Looks among the project's own fonts first, then among those that come as packages, then among
the system's. Nothing is swapped in silence: what was not found is reported.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import fontpkg

from gpu_export.errors import AssetError
from gpu_export.text.faces import Face
from gpu_export.text.font_files import FontFile, best_match
from gpu_export.text.system_fonts import system_fonts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gpu_export.text.faces import Variation
    from gpu_export.text.style import GlyphStyle

DEFAULT_FAMILIES = ("Inter", "Noto Sans")
"""What text is set in where it names nothing, and what stands in first for missing glyphs."""

_GENERIC: dict[str, tuple[str, ...]] = {
    "sans-serif": DEFAULT_FAMILIES,
    "system-ui": DEFAULT_FAMILIES,
    "serif": ("Noto Serif", "DejaVu Serif", "Liberation Serif", "Times New Roman", "Times"),
    "monospace": ("Noto Sans Mono", "DejaVu Sans Mono", "Liberation Mono", "Courier New"),
}


class Chain(NamedTuple):
    """The faces of a style, the preferred one first, and what had to be passed over."""

    faces: tuple[Face, ...]
    warnings: tuple[str, ...]


class FontLibrary:
    """All fonts a project may use.

    `own` are its files, under the names it gives them; `installed` lists the machine's, and is
    asked only where neither those nor the packages have what is wanted.
    """

    def __init__(
        self,
        own: Sequence[FontFile] = (),
        installed: Callable[[], Sequence[FontFile]] = system_fonts,
    ) -> None:
        self._own = tuple(own)
        self._installed = installed
        self._faces: dict[tuple[FontFile, Variation], Face] = {}
        self._chains: dict[GlyphStyle, Chain] = {}
        self._stand_ins: dict[tuple[str, int, bool], Face | None] = {}

    def chain(self, style: GlyphStyle) -> Chain:
        """The faces of a style's families, then those of the default ones.

        Raises:
            AssetError: none of the families is known, or a font file cannot be read.
        """
        if style not in self._chains:
            self._chains[style] = self._chain(style)
        return self._chains[style]

    def _chain(self, style: GlyphStyle) -> Chain:
        warnings: list[str] = []
        named = [files for name in style.families if (files := self._named(name, warnings))]
        if style.families and not named:
            raise self._unknown(style.families)
        defaults = [files for name in DEFAULT_FAMILIES if (files := self._family(name))]
        chosen = [best_match(files, style.weight, italic=style.italic) for files in named]
        warnings.extend(_unmet(chosen[0], style) if chosen else ())
        chosen.extend(best_match(files, style.weight, italic=style.italic) for files in defaults)
        faces = dict.fromkeys(self.face(file, style) for file in chosen)
        return Chain(tuple(faces), tuple(warnings))

    @property
    def files(self) -> tuple[Path, ...]:
        """The font files that were looked into so far, sorted."""
        return tuple(sorted({file.path for file, _ in self._faces}))

    def face(self, file: FontFile, style: GlyphStyle) -> Face:
        """A file's face at the weight, and the optical size, of a style."""
        plain = self._open(file, ())
        axes: dict[str, float] = {}
        for tag, wanted in (("wght", float(style.weight)), ("opsz", float(round(style.size)))):
            if tag in plain.axes:
                lowest, highest = plain.axes[tag]
                axes[tag] = min(max(wanted, lowest), highest)
        return self._open(file, tuple(sorted(axes.items()))) if axes else plain

    def stand_in(self, cluster: str, style: GlyphStyle, *, color: bool) -> Face | None:
        """A face beyond the chain that has all of a cluster; one with colours for emoji."""
        key = (cluster, style.weight, style.italic)
        if key not in self._stand_ins:
            covering = (face for face in self._others(style) if covers(face, cluster))
            plain_last = (
                sorted(covering, key=lambda face: not face.has_color) if color else covering
            )
            self._stand_ins[key] = next(iter(plain_last), None)
        return self._stand_ins[key]

    def _others(self, style: GlyphStyle) -> Iterator[Face]:
        """The project's own fonts, then one face of every other family, Noto's first."""
        families: dict[str, list[FontFile]] = {}
        for file in (*self._own, *self._packaged, *_noto_first(self._installed())):
            families.setdefault(file.family, []).append(file)
        for files in families.values():
            try:
                yield self.face(best_match(files, style.weight, italic=style.italic), style)
            except AssetError:
                # A damaged file somewhere on the machine is not the project's fault.
                continue

    def _open(self, file: FontFile, variation: Variation) -> Face:
        key = (file, variation)
        if key not in self._faces:
            self._faces[key] = Face(file.path, file.index, variation)
        return self._faces[key]

    def _named(self, name: str, warnings: list[str]) -> tuple[FontFile, ...]:
        for family in _GENERIC.get(name.strip().lower(), (name,)):
            if files := self._family(family):
                return files
        warnings.append(f'no font family "{name}" is known; the next of the list is used')
        return ()

    def _family(self, name: str) -> tuple[FontFile, ...]:
        wanted = name.strip().casefold()
        for fonts in (self._own, self._packaged, self._installed):
            listed = fonts() if callable(fonts) else fonts
            if files := tuple(file for file in listed if file.family.casefold() == wanted):
                return files
        return ()

    @cached_property
    def _packaged(self) -> tuple[FontFile, ...]:
        """Families that are installed as packages."""
        return tuple(
            FontFile(
                family.name,
                file.path,
                lightest=file.wght_min or file.weight or 400,
                boldest=file.wght_max or file.weight or 400,
                italic=file.style == "italic",
            )
            for family in map(fontpkg.family, sorted(fontpkg.families()))
            for file in family.files
        )

    def _unknown(self, families: Sequence[str]) -> AssetError:
        known = sorted({file.family for file in (*self._own, *self._packaged, *self._installed())})
        named = ", ".join(f'"{name}"' for name in families)
        close = get_close_matches(families[0], known, n=3, cutoff=0.5) or known[:12]
        return AssetError(
            "no font family of this name is known",
            path=named,
            remedy=f"Near names are {', '.join(close)}; "
            "or add the file to `fonts` at the root of the project.",
        )


def covers(face: Face, cluster: str) -> bool:
    """Whether a face has a glyph for every character of a cluster that is to be seen."""
    return all(face.glyph(char) is not None for char in cluster if not is_invisible(char))


def is_invisible(character: str) -> bool:
    """Whether a character asks for no glyph: joiners, selectors, marks of direction."""
    code = ord(character)
    return (
        0x200B <= code <= 0x200F
        or 0x202A <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or 0xFE00 <= code <= 0xFE0F
        or code in (0x00AD, 0x034F, 0x061C, 0xFEFF)
        or 0xE0000 <= code <= 0xE0FFF
    )


def _noto_first(fonts: Sequence[FontFile]) -> list[FontFile]:
    return sorted(fonts, key=lambda font: not font.family.startswith("Noto "))


def _unmet(file: FontFile, style: GlyphStyle) -> Iterator[str]:
    """What the chosen face has not, in words."""
    if file.italic != style.italic:
        wanted = "italic" if style.italic else "upright"
        yield f'"{file.family}" has no {wanted} face; another one is used'
    if not file.lightest <= style.weight <= file.boldest:
        nearest = file.lightest if style.weight < file.lightest else file.boldest
        yield f'"{file.family}" has no weight {style.weight}; {nearest} is used'
