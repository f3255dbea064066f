"""From text to data: syntax errors with their place, exact numbers, no duplicates, no NaN."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.document.model import VideoClip
from gpu_export.document.parse import load_project, parse_text
from gpu_export.errors import OptionError, ProjectError
from tests.document.projects import Data, a_project, projects

if TYPE_CHECKING:
    from pathlib import Path

TEXT = json.dumps(a_project())


def problems_of(text: str) -> list[str]:
    with pytest.raises(ProjectError) as caught:
        parse_text(text)
    return [str(problem) for problem in caught.value.problems]


def with_number(text: str) -> str:
    return TEXT.replace('"duration": 1', f'"duration": {text}')


def test_syntax_errors_show_line_column_and_the_line() -> None:
    assert problems_of('{\n  "version": 1,\n  "width": 12 "height": 3\n}') == [
        '/: line 3, column 15: expecting \',\' delimiter; the line reads: "width": 12 "height": 3'
    ]


def test_comments_in_plain_json_are_refused_with_the_way_out() -> None:
    assert problems_of('// mine\n{"version": 1}') == [
        "/: line 1, column 1: comments are read in files named .json5 or .jsonc only; "
        "the line reads: // mine"
    ]


def test_duplicate_keys_are_reported_with_their_pointer_among_other_faults() -> None:
    text = TEXT.replace('"color": "red"', '"color": "red", "color": "blue", "fitt": 1')
    assert problems_of(text) == [
        "/tracks/0/clips/0/color: this key stands more than once; each key once",
        "/tracks/0/clips/0/fitt: unknown key; did you mean `fit`?",
    ]


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_not_finite_are_errors(word: str) -> None:
    assert problems_of(with_number(word)) == [
        f"/tracks/0/clips/0/duration: {word}; a finite number"
    ]


def test_an_unreadable_part_is_told_once_where_it_stands() -> None:
    effects = '"effects": [{"type": "blur", "radius": {"b": [NaN]}}], "anchor": [0, NaN]'
    assert problems_of(TEXT.replace('"color": "red"', f'"color": "red", {effects}')) == [
        "/tracks/0/clips/0/anchor/1: NaN; a finite number",
        "/tracks/0/clips/0/effects/0/radius/b/0: NaN; a finite number",
    ]


@pytest.mark.parametrize("number", ["1e999999999", "1e-999999999", "9" * 5000, "0." + "1" * 5000])
def test_absurd_numbers_are_refused_at_once(number: str) -> None:
    (problem,) = problems_of(with_number(number))
    assert problem.startswith("/tracks/0/clips/0/duration: the number ")


def test_numbers_too_large_to_mean_anything_are_refused() -> None:
    assert problems_of(with_number("1e13")) == [
        '/tracks/0/clips/0/duration: 1E+13; "auto", "end" or a number no larger than 10^12'
    ]


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, TEXT[:-1] + ',"x":' + "[" * 150 + "]" * 150 + "}"]
)
def test_bottomless_nesting_is_an_error_and_no_crash(text: str) -> None:
    assert problems_of(text) == [
        "/: nested too deeply; at most 100 objects and arrays inside each other"
    ]


def test_broken_and_zero_characters_are_refused() -> None:
    assert problems_of(TEXT.replace('"red"', r'"red", "name": "a\ud800"')) == [
        "/tracks/0/clips/0/name: text with a broken or zero character; valid Unicode text"
    ]


def test_a_newer_version_is_refused_without_judging_the_rest() -> None:
    assert problems_of('{"version": 2, "layers": []}') == [
        "/version: format version 2; this release reads version 1; a newer release is needed"
    ]


@pytest.mark.parametrize("version", ["0", "-1", '"1"', "true", "1.5"])
def test_versions_that_never_were_are_refused(version: str) -> None:
    text = TEXT.replace('"version": 1', f'"version": {version}')
    assert problems_of(text) == ["/version: no format version; the number 1"]


def test_a_missing_version_is_named_with_the_other_faults() -> None:
    assert problems_of('{"tracks": []}') == [
        "/tracks: no clips; a track with at least one clip in `clips`",
        '/version: missing; `"version": 1` at the top of the file',
    ]


@given(st.text() | st.text(alphabet='{}[]",:1eE+-.ntf \\/'))
def test_arbitrary_text_never_raises_anything_else(text: str) -> None:
    with pytest.raises(ProjectError):
        parse_text(text)


@given(st.text() | st.text(alphabet="{}[]'\",:1eExX+-.Nna_$ \\/*\n"))
def test_arbitrary_text_with_comments_never_raises_anything_else(text: str) -> None:
    with pytest.raises(ProjectError):
        parse_text(text, notation="json5")


def test_json5_reads_comments_and_everything_it_is_used_for() -> None:
    project = parse_text(
        """
        // a comment, with "quotes" and { braces
        {
          version: 1, /* another */
          'width': 0x280, height: +360.,
          tracks: [{ clips: [
            { type: 'video', src: "a//b.mp4", name: 'it\\'s "so"', opacity: .5, },
          ], }],
        }
        """,
        notation="json5",
    )
    assert (project.width, project.height) == (640, 360)
    clip = project.tracks[0].clips[0]
    assert isinstance(clip, VideoClip)
    assert (clip.src, clip.name, clip.opacity) == ("a//b.mp4", 'it\'s "so"', 0.5)


@given(projects)
def test_json_means_the_same_in_json5(data: Data) -> None:
    text = json.dumps(data, indent=1)
    assert parse_text(text, notation="json5") == parse_text(text)


def test_json5_is_as_strict_about_duplicates_infinity_and_exactness() -> None:
    with pytest.raises(ProjectError) as caught:
        parse_text("{version: 1, width: 1, width: 2, fps: -Infinity, tracks: []}", notation="json5")
    pointers = [problem.pointer for problem in caught.value.problems]
    assert pointers == ["/fps", "/width"]
    exact = with_number("0.1000000000000000000001")
    assert parse_text(f"/**/{exact}", notation="json5") == parse_text(exact)
    assert parse_text(exact) != parse_text(with_number("0.1"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{\n  version: 1,\n  width 3\n}", "line 3, column 9"),
        ("{version: 1", "unclosed object"),
        ("[" * 100_000, "nested too deeply"),
        ("", "no JSON data found"),
    ],
)
def test_json5_syntax_errors_say_where(text: str, words: str) -> None:
    with pytest.raises(ProjectError, match=words):
        parse_text(text, notation="json5")


@pytest.mark.parametrize("suffix", [".json5", ".jsonc", ".JSON5"])
def test_files_named_for_comments_may_hold_them(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"project{suffix}"
    path.write_text(f"// mine\n{TEXT}", encoding="utf-8")
    assert load_project(path) == parse_text(TEXT)


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "project.json"
    path.write_text(TEXT, encoding="utf-8-sig")
    assert load_project(path) == parse_text(TEXT)


def test_a_wrong_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "project.json"
    path.write_bytes(b'{\n "version": 1,\n "x": "\xe9"}')
    with pytest.raises(ProjectError, match="line 3 is not UTF-8 text"):
        load_project(path)


def test_a_missing_file_is_an_error_of_the_request(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cannot be read: No such file"):
        load_project(tmp_path / "none.json")
