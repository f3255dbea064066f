"""The project's `.cube` colour tables, opened under the run's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.core.cube import parse_cube
from gpu_export.document.model import ClipKeys
from gpu_export.document.model.effects import ColorMapEffect
from gpu_export.document.problems import clip_name
from gpu_export.document.walk import placed_objects
from gpu_export.errors import AssetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gpu_export.core.cube import Cube
    from gpu_export.core.policy import Policy
    from gpu_export.document.model import Project
    from gpu_export.engine.load import LoadedProject

LARGEST_FILE_BYTES = 64 << 20


def read_tables(loaded: LoadedProject, policy: Policy) -> dict[str, Cube]:
    """Every table that effects name, by the name that they give it.

    Raises:
        AssetError: one is missing, forbidden or malformed; names clip, file and line.
    """
    tables: dict[str, Cube] = {}
    for where, src in _uses(loaded.project):
        if src not in tables:
            try:
                tables[src] = _read(loaded.folder / src, policy)
            except AssetError as error:
                error.where = f"{where}: {error.where}"
                raise
    return tables


def _uses(project: Project) -> Iterator[tuple[str, str]]:
    for place in placed_objects(project):
        if isinstance(place.value, ClipKeys):
            for effect in getattr(place.value, "effects", ()):
                if isinstance(effect, ColorMapEffect):
                    yield clip_name(place.pointer, place.value), effect.src


def _read(path: Path, policy: Policy) -> Cube:
    if not policy.permits(path):
        raise AssetError(
            "lies outside the project's folder and the media roots",
            path=path,
            remedy="Put it below the project's folder, or name its folder as a media root.",
        )
    try:
        if not path.is_file():
            raise AssetError("there is no such file", path=path, remedy="Correct `src`.")
        if path.stat().st_size > LARGEST_FILE_BYTES:
            found = f"larger than {LARGEST_FILE_BYTES >> 20} MiB"
            raise AssetError(found, path=path, remedy="Export the table with fewer samples.")
        return parse_cube(path.read_text(encoding="utf-8-sig", errors="replace"), path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise AssetError(f"cannot be read: {reason}", path=path) from error
