"""What a stranger's project may open: by the word of the interpreter, and by that of the kernel."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from tests.opens_watched import needs_inotify, opens_below
from tests.synth import make_video, make_wav, silence

if TYPE_CHECKING:
    from pathlib import Path

# Runs command lines one after the other and writes, for each, its exit code, what it said and the
# real path of everything that was opened or listed. Audit hooks cannot be taken back, hence a
# process of its own.
WATCHED = """
import contextlib, io, json, os, sys

opened = []

def watch(event, args):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(args[0], (str, bytes)):
        opened.append(os.path.realpath(os.fsdecode(args[0])))

from gpu_export.cli.main import main

sys.addaudithook(watch)
told = []
for argv in json.load(sys.stdin):
    opened.clear()
    with contextlib.redirect_stderr(io.StringIO()) as said, contextlib.redirect_stdout(said):
        code = main(argv)
    told.append({"code": code, "said": said.getvalue(), "opened": sorted(set(opened))})
sys.__stdout__.write(json.dumps(told))
"""

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n"

SOURCES: dict[str, dict[str, Any]] = {
    "a link": {"type": "video", "src": "link.mp4"},
    "a linked folder": {"type": "video", "src": "way/secret.mp4"},
    "the parent": {"type": "video", "src": "../outside/secret.mp4"},
    "an absolute path": {"type": "video", "src": "{outside}/secret.mp4"},
    "a link to nothing": {"type": "video", "src": "dangling.mp4"},
    "a playlist": {"type": "video", "src": "list.m3u8"},
    "a playlist in disguise": {"type": "video", "src": "list.mp4"},
    "a concat script": {"type": "video", "src": "join.ffconcat"},
    "a linked sound": {"type": "audio", "src": "link.wav"},
    "a linked picture": {"type": "image", "src": "link.png"},
    "numbered pictures, one of them a link": {"type": "image", "src": "shot_%02d.png", "fps": 10},
    "numbered pictures in a linked folder": {"type": "image", "src": "way/shot_%02d.png"},
}
COMMANDS: dict[str, list[str]] = {
    "export": ["{project}", "-o", "{inside}/out.mp4"],
    "dry run": ["{project}", "-o", "{inside}/out.mp4", "--dry-run"],
    "frame": ["frame", "{project}", "--at", "0.13", "-o", "{inside}/out.png"],
    "sheet": ["sheet", "{project}", "--count", "4", "-o", "{inside}/out.png"],
    "validate": ["validate", "{project}"],
    "validate deep": ["validate", "--deep", "{project}"],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`inside`, which the project may read, and `outside`, to which many ways lead."""
    root = tmp_path_factory.mktemp("trust")
    inside, outside = root / "inside", root / "outside"
    inside.mkdir()
    outside.mkdir()
    make_video(outside / "secret.mp4", frames=5, size=(64, 36))
    make_wav(outside / "secret.wav", silence(0.5))
    picture = Image.fromarray(np.zeros((4, 4, 3), np.uint8))
    for place in (outside / "secret.png", outside / "shot_01.png", inside / "shot_01.png"):
        picture.save(place)
    for name in ("mp4", "wav", "png"):
        (inside / f"link.{name}").symlink_to(f"../outside/secret.{name}")
    (inside / "shot_02.png").symlink_to("../outside/secret.png")
    (inside / "dangling.mp4").symlink_to("../outside/gone.mp4")
    (inside / "way").symlink_to("../outside")
    for name in ("list.m3u8", "list.mp4"):
        (inside / name).write_text(PLAYLIST.format(secret=outside / "secret.mp4"))
    (inside / "join.ffconcat").write_text(f"ffconcat version 1.0\nfile '{outside}/secret.mp4'\n")
    return root


def _write_projects(root: Path) -> dict[str, Path]:
    """One project for each source, which plays it beneath a composition, at full length."""
    projects = {}
    for number, (name, clip) in enumerate(SOURCES.items()):
        src = clip["src"].replace("{outside}", str(root / "outside"))
        inner = {**clip, "src": src, "name": "culprit", "duration": 0.5}
        nest = {"type": "composition", "tracks": [{"clips": [inner]}]}
        document = {"version": 1, "width": 64, "height": 36, "tracks": [{"clips": [nest]}]}
        projects[name] = root / "inside" / f"p{number}.json"
        projects[name].write_text(json.dumps(document))
    return projects


def _argv(command: str, project: Path, *flags: str) -> list[str]:
    words = COMMANDS[command]
    return [word.format(project=project, inside=project.parent) for word in words] + [*flags]


def _run_watched(argvs: list[list[str]], folder: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED],
        input=json.dumps(argvs),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


CASES = [(command, source) for source in SOURCES for command in COMMANDS]


@pytest.fixture(scope="module")
def told(world: Path) -> tuple[dict[tuple[str, str], dict[str, Any]], list[str]]:
    """What every command did with every project, and what the kernel saw opened outside."""
    projects = _write_projects(world)
    argvs = [_argv(command, projects[source], "--untrusted") for command, source in CASES]
    with opens_below(world / "outside") as opened:
        results = _run_watched(argvs, world)
    return dict(zip(CASES, results, strict=True)), opened


@needs_inotify
@pytest.mark.parametrize(("command", "source"), CASES, ids=[" ".join(case) for case in CASES])
def test_a_strangers_project_is_refused_and_opens_nothing_outside(
    command: str, source: str, told: tuple[dict[tuple[str, str], dict[str, Any]], list[str]]
) -> None:
    result = told[0][command, source]
    # Only the second of the numbered pictures is outside, which a plan does not look at.
    planned = command == "dry run" and source.startswith("numbered pictures, one")
    assert result["code"] == (0 if planned else 4), result["said"]
    assert planned or "culprit" in result["said"]
    assert "Traceback" not in result["said"]
    outside = [path for path in result["opened"] if "/outside" in path]
    assert outside == []


@needs_inotify
def test_the_kernel_saw_nothing_opened_outside_either(
    world: Path, told: tuple[dict[tuple[str, str], dict[str, Any]], list[str]]
) -> None:
    assert told[1] == []
    assert not [path.name for path in (world / "inside").iterdir() if "out" in path.name]


@needs_inotify
def test_both_watches_see_what_a_trusted_project_opens(world: Path, tmp_path: Path) -> None:
    project = _write_projects(world)["a link"]
    with opens_below(world / "outside") as opened:
        [result] = _run_watched([[str(project), "-o", str(tmp_path / "out.mp4")]], tmp_path)
    assert result["code"] == 0
    assert str((world / "outside" / "secret.mp4").resolve()) in result["opened"]
    assert "secret.mp4" in opened
