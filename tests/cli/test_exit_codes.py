from __future__ import annotations

import signal

import pytest

from gpu_export import errors
from gpu_export.cli.exit_codes import ExitCode, Interrupted, PipeClosed, exit_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.OptionError("x"), 2),
        (errors.ProjectError([errors.Problem("/fps", "0", "above 0")]), 3),
        (errors.MissingMedia("x", path="a.mp4"), 4),
        (errors.UnsupportedMedia("x", path="a.mp4"), 4),
        (errors.CorruptMedia("x", path="a.mp4"), 4),
        (errors.OutputError("x"), 5),
        (errors.DeviceError("x"), 6),
        (errors.EncodeError("x", codec="h264"), 7),
        (errors.EncoderUnavailable("x", codec="h264"), 7),
        (errors.MuxFailed("x", codec="mp4"), 7),
        (errors.ShaderError(file="a.frag", line=1, log="x"), 8),
        (errors.AssetError("x", path="a.ttf"), 8),
        (errors.Cancelled(), 130),
        (Interrupted(signal.SIGINT), 130),
        (Interrupted(signal.SIGTERM), 143),
        (PipeClosed(), 141),
        (errors.ExportError("x"), 1),
        (ZeroDivisionError(), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_error_has_its_code(error: Exception, code: int) -> None:
    assert exit_code(error) == code


def _leaves(base: type[errors.ExportError]) -> list[type[errors.ExportError]]:
    below = [leaf for child in base.__subclasses__() for leaf in _leaves(child)]
    return below or [base]


def test_no_error_of_the_tree_counts_as_internal() -> None:
    leaves = [leaf for leaf in _leaves(errors.ExportError) if leaf.__module__ == errors.__name__]
    unknown = [leaf for leaf in leaves if exit_code(leaf.__new__(leaf)) == ExitCode.INTERNAL]
    assert unknown == []
