"""The `--report` file: whole or not there at all, and there after a failure too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gpu_export.cli.messages import error_to_dict, json_bytes
from gpu_export.errors import ExportError, OutputError

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.engine.report import ExportReport

_OPTION = "--report"


class ReportFile:
    """Where to leave the report. Refuses an unusable place before the work starts.

    Raises:
        OutputError: no such folder, or it is not writable.
    """

    def __init__(self, path: Path) -> None:
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
        self._path = path

    def write(self, report: ExportReport) -> None:
        """Leaves what the export tells of itself."""
        self._write(report.to_dict())

    def write_error(self, error: ExportError) -> None:
        """Leaves `{"error": {…}}`."""
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
