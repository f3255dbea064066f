"""The project's own fonts and subtitle files, opened under the run's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.document.model import SubtitlesClip
from gpu_export.document.problems import clip_name
from gpu_export.document.walk import placed_objects
from gpu_export.errors import AssetError
from gpu_export.text.atlas import FieldCache, default_cache_dir
from gpu_export.text.captions import read_captions
from gpu_export.text.faces import Face
from gpu_export.text.font_files import FontFile
from gpu_export.text.library import FontLibrary
from gpu_export.text.typeset import Typesetter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gpu_export.core.policy import Policy
    from gpu_export.document.model import Project
    from gpu_export.document.model.project import Font
    from gpu_export.text.captions import Captions


def typesetter(project: Project, folder: Path, policy: Policy) -> Typesetter:
    """Sets texts with a project's fonts before all others; knows its subtitles.

    Raises:
        AssetError: a font or subtitle file is missing, forbidden or damaged.
    """
    fonts = [_font_file(font, folder, policy) for font in project.fonts]
    captions: dict[Path, Captions] = {}
    for where, src in _subtitle_files(project):
        path = folder / src
        if path not in captions:
            captions[path] = _captions(path, policy, where)
    return Typesetter(FontLibrary(fonts), captions, FieldCache(default_cache_dir()))


def _subtitle_files(project: Project) -> Iterator[tuple[str, str]]:
    """The clip and the file of each."""
    for place in placed_objects(project):
        clip = place.value
        if isinstance(clip, SubtitlesClip) and clip.src is not None:
            yield clip_name(place.pointer, clip), clip.src


def _captions(path: Path, policy: Policy, where: str) -> Captions:
    try:
        _refuse_forbidden(path, policy)
        return read_captions(path)
    except AssetError as error:
        error.where = f"{where}: {error.where}"
        raise


def _font_file(font: Font, folder: Path, policy: Policy) -> FontFile:
    path = folder / font.src
    _refuse_forbidden(path, policy)
    # A variable font has all its weights, whichever the project calls it.
    lightest, boldest = Face(path).axes.get("wght", (font.weight, font.weight))
    italic = font.style != "normal"
    return FontFile(font.family, path, 0, round(lightest), round(boldest), italic=italic)


def _refuse_forbidden(path: Path, policy: Policy) -> None:
    if not policy.permits(path):
        raise AssetError(
            "lies outside the project's folder and the media roots",
            path=path,
            remedy="Put it below the project's folder, or name its folder as a media root.",
        )
