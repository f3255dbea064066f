"""What the command line says of keyframes that cannot be meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gpu_export.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_faulty_keyframe_is_named_with_what_would_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keyframes = {
        "opacity": [{"time": 0, "value": 0}, {"time": 1, "value": 1.5}],
        "rotatoin": [{"time": 0, "value": 0}],
        "x": [{"time": 1, "value": 0}, {"time": 1, "value": "50%", "easing": "easeOutBouncey"}],
        "x.0": [],
        "color": [{"time": 0, "value": "rde"}],
    }
    clip = {"type": "solid", "color": "red", "duration": 1, "keyframes": keyframes}
    project = tmp_path / "p.json"
    project.write_text(json.dumps({"version": 1, "tracks": [{"clips": [clip]}]}))
    assert main(["validate", str(project)]) == 3
    told = capsys.readouterr()
    told_all = told.out + told.err
    for words in (
        "keyframes/opacity/1/value",
        "a number from 0 to 1",
        "did you mean `rotation`?",
        "did you mean `easeOutBounce`?",
        "keyframes/x.0: unknown property",
        "keyframes/color/0/value",
    ):
        assert words in told_all
