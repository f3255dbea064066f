"""What a killed export left beside its output goes when the next one begins, and nothing else."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gpu_export.media import leftovers
from gpu_export.media.staging import StagedFile, StagedSequence

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no file locks here")

_STAGES = """
import sys
from pathlib import Path
from gpu_export.media.staging import {kind}
staged = {kind}(Path(sys.argv[1]), overwrite=True)
print("staged", flush=True)
sys.stdin.read()
"""


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _stages(kind: str, place: Path) -> subprocess.Popen[str]:
    """A process that has staged an output and waits."""
    command = [sys.executable, "-c", _STAGES.format(kind=kind), str(place)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "staged\n"
    return process


@pytest.mark.parametrize(
    ("kind", "name"), [("StagedFile", "out.mp4"), ("StagedSequence", "p-%03d.png")]
)
def test_what_a_killed_process_left_goes_with_the_next_export(
    kind: str, name: str, tmp_path: Path
) -> None:
    place = tmp_path / name
    with _stages(kind, place) as process:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert len(_names(tmp_path)) == 1
    again = StagedFile if kind == "StagedFile" else StagedSequence
    again(place, overwrite=True).discard()
    assert _names(tmp_path) == []


def test_what_a_running_process_writes_to_stays(tmp_path: Path) -> None:
    place = tmp_path / "out.mp4"
    with _stages("StagedFile", place) as process:
        [name] = _names(tmp_path)
        StagedFile(place, overwrite=True).discard()
        assert _names(tmp_path) == [name]
        process.communicate()


def test_two_exports_in_one_process_leave_each_other_alone(tmp_path: Path) -> None:
    place = tmp_path / "out.mp4"
    one = StagedFile(place, overwrite=True)
    other = StagedFile(place, overwrite=True)
    assert one.path.exists()
    one.path.write_text("one")
    one.commit()
    other.discard()
    assert place.read_text() == "one"
    assert _names(tmp_path) == ["out.mp4"]


def test_leftovers_of_other_outputs_and_strangers_stay(tmp_path: Path) -> None:
    others = [".other.mp4.1-0123abcd.part", ".out.mp4.1-0123abcd.part.txt", ".out.mp4.notes.part"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / ".out.mp4.1-0123abcd.part").touch()
    StagedFile(tmp_path / "out.mp4", overwrite=True).discard()
    assert _names(tmp_path) == sorted(others)


def test_a_name_that_is_swept_before_it_is_locked_is_taken_anew(tmp_path: Path) -> None:
    made = []

    def make(path: Path) -> None:
        path.touch()
        made.append(path)
        if len(made) == 1:
            path.unlink()

    claim = leftovers.Claim(tmp_path / "out.mp4", make)
    assert claim.path == made[1] != made[0]
    assert claim.path.exists()
    claim.release()


def test_without_locks_nothing_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_export.media.leftovers.fcntl", None)
    left = tmp_path / ".out.mp4.1-0123abcd.part"
    left.touch()
    StagedFile(tmp_path / "out.mp4", overwrite=True).discard()
    assert _names(tmp_path) == [left.name]
