"""Subtitle files: cues, marks and places; malformed ones are refused by line."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from gpu_export.errors import AssetError
from gpu_export.text.captions import Captions, Marks, Piece, read_captions

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """[Script Info]
PlayResX: 640
PlayResY: 360
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,18,&H0000FFFF,&H0,&H0,&H0,-1,0,0,0,100,100,0,0,1,2,2,8,10,10,10,1
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
YELLOW = (1.0, 1.0, 0.0, 1.0)
RED = (1.0, 0.0, 0.0, 1.0)
BLACK = (0.0, 0.0, 0.0, 1.0)


def read(folder: Path, name: str, text: str) -> Captions:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_captions(path)


def dialogue(text: str, times: str = "0:00:01.00,0:00:02.50") -> str:
    return f"{SCRIPT}Dialogue: 0,{times},Default,,0,0,0,,{text}\n"


def test_srt_has_times_lines_and_marks(tmp_path: Path) -> None:
    text = (
        "1\n00:00:01,040 --> 00:00:02,500\n<i>Hello</i> you\nand <b>you</b>\n\n"
        '2\n00:01:00,000 --> 00:01:01,000\n<font color="#f00">red</font> plain\n'
    )
    first, second = read(tmp_path, "a.srt", text).cues
    assert (first.start, first.end) == (Fraction("1.04"), Fraction("2.5"))
    assert first.pieces == (
        Piece("Hello", Marks(italic=True)),
        Piece(" you\nand ", Marks(italic=False)),
        Piece("you", Marks(italic=False, bold=True)),
    )
    assert second.pieces == (Piece("red", Marks(color=RED)), Piece(" plain", Marks()))


def test_vtt_has_entities_and_notes(tmp_path: Path) -> None:
    text = "WEBVTT\n\nNOTE hidden\n\nname\n00:01.000 --> 00:02.000 line:10%\n<v Bob>a &amp; b</v>\n"
    (cue,) = read(tmp_path, "a.vtt", text).cues
    assert (cue.start, cue.end) == (Fraction(1), Fraction(2))
    assert cue.pieces == (Piece("a & b"),)


def test_scripts_have_styles_places_and_tags(tmp_path: Path) -> None:
    line = r"{\an7\pos(160,90)}a{\c&H0000FF&\b0\fs36}b{\r}c\Nd"
    (cue,) = read(tmp_path, "a.ass", dialogue(line)).cues
    base = Marks(True, False, YELLOW, Fraction(18, 360), unsung=BLACK)
    assert cue.anchor == (0.0, 0.0)
    assert cue.place == (0.25, 0.25)
    assert cue.pieces == (
        Piece("a", base),
        Piece("b", Marks(False, False, RED, Fraction(36, 360), unsung=BLACK)),
        Piece("c\nd", base),
    )


def test_a_scripts_alignment_counts_where_no_tag_does(tmp_path: Path) -> None:
    (cue,) = read(tmp_path, "a.ass", dialogue("a")).cues
    assert cue.anchor == (0.5, 0.0)


def test_tags_that_are_not_supported_are_listed_once(tmp_path: Path) -> None:
    line = r"{\blur2\bord3}a{\fscx90\fad(1,2)\blur1}b{\iclip(0,0,1,1)}c"
    found = read(tmp_path, "a.ass", dialogue(line))
    tags = r"\blur, \bord, \fscx, \fad, \iclip"
    assert found.warnings == (f"tags that are not supported: {tags}",)
    pieces = found.cues[0].pieces
    assert [piece.text for piece in pieces] == ["a", "b", "c"]
    assert {(piece.marks.bold, piece.marks.italic) for piece in pieces} == {(True, False)}


def test_syllables_follow_each_other_in_hundredths_of_a_second(tmp_path: Path) -> None:
    line = r"now {\k20}ka{\kf30}ra{\K50\2c&H0000FF&}o{\ko10}ke"
    found = read(tmp_path, "a.ass", dialogue(line))
    assert found.warnings == ()
    first, *rest = (piece.sung for piece in found.cues[0].pieces)
    assert first is None
    hundredths = [(int(100 * sung.start), int(100 * sung.end)) for sung in rest if sung is not None]
    assert hundredths == [(0, 0), (20, 50), (50, 100), (100, 100)]
    unsung = [piece.marks.unsung for piece in found.cues[0].pieces]
    assert unsung == [BLACK, BLACK, BLACK, RED, RED]


def test_cues_come_in_order_of_time(tmp_path: Path) -> None:
    times = ("00:00:05,000 --> 00:00:06,000", "00:00:01,000 --> 00:00:02,000")
    text = "".join(f"{index}\n{time}\nx\n\n" for index, time in enumerate(times, 1))
    assert [cue.start for cue in read(tmp_path, "a.srt", text).cues] == [1, 5]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:xx,000 --> 1\nb\n", 6),
        ("a.vtt", "WEBVTT\n\n1 --> 2\na\n", 3),
        ("a.ass", dialogue("a", "soon,later"), 9),
    ],
)
def test_malformed_times_are_refused_by_line(
    tmp_path: Path, name: str, text: str, line: int
) -> None:
    with pytest.raises(AssetError, match="malformed timing") as caught:
        read(tmp_path, name, text)
    assert (caught.value.path, caught.value.line) == (str(tmp_path / name), line)


def test_text_that_is_not_utf8_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(b"1\n00:00:01,000 --> 00:00:02,000\n\xe9t\xe9\n")
    with pytest.raises(AssetError, match="not UTF-8") as caught:
        read_captions(path)
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.srt", "", "no cue"),
        ("a.ass", "garbage", "no cue"),
        ("a.txt", "x", "no kind of subtitles"),
    ],
)
def test_files_without_cues_are_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(AssetError, match=message):
        read(tmp_path, name, text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="there is no such file") as caught:
        read_captions(tmp_path / "none.srt")
    assert caught.value.remedy.startswith("Correct `src`")
    (tmp_path / "folder.srt").mkdir()
    with pytest.raises(AssetError, match="cannot be opened: Is a directory"):
        read_captions(tmp_path / "folder.srt")
