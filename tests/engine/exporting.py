"""Exports a project given as plain data and hands back the file, for end-to-end tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gpu_export.engine.export import export
from gpu_export.engine.load import load_data
from gpu_export.engine.options import CompositorChoice, ExportOptions

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.engine.report import ExportReport

CPU = ExportOptions(compositor=CompositorChoice.CPU)
FAST = {"preset": "ultrafast", "quality": 90}


def data(*tracks: list[dict[str, Any]], **keys: Any) -> dict[str, Any]:
    """A small project: 320×180 at 25 fps unless `keys` say otherwise."""
    plain = {"version": 1, "width": 320, "height": 180, "fps": 25, "output": FAST}
    return {**plain, "tracks": [{"clips": clips} for clips in tracks], **keys}


def exported(project: dict[str, Any], output: Path, options: ExportOptions = CPU) -> ExportReport:
    """Exports to `output`; the project's paths count from the output's folder."""
    loaded = load_data(project, options, folder=output.parent)
    return export(loaded, output, options)
