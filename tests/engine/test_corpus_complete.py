"""No file of the corpus is left out: each is exported, or refused with its reason.

What the exported files show and sound like is judged in the other `test_corpus_…` modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import pytest

from tests.corpus import REFUSED, clip_type, media_files
from tests.engine.exporting import data, exported
from tests.shared_media import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_shared


@pytest.mark.parametrize("name", [name for name in media_files() if name not in REFUSED])
def test_every_file_is_exported(name: str, tmp_path: Path) -> None:
    kind = clip_type(name)
    output = tmp_path / ("out.wav" if kind == "audio" else "out.mkv")
    clip = {"type": kind, "src": str(SHARED / name), "duration": "2f"}
    report = exported(data([clip], width=64, height=36), output)
    assert report.frames == 2
    with av.open(str(output)) as container:
        pictures = sum(1 for _ in container.decode(video=0)) if kind != "audio" else 0
    assert pictures == (0 if kind == "audio" else 2)
    assert report.output_bytes == output.stat().st_size


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_played_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    kind, reason = REFUSED[name]
    clip = {"type": clip_type(name), "src": str(SHARED / name), "duration": 1, "name": "this one"}
    with pytest.raises(kind, match=rf'"this one": .*{SHARED / name}: .*{reason}'):
        exported(data([clip]), tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []
