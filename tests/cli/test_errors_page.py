"""Provokes every message that `docs/errors.md` lists, so that the page tells what really runs."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from docs.generate import DOCS
from gpu_export.cli.main import main
from tests.cli.conftest import RED
from tests.synth import make_video, make_wav, silence

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

PAGE = (DOCS / "errors.md").read_text("utf-8")


def _clips(*clips: dict[str, Any]) -> dict[str, Any]:
    return {"tracks": [{"clips": list(clips)}]}


def _video(source: str) -> dict[str, Any]:
    return _clips({"type": "video", "src": source, "duration": 0.2})


_TEXT: dict[str, Any] = {"type": "text", "text": "Hi", "duration": 1}


def _font(source: str) -> dict[str, Any]:
    fonts = [{"family": "Mine", "src": source}]
    return {**_clips({**_TEXT, "fontFamily": "Mine"}), "fonts": fonts}


COMMANDS: dict[str, list[str]] = {
    "No such option": ["p.json", "--nope"],
    "cannot be read: No such file or directory": ["missing.json"],
    "is not a range": ["p.json", "--range", "5"],
    "the range holds no frame": ["p.json", "--range", "9.."],
    "lies outside the timeline": ["frame", "p.json", "--at", "9"],
    "is not a scale above 0": ["p.json", "--scale", "0"],
    "is larger than the allowed": ["p.json", "--scale", "1000"],
    "the output is one of the project's own sources": ["self.json", "-o", "logo.png"],
    "sets nothing": ["p.json", "--set", "x"],
    "mode stable means the CPU compositor, but GL was asked for": [
        *("p.json", "--mode", "stable", "--compositor", "gl")
    ],
    "media roots bound what a stranger's project may open": ["p.json", "--media-root", "."],
    "--dry-run exports nothing that a report could tell of": [
        *("p.json", "--dry-run", "--report", "r.json")
    ],
    "the report and the output are the same file": ["p.json", "-o", "o.mp4", "--report", "o.mp4"],
    "this key stands more than once": ["twice.json"],
    "not UTF-8 text": ["latin.json"],
    "no file format for": ["p.json", "-o", "out.txt"],
    "no suffix tells the file format": ["p.json", "-o", "out"],
    "the name of a sequence has exactly one %d": ["p.json", "-o", "f_%d_%d.png"],
    "is a folder, not a file": ["p.json", "-o", "folder.mp4"],
    "the output lies outside the project's folder and the media roots": [
        *("p.json", "-o", "../out.mp4", "--untrusted")
    ],
    "exists already": ["p.json", "-o", "taken.mp4"],
    "its folder does not exist": ["p.json", "-o", "nowhere/out.mp4"],
    "no OpenGL 3.3 context": ["p.json", "--compositor", "gl", "--device", "99"],
}

DOCUMENTS: dict[str, dict[str, Any]] = {
    "unknown key; did you mean": {"backgruond": "red"},
    "this release reads version 1": {"version": 2},
    "unknown variable": {"background": "{{tint}}"},
    "has no length of its own": _clips({"type": "solid", "color": "red"}),
    "covers no frame": _clips({**RED, "duration": 0.001}),
    "overlap by": _clips(RED, {**RED, "start": 0}),
    "no clip decides where the timeline ends": _clips({**RED, "duration": "end"}),
    "not supported yet": {"output": {"hdr": "pq"}, **_clips(RED)},
    "takes no option": {"output": {"encoderOptions": {"stats": "x"}}, **_clips(RED)},
    "does not work with these options": {
        "output": {"codec": "hevc", "encoderOptions": {"rc-lookahead": 5, "bframes": 16}},
        **_clips(RED),
    },
    "no hardware encoder writes": {
        "output": {"codec": "vp9", "hardware": "required"},
        **_clips(RED),
    },
    "there is no such file": _video("missing.mp4"),
    "is not recognised as media": _video("noise.mp4"),
    "the file is empty": _video("empty.mp4"),
    "sources cannot be used": _clips(
        {"type": "video", "src": "missing.mp4"}, {"type": "video", "src": "empty.mp4"}
    ),
    "characters; at most": _clips({"type": "text", "text": "x" * 100_000, "duration": 1}),
    "together with keyframes of the text's style": _clips(
        {
            **_TEXT,
            "animate": {"from": {"opacity": 0}, "duration": 1},
            "keyframes": {"fontSize": [{"time": 0, "value": 9}, {"time": 1, "value": 20}]},
        }
    ),
    "cannot open this font": _font("missing.ttf"),
    "not a font file that can be read": _font("noise.mp4"),
    "no font family of this name is known": _clips({**_TEXT, "fontFamily": "Intr"}),
    "cannot be opened": _clips({"type": "subtitles", "src": "missing.srt"}),
    "is no kind of subtitles": _clips({"type": "subtitles", "src": "noise.txt"}),
    "malformed timing": _clips({"type": "subtitles", "src": "wrong.srt"}),
    "is not UTF-8 text": _clips({"type": "subtitles", "src": "latin.srt"}),
    "there is no cue in this file": _clips({"type": "subtitles", "src": "empty.srt"}),
    "nothing of the source is left after": _clips({"type": "video", "src": "clip.mp4", "in": 9}),
    "URLs are not supported": _video("https://example.org/clip.mp4"),
    "there is no picture in this file": _video("quiet.wav"),
    "is larger than the limit of": _clips({"type": "image", "src": "bomb.png", "duration": 1}),
    "is a playlist, a script or another format that is not opened as media": _video("list.mp4"),
}

# Disks that are read-only or full are provoked in test_cli_outputs; strangers' files in
# test_cli_hostile_media; two exports at once in test_manifest_locks.
ELSEWHERE = {
    "another export is writing this output",
    "the file system is read-only",
    "may not be written",
    "no space is left",
    "lies outside the folders this run may read",
}


def _empty_png(width: int, height: int) -> bytes:
    """A picture that claims a size and holds nothing."""
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    chunks = (_chunk(b"IHDR", size + b"\x08\x06\0\0\0"), _chunk(b"IDAT"), _chunk(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _tiny_png() -> bytes:
    """One black pixel."""
    file = io.BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    return file.getvalue()


def _chunk(name: bytes, data: bytes = b"") -> bytes:
    checksum = zlib.crc32(name + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + name + data + checksum


@pytest.fixture
def culprits(desk: Desk) -> Desk:
    """A folder with a sound project and all that can be wrong beside it."""
    desk.project("p.json")
    Path("twice.json").write_text('{"version": 1, "version": 1}')
    Path("latin.json").write_bytes(b'{"name": "\xe9"}')
    Path("taken.mp4").write_text("precious")
    Path("empty.mp4").touch()
    Path("noise.mp4").write_bytes(bytes(range(256)) * 16)
    Path("noise.txt").write_text("words")
    Path("wrong.srt").write_text("1\n00:00:0x,000 --> 00:00:02,000\nhi\n")
    Path("latin.srt").write_bytes(b"caf\xe9")
    Path("empty.srt").touch()
    Path("list.mp4").write_text("ffconcat version 1.0\nfile clip.mp4\n")
    make_wav(Path("quiet.wav"), silence(0.5))
    make_video(Path("clip.mp4"), frames=3)
    Path("folder.mp4").mkdir()
    Path("logo.png").write_bytes(_tiny_png())
    desk.project("self.json", **_clips({"type": "image", "src": "logo.png", "duration": 1}))
    Path("bomb.png").write_bytes(_empty_png(1 << 20, 1 << 20))
    return desk


@pytest.mark.parametrize("message", COMMANDS)
def test_a_command_line_provokes_the_message(
    message: str, culprits: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    before = culprits.files()
    _expect(message, COMMANDS[message], capsys)
    assert culprits.files() == before


@pytest.mark.parametrize("message", DOCUMENTS)
def test_a_project_provokes_the_message(
    message: str, culprits: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    project = culprits.project("wrong.json", **DOCUMENTS[message])
    before = culprits.files()
    _expect(message, [project], capsys)
    assert culprits.files() == before


def _expect(message: str, argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == _code_of(message)
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err


def _code_of(message: str) -> int:
    """The exit code of the section the message stands in."""
    before, found, _ = PAGE.partition(f"| `{message}` |")
    assert found, "the page does not list it"
    return int(re.findall(r"^### (\d)", before, re.MULTILINE)[-1])


def test_every_message_of_the_page_is_provoked() -> None:
    listed = set(re.findall(r"^\| `([^`]+)` \| [^`|\n]*", PAGE.partition("### 2")[2], re.MULTILINE))
    assert listed == {*COMMANDS, *DOCUMENTS, *ELSEWHERE}
