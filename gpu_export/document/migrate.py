"""Which format versions are read. There is one; older ones would be brought up to it here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gpu_export.document.model.project import VERSION
from gpu_export.errors import Problem, ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = "/version"


def check_version(data: Mapping[str, Any], source: str) -> list[Problem]:
    """What is wrong with the version, if the rest of the file can be judged all the same.

    Raises:
        ProjectError: the file is of a newer format, so that nothing else can be said about it.
    """
    if "version" not in data:
        return [Problem(_KEY, "missing", f'`"version": {VERSION}` at the top of the file')]
    version = data["version"]
    is_whole = isinstance(version, int) and not isinstance(version, bool)
    if is_whole and version > VERSION:
        expected = f"this release reads version {VERSION}; a newer release is needed"
        raise ProjectError([Problem(_KEY, f"format version {version}", expected)], source=source)
    if not is_whole or version < VERSION:
        return [Problem(_KEY, "no format version", f"the number {VERSION}")]
    return []
