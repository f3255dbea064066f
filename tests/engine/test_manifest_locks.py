"""Two exports at once: neither takes from the other what it is at work on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gpu_export.engine import manifest
from gpu_export.engine.locks import Lock, is_held, undisturbed
from gpu_export.engine.manifest import kept_manifest, prune, scratch_manifest
from gpu_export.errors import OutputError
from gpu_export.media.parts import CodedPacket, PartWriter, StreamFacts

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.engine.manifest import Manifest

HOLDER = """
import sys
from pathlib import Path
from gpu_export.engine.manifest import scratch_manifest
held = scratch_manifest(Path(sys.argv[1]))
held.open()
print("held", flush=True)
sys.stdin.read()
"""
LONG_AGO = 1e9


def a_part(held: Manifest, key: str, used: float | None = None) -> Path:
    writer = PartWriter(held.place(key))
    writer.start(StreamFacts("h264", b""))
    writer.add(CodedPacket(b"1234", 0, 0, 1, is_keyframe=True))
    writer.commit()
    if used is not None:
        os.utime(held.place(key), (used, used))
    return held.place(key)


def test_a_second_export_of_one_output_is_refused_and_says_why(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    with closing(scratch_manifest(output)) as first:
        first.open()
        with (
            closing(scratch_manifest(output)) as second,
            pytest.raises(OutputError, match="another export is writing this output") as caught,
        ):
            second.open()
        assert caught.value.where == str(output)
        with closing(scratch_manifest(tmp_path / "other.mp4")) as other:
            other.open()
    with closing(scratch_manifest(output)) as third:
        third.open()
        third.succeed()
        assert not third.folder.exists()


def test_what_a_killed_export_left_is_taken_up_again(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    command = (sys.executable, "-c", HOLDER, str(output))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        again = scratch_manifest(output)
        a_part(again, "made")
        with pytest.raises(OutputError, match="another export"):
            again.open()
        process.send_signal(signal.SIGKILL)
        process.wait()
    with closing(scratch_manifest(output)) as resumed:
        resumed.open()
        assert resumed.finished("made") is not None
        resumed.succeed()


def test_no_lock_stays_where_nobody_is_at_work(tmp_path: Path) -> None:
    held = scratch_manifest(tmp_path / "out.mp4")
    held.open()
    held.succeed()
    held.close()
    held.close()
    assert not list(held.folder.parent.glob(f"{held.folder.name}*"))


def test_a_scratch_folder_in_use_is_not_swept_however_old(tmp_path: Path) -> None:
    for name in ("slow.mp4", "gone.mp4"):
        held = scratch_manifest(tmp_path / name)
        held.open()
        os.utime(held.folder, (LONG_AGO, LONG_AGO))
        if name == "gone.mp4":
            held.close()
    slow, gone = (scratch_manifest(tmp_path / name).folder for name in ("slow.mp4", "gone.mp4"))
    scratch_manifest(tmp_path / "third.mp4")
    assert (slow.exists(), gone.exists()) == (True, False)


def test_pruning_spares_what_a_running_export_made_or_took_up(tmp_path: Path) -> None:
    running, done = kept_manifest(tmp_path), kept_manifest(tmp_path)
    with closing(running):
        old, taken = a_part(running, "old", LONG_AGO), a_part(running, "taken", LONG_AGO + 9)
        running.open()
        done.open()
        made = a_part(running, "made")
        assert running.finished("taken") is not None
        done.close()
        prune(tmp_path, limit=0)
        assert [part.exists() for part in (old, taken, made)] == [False, True, True]
    prune(tmp_path, limit=0)
    assert list(tmp_path.iterdir()) == []


def test_marks_of_killed_exports_spare_nothing_and_go(tmp_path: Path) -> None:
    (tmp_path / ".123-ab.at-work").touch()
    a_part(kept_manifest(tmp_path), "left")
    prune(tmp_path, limit=0)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_pruned_while_a_part_is_taken_up(tmp_path: Path) -> None:
    part = a_part(kept_manifest(tmp_path), "wanted", LONG_AGO)
    with undisturbed(tmp_path, alone=False):
        prune(tmp_path, limit=0)
    assert part.exists()


def test_a_lock_whose_file_was_removed_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, answers = tmp_path / "a.lock", [False, True]
    monkeypatch.setattr("gpu_export.engine.locks._is_at", lambda *_: answers.pop(0))
    lock = Lock(place)
    assert lock.take()
    assert answers == []
    assert is_held(place)
    lock.release()
    assert not is_held(place)


def test_one_export_more_than_the_cache_holds_prunes_it_when_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "CACHE_BYTES", 0)
    held = kept_manifest(tmp_path / "cache")
    held.open()
    a_part(held, "mine")
    held.succeed()
    assert list((tmp_path / "cache").iterdir()) == []
