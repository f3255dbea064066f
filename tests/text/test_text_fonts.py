"""Families, faces and weights: what is chosen, what is refused, what is said about it."""

from __future__ import annotations

from pathlib import Path

import fontpkg
import pytest

from gpu_export.errors import AssetError
from gpu_export.text.faces import Face
from gpu_export.text.font_files import FontFile, best_match
from gpu_export.text.library import FontLibrary
from gpu_export.text.style import GlyphStyle
from gpu_export.text.system_fonts import described
from tests.text.setting import FONTS

INTER = Path(fontpkg.path("inter"))


def files(*weights: int, italic: bool = False) -> list[FontFile]:
    return [FontFile("F", Path(f"{w}.ttf"), 0, w, w, italic=italic) for w in weights]


@pytest.mark.parametrize(
    ("weight", "available", "chosen"),
    [
        (400, (300, 500, 700), 500),
        (450, (400, 600), 400),
        (500, (300, 600), 300),
        (300, (200, 400), 200),
        (300, (400, 700), 400),
        (600, (500, 900), 900),
        (900, (100, 700), 700),
        (700, (700,), 700),
    ],
)
def test_the_nearest_weight_is_chosen_as_css_does(
    weight: int, available: tuple[int, ...], chosen: int
) -> None:
    assert best_match(files(*available), weight, italic=False).lightest == chosen


def test_slant_comes_before_weight() -> None:
    both = [*files(400), *files(900, italic=True)]
    assert best_match(both, 400, italic=True).italic


def test_weight_and_optical_size_are_set_within_the_axes() -> None:
    (face, *_), _ = FONTS.chain(GlyphStyle(100.0, weight=950))
    assert face.variation == (("opsz", 32.0), ("wght", 900.0))


def test_italics_are_a_file_of_their_own() -> None:
    (face, *_), _ = FONTS.chain(GlyphStyle(20.0, italic=True))
    assert face.path.name.startswith("Inter-Italic")


def test_a_projects_own_font_wins_over_a_package_of_that_name() -> None:
    own = FontFile("Inter", Path(fontpkg.path("noto-sans")))
    (face, *_), _ = FontLibrary([own], installed=tuple).chain(GlyphStyle(20.0, ("inter",)))
    assert face.path == own.path


def test_faces_that_are_not_as_wanted_are_told() -> None:
    own = FontFile("Mine", INTER)
    chain = FontLibrary([own], installed=tuple).chain(GlyphStyle(20.0, ("Mine",), 700, italic=True))
    assert chain.warnings == (
        '"Mine" has no italic face; another one is used',
        '"Mine" has no weight 700; 400 is used',
    )


def test_unknown_families_are_refused_with_near_names() -> None:
    with pytest.raises(AssetError, match='"Intr": no font family') as caught:
        FONTS.chain(GlyphStyle(20.0, ("Intr",)))
    assert caught.value.remedy.startswith("Near names are Inter;")


def test_generic_names_are_families_that_exist() -> None:
    (face, *_), warnings = FONTS.chain(GlyphStyle(20.0, ("sans-serif",)))
    assert (face.path, warnings) == (INTER, ())


def test_a_missing_font_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="cannot open this font") as caught:
        Face(tmp_path / "none.ttf")
    assert caught.value.path == str(tmp_path / "none.ttf")


@pytest.mark.parametrize("content", [b"", b"not a font", b"\0\1\0\0" + bytes(64)])
def test_a_file_that_is_no_font_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.ttf"
    path.write_bytes(content)
    with pytest.raises(AssetError, match=r"font"):
        Face(path)


def test_a_font_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.ttf"
    path.write_bytes(INTER.read_bytes()[:3000])
    with pytest.raises(AssetError):
        Face(path)


def test_equal_faces_are_equal_keys() -> None:
    one, two = Face(INTER, 0, (("wght", 700.0),)), Face(INTER, 0, (("wght", 700.0),))
    assert one == two
    assert {one: 1}[two] == 1
    assert one.blob_hash == two.blob_hash
    assert one != Face(INTER)


def test_a_font_file_describes_itself() -> None:
    assert list(described(INTER)) == [FontFile("Inter", INTER, 0, 100, 900, italic=False)]


def test_every_packaged_family_can_be_set() -> None:
    for name in ("Inter", "Noto Sans"):
        assert FONTS.chain(GlyphStyle(20.0, (name,))).faces[0].glyph("A") is not None
