"""Rules of masks and shapes: what is refused, where, and with which remedy."""

from __future__ import annotations

from typing import Any

import pytest

from gpu_export.document.parse import validate_data
from tests.document.faults import faults_of
from tests.document.projects import a_project

CLIP = "/tracks/0/clips/0"
SOLID: dict[str, Any] = {"type": "solid", "color": "red", "duration": 1}


def with_tracks(*tracks: tuple[str | None, str | None], **keys: Any) -> dict[str, Any]:
    """A project whose tracks have (name, the track that masks their clip)."""
    made = []
    for name, mask in tracks:
        clip = SOLID if mask is None else {**SOLID, "mask": {"track": mask}}
        made.append({"clips": [clip], **({} if name is None else {"name": name})})
    return {"version": 1, "tracks": made, **keys}


@pytest.mark.parametrize(
    ("clip", "tail", "words"),
    [
        ({"shape": "rect"}, "", "a shape that draws nothing; a `fill`, a `stroke` or both"),
        ({"shape": "line"}, "", "a shape that draws nothing; a `stroke`"),
        ({"shape": "line", "fill": "red"}, "/fill",
         "given for a line; a `stroke`; a line has no inside"),
        ({"shape": "path", "fill": "red"}, "/d", "missing; the outline of the path, as in SVG"),
        ({"shape": "path", "fill": "red", "d": "M0 0L5 x"}, "/d",
         "`x` at character 8; `L` with 2 numbers"),
        ({"shape": "path", "fill": "red", "d": "L1 1"}, "/d",
         "`L` at character 1; a path that begins with `M`"),
        ({"shape": "path", "fill": "red", "d": "M0 0" + "h1" * 20_000}, "/d",
         "40004 characters; at most 20000"),
        ({"shape": "rect", "fill": "red", "d": "M0 0h1"}, "/d",
         'given for a rect; `d` only with `"shape": "path"`'),
        ({"shape": "ellipse", "fill": "red", "radius": 3}, "/radius",
         'given for an ellipse; `radius` only with `"shape": "rect"`'),
        ({"shape": "rect", "fill": "red", "to": [1, 1]}, "/to",
         'given for a rect; `to` only with `"shape": "line"`'),
        ({"shape": "line", "stroke": {"width": 1, "color": "red"}, "to": [1, 1]}, "/from",
         "missing; both ends of the line, or neither"),
        ({"shape": "rect", "stroke": {"width": 1, "color": "red", "dash": [1, -1]}},
         "/stroke/dash/1", "-1; a number of at least 0"),
        ({"shape": "rect", "stroke": {"width": 1, "color": "red", "cap": "rond"}},
         "/stroke/cap", '"rond"; did you mean `round`? (one of butt, round, square)'),
    ],
)  # fmt: skip
def test_what_a_shape_cannot_be_is_told(clip: dict[str, Any], tail: str, words: str) -> None:
    found = faults_of(a_project({"type": "shape", "duration": 1, **clip}))
    assert found[CLIP + tail] == words


def test_a_masks_file_may_not_be_a_url() -> None:
    found = faults_of(a_project({**SOLID, "mask": {"src": "https://a.b/c.png"}}))
    assert found == {f"{CLIP}/mask/src": "a URL; the path of a file; URLs are not supported"}


@pytest.mark.parametrize(
    ("tracks", "place", "words"),
    [
        ([("words", None), (None, "word")], 1,
         'no track is called "word"; did you mean `words`? (words)'),
        ([(None, None), (None, "words")], 1,
         'no track is called "words"; the `name` of another track beside this one'),
        ([("me", "me")], 0, "the track that the clip itself is on; another track"),
        ([("a", None), ("a", None), (None, "a")], 2,
         '2 tracks are called "a"; a name that one track has'),
        ([("a", "b"), ("b", "a")], 0,
         '"b" is masked by this very track in turn; tracks that do not go in a circle'),
    ],
)  # fmt: skip
def test_tracks_that_cannot_be_masks_are_told(
    tracks: list[tuple[str | None, str | None]], place: int, words: str
) -> None:
    found = faults_of(with_tracks(*tracks))
    assert found[f"/tracks/{place}/clips/0/mask/track"] == words


def test_a_mask_may_be_masked_itself() -> None:
    project = validate_data(with_tracks(("a", None), ("b", "a"), (None, "b"), (None, "a")))
    assert [track.name for track in project.tracks] == ["a", "b", None, None]


def test_compositions_look_for_tracks_among_their_own() -> None:
    inner = with_tracks(("words", None), (None, "words"))["tracks"]
    outside = {"type": "composition", "tracks": inner, "mask": {"track": "words"}}
    found = faults_of(a_project(outside))
    assert list(found) == [f"{CLIP}/mask/track"]
