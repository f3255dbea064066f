"""The `--report` file: whole or not there at all, and there after a failure too.

Invariant: it replaces an earlier report, or with `--overwrite` another file, but never one that
the project reads or writes.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from gpu_export.cli.messages import error_to_dict, json_bytes
from gpu_export.errors import ExportError, OptionError, OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gpu_export.engine.report import ExportReport

_OPTION = "--report"

# No report is longer; larger files are not even looked into.
_LONGEST_REPORT = 16 * 2**20

# What tells a report from other JSON; later releases add keys but keep these.
_KEYS_OF_OURS = {"output", "frames", "compositor", "encoder", "wall_s"}


class ReportFile:
    """Where to leave the report. Refuses an unusable place before the work starts.

    Raises:
        OutputError: no such folder, it is not writable, or another file stands there.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        _check_folder(path)
        # Until the project is read, a file may be one of its own, whatever `overwrite` says.
        self._is_spared = path.exists() and not _is_report(path)
        if self._is_spared and not overwrite:
            raise OutputError(
                f"{path} exists already and is no report",
                where=_OPTION,
                remedy="Use --overwrite to replace it, or choose another name.",
            )
        self._path = path

    def refuse(self, files: Mapping[Path, str]) -> None:
        """Never replaces any of `files`; each comes with what it is to the project.

        Raises:
            OptionError: the report would be one of them; nothing will be written.
        """
        for file, role in files.items():
            if _is_same(self._path, file):
                self._is_spared = True
                raise OptionError(
                    f"the report and {role} are the same file",
                    where=_OPTION,
                    remedy="Choose another name for the report.",
                )

    def release(self, files: Mapping[Path, str]) -> None:
        """As `refuse`; `files` are all of the project's, so any other may be replaced now."""
        self.refuse(files)
        self._is_spared = False

    def write(self, report: ExportReport) -> None:
        """Leaves what the export tells of itself."""
        self._write(report.to_dict())

    def write_error(self, error: ExportError) -> None:
        """Leaves `{"error": {…}}`, unless a file stands there that may be the project's."""
        if not self._is_spared:
            self._write({"error": error_to_dict(error)})

    def _write(self, value: dict[str, Any]) -> None:
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        try:
            beside.write_bytes(json_bytes(value) + b"\n")
            beside.replace(self._path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise OutputError(
                f"the report could not be written: {error.strerror}", where=str(self._path)
            ) from error


def _check_folder(path: Path) -> None:
    if path.is_dir():
        raise OutputError(f"{path} is a folder", where=_OPTION, remedy="Name a file in it.")
    if not path.parent.is_dir():
        raise OutputError(
            f"there is no folder {path.parent}", where=_OPTION, remedy="Create it first."
        )
    if not os.access(path.parent, os.W_OK):
        raise OutputError(
            f"{path.parent} is not writable", where=_OPTION, remedy="Choose another folder."
        )


def _is_report(path: Path) -> bool:
    """Whether an earlier run left this file: a report, or the error in place of one."""
    try:
        if not path.is_file() or path.stat().st_size > _LONGEST_REPORT:
            return False
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(value, dict):
        return False
    return set(value) == {"error"} or set(value) >= _KEYS_OF_OURS


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return path.resolve() == other.resolve()
