"""Encoder options of a project: every one that is allowed reaches its encoder, no other does."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av.logging
import pytest

from gpu_export.errors import OptionError
from gpu_export.media import encode
from gpu_export.media.codecs import VIDEO_CODECS, encoder_options
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.tuning import Pair, Range, Switch, Tuning, Words

if TYPE_CHECKING:
    from gpu_export.media.output_spec import VideoSpec

PICTURE = PictureFormat(128, 128, Fraction(25))
ROWS = [(codec, row) for codec, rows in VIDEO_CODECS.items() for row in rows if not row.is_hardware]
SUFFIX = {"vp9": ".webm", "prores": ".mov", "ffv1": ".mkv", "gif": ".gif", "webp": ".webp"}
SUFFIX |= {"apng": ".apng", "png": ".png", "jpeg": ".jpg"}


def spec_for(codec: str, **wish: Any) -> VideoSpec:
    path = Path("a" + SUFFIX.get(codec, ".mp4"))
    picture = replace(PICTURE, opaque=codec not in ("gif", "webp", "apng"))
    video = plan_output(path, picture, None, OutputWish(codec=codec, **wish)).video
    assert video is not None
    return video


def refused(codec: str, name: str, value: Any) -> OptionError:
    with pytest.raises(OptionError) as caught:
        spec_for(codec, options=((name, value),))
    return caught.value


def values(tuning: Tuning) -> list[Any]:
    """The ends of what an option takes."""
    match tuning.values:
        case Range(least, most):
            return [least, most]
        case Pair(least, most):
            return [f"{least}:{most}"]
        case Words(known):
            return list(known)
        case Switch():
            return [True, False]


TRIALS = [
    pytest.param(codec, name, value, id=f"{codec}-{name}-{value}")
    for codec, row in ROWS
    for name, tuning in row.tunings.items()
    for value in values(tuning)[:2]
]


@pytest.mark.parametrize(("codec", "name", "value"), TRIALS)
def test_encoders_know_and_take_every_option_that_is_allowed(
    codec: str, name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = spec_for(codec, options=((name, value),))
    monkeypatch.setattr(encode, "opening", nullcontext)  # it keeps what FFmpeg says to itself
    level = av.logging.get_level()
    av.logging.set_level(av.logging.WARNING)
    try:
        with av.logging.Capture() as said:
            context = encode.own_context(spec)
            encode.VideoEncoder(context, replace(spec, threads=1))
    finally:
        av.logging.set_level(level)
    assert [words for _, _, words in said] == []
    assert context.options == {}, "what is left is unknown to the encoder"


def test_names_of_the_manual_become_options_of_libav() -> None:
    options = encoder_options(spec_for("h264", options=(("bframes", 2), ("deblock", "-1:1"))))

    assert (options["bf"], options["deblock"]) == ("2", "-1:1")


def test_in_lists_the_engine_has_the_last_word() -> None:
    spec = spec_for("hevc", options=(("aq-mode", 2), ("deblock", "1:-1"), ("tune", "grain")))
    options = encoder_options(spec)

    assert options["x265-params"].startswith("aq-mode='2':deblock='1:-1':keyint=25:")
    assert options["tune"] == "grain"
    assert encoder_options(spec_for("hevc"))["x265-params"].startswith("keyint=25:")


@pytest.mark.parametrize(
    ("codec", "name", "words"),
    [
        ("h264", "aq-mod", ["libx264 takes no option 'aq-mod' here", "Did you mean 'aq-mode'?"]),
        ("h264", "stats", ["takes no option 'stats'"]),
        ("h264", "x264-params", ["takes no option"]),
        ("h264", "passlogfile", ["takes no option"]),
        ("h264", "threads", ["takes no option"]),
        ("h264", "crf", ["`quality` of the output says that"]),
        ("hevc", "keyint", ["`keyframeInterval` of the output says that"]),
        ("hevc", "qpfile", ["takes no option"]),
        ("av1", "lp", ["takes no option"]),
        ("gif", "dither", ["Leave it out"]),
    ],
)
def test_other_options_are_refused_by_name(codec: str, name: str, words: list[str]) -> None:
    error = refused(codec, name, 1)

    assert error.where == f"output.encoderOptions.{name}"
    assert [word for word in words if word not in str(error)] == []


@pytest.mark.parametrize(
    ("codec", "name", "value", "words"),
    [
        ("h264", "aq-mode", 4, "a whole number from 0 to 3"),
        ("h264", "aq-mode", 1.5, "a whole number from 0 to 3"),
        ("h264", "ref", True, "a whole number from 1 to 16"),
        ("h264", "qcomp", "0.5", "a number from 0 to 1"),
        ("h264", "tune", "flim", "did you mean 'film'?"),
        ("h264", "mbtree", "yes", "true or false"),
        ("h264", "deblock", "1:2:threads=9", 'two numbers from -6 to 6, written "1:0"'),
        ("hevc", "me", "hex':stats='/x", "one of dia, hex"),
    ],
)
def test_values_that_cannot_be_meant_are_refused_with_what_can(
    codec: str, name: str, value: Any, words: str
) -> None:
    assert words in refused(codec, name, value).remedy


def test_the_page_on_outputs_names_every_option() -> None:
    page = (Path(__file__).parents[2] / "docs" / "output.md").read_text(encoding="utf-8")
    rows = [row for rows in VIDEO_CODECS.values() for row in rows]
    assert {name for row in rows for name in row.tunings if f"`{name}`" not in page} == set()


def test_no_option_of_any_encoder_names_a_file_or_what_the_engine_sets() -> None:
    """The list is closed; what is added to it has to be thought about here."""
    forbidden = {"stats", "passlogfile", "qpfile", "dump", "file", "threads", "pools", "lp", "crf"}
    forbidden |= {"qp", "g", "keyint", "scenecut", "open-gop", "stitchable", "pass", "b", "preset"}
    rows = [row for rows in VIDEO_CODECS.values() for row in rows]
    names = {
        part
        for row in rows
        for name, tuning in row.tunings.items()
        for part in (name, tuning.option)
    }
    assert names & forbidden == set()
    assert not any("params" in name or "log" in name for name in names)
