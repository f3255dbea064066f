"""The project's own font files, opened under the run's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.errors import AssetError
from gpu_export.text.faces import Face
from gpu_export.text.font_files import FontFile
from gpu_export.text.library import FontLibrary
from gpu_export.text.typeset import Typesetter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gpu_export.core.policy import Policy
    from gpu_export.document.model.project import Font


def typesetter(fonts: Sequence[Font], folder: Path, policy: Policy) -> Typesetter:
    """Sets texts with a project's fonts before all others.

    Raises:
        AssetError: a font file is missing, forbidden or damaged.
    """
    return Typesetter(FontLibrary([_font_file(font, folder, policy) for font in fonts]))


def _font_file(font: Font, folder: Path, policy: Policy) -> FontFile:
    path = folder / font.src
    if not policy.permits(path):
        raise AssetError(
            "lies outside the project's folder and the media roots",
            path=path,
            remedy="Put the font below the project's folder, or name its folder as a media root.",
        )
    # A variable font has all its weights, whichever the project calls it.
    lightest, boldest = Face(path).axes.get("wght", (font.weight, font.weight))
    italic = font.style != "normal"
    return FontFile(font.family, path, 0, round(lightest), round(boldest), italic=italic)
