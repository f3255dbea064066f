"""Programmatic video export: one JSON project in, one finished video out.

    import gpu_export

    report = gpu_export.export("project.json", "out.mp4")
    picture = gpu_export.render_frame("project.json", 3.5)

Names are loaded when they are first used, so importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from gpu_export import errors
from gpu_export.errors import ExportError
from gpu_export.version import VERSION

__version__ = VERSION

if TYPE_CHECKING:
    from gpu_export.api import capabilities, export, probe, render_frame, validate, validate_deep
    from gpu_export.document.builder import Clip
    from gpu_export.document.model import (
        AdjustmentClip,
        AudioClip,
        AudioOutput,
        CompositionClip,
        FramesClip,
        GradientClip,
        ImageClip,
        Output,
        OutputRange,
        Poster,
        Project,
        ShaderClip,
        ShapeClip,
        SolidClip,
        SubtitlesClip,
        TextClip,
        Track,
        VideoClip,
    )
    from gpu_export.document.parse import load_project
    from gpu_export.document.serialise import to_json
    from gpu_export.engine.cancel import Cancellation
    from gpu_export.engine.options import (
        CompositorChoice,
        ExportOptions,
        HardwareChoice,
        Mode,
        TimeRange,
        Trust,
    )
    from gpu_export.engine.report import ExportReport, Progress
    from gpu_export.machine.capabilities import Capabilities

_HOMES = {
    "capabilities": "api",
    "export": "api",
    "render_frame": "api",
    "validate": "api",
    "validate_deep": "api",
    "probe": "api",
    "Clip": "document.builder",
    "load_project": "document.parse",
    "to_json": "document.serialise",
    "Project": "document.model",
    "Track": "document.model",
    "VideoClip": "document.model",
    "ImageClip": "document.model",
    "SolidClip": "document.model",
    "GradientClip": "document.model",
    "AudioClip": "document.model",
    "TextClip": "document.model",
    "SubtitlesClip": "document.model",
    "ShapeClip": "document.model",
    "ShaderClip": "document.model",
    "CompositionClip": "document.model",
    "AdjustmentClip": "document.model",
    "FramesClip": "document.model",
    "Output": "document.model",
    "OutputRange": "document.model",
    "Poster": "document.model",
    "AudioOutput": "document.model",
    "Cancellation": "engine.cancel",
    "Capabilities": "machine.capabilities",
    "CompositorChoice": "engine.options",
    "ExportOptions": "engine.options",
    "HardwareChoice": "engine.options",
    "Mode": "engine.options",
    "TimeRange": "engine.options",
    "Trust": "engine.options",
    "ExportReport": "engine.report",
    "Progress": "engine.report",
}

__all__ = [
    "AdjustmentClip",
    "AudioClip",
    "AudioOutput",
    "Cancellation",
    "Capabilities",
    "Clip",
    "CompositionClip",
    "CompositorChoice",
    "ExportError",
    "ExportOptions",
    "ExportReport",
    "FramesClip",
    "GradientClip",
    "HardwareChoice",
    "ImageClip",
    "Mode",
    "Output",
    "OutputRange",
    "Poster",
    "Progress",
    "Project",
    "ShaderClip",
    "ShapeClip",
    "SolidClip",
    "SubtitlesClip",
    "TextClip",
    "TimeRange",
    "Track",
    "Trust",
    "VideoClip",
    "capabilities",
    "errors",
    "export",
    "load_project",
    "probe",
    "render_frame",
    "to_json",
    "validate",
    "validate_deep",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
