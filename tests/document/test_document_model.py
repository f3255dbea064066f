"""Values of the model: notations, finished values, exactness, immutability."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from gpu_export.core.time import TimeSpec
from gpu_export.document.model import (
    ClipKeys,
    CompositionClip,
    ImageClip,
    Length,
    Output,
    Position,
    Project,
    QualityName,
    SolidClip,
    Track,
    VideoClip,
)
from gpu_export.document.model.colors import read_color, write_color
from gpu_export.document.model.easing import read_easing
from gpu_export.document.model.meanings import meanings
from gpu_export.document.parse import validate_data
from tests.document.projects import Data, a_project, a_video


def clip_of(data: Data) -> Any:
    return validate_data(a_project(data)).tracks[0].clips[0]


def test_a_file_becomes_typed_values() -> None:
    clip = clip_of(
        a_video(start="15f", out=2.5, speed=0.1, volume="-6dB", x=-3, y="25%", scale=2,
                anchor=[0, 1], crop={"left": 0.25}, fadeIn=0.5, backdrop="blur", width="50%",
                **{"in": "00:00:01:05"})
    )  # fmt: skip
    assert isinstance(clip, VideoClip)
    assert clip.start == TimeSpec(frames=15)
    assert clip.in_ == TimeSpec(Fraction(1), 5)
    assert clip.out == TimeSpec(Fraction(5, 2))
    assert clip.speed == Fraction(1, 10)
    assert clip.volume == pytest.approx(0.501187, abs=1e-6)
    assert (clip.x, clip.y) == (Length(pixels=-3), Length(percent=25))
    assert (clip.scale, clip.anchor, clip.crop.left) == ((2, 2), (0, 1), 0.25)
    assert clip.fade_in == TimeSpec(Fraction(1, 2))
    assert clip.backdrop == "blur"
    assert clip.box((640, 360)) == (320, 360)


def test_defaults_are_those_of_the_format() -> None:
    clip = clip_of(a_video())
    assert (clip.start, clip.duration, clip.speed, clip.loop, clip.freeze) == (
        "auto", "auto", 1, False, None,
    )  # fmt: skip
    assert (clip.x, clip.y, clip.anchor) == (Length(percent=50), Length(percent=50), (0.5, 0.5))
    assert (clip.fit, clip.blend, clip.opacity, clip.preserve_pitch) == (
        "contain", "normal", 1, True,
    )  # fmt: skip
    project = validate_data(a_project())
    assert (project.width, project.height) == (1920, 1080)
    assert project.fps == 30
    assert (project.duration, project.background) == ("auto", (0, 0, 0, 1))
    assert (project.audio.sample_rate, project.audio.channels) == (48_000, 2)
    assert project.output.quality is QualityName.HIGH  # type: ignore[union-attr]  # one output
    assert ImageClip(src="a.gif").loop


def test_a_length_counts_along_the_side_it_is_asked_for() -> None:
    assert Length(percent=25).at(640) == 160
    assert Length(pixels=12).at(640) == 12
    with pytest.raises(ValueError, match="not a sum"):
        Length(pixels=1, percent=1)


def test_positions_name_fractions_of_the_canvas() -> None:
    assert [position.fractions for position in Position] == [
        (0, 0), (0.5, 0), (1, 0), (0, 0.5), (0.5, 0.5), (1, 0.5), (0, 1), (0.5, 1), (1, 1),
    ]  # fmt: skip


def test_a_composition_is_fitted_into_the_canvas_and_has_its_own_size() -> None:
    clip = CompositionClip(tracks=[], width=320, height=180, fps="25")
    assert clip.box((1920, 1080)) == (1920, 1080)
    assert clip.width == 320
    assert clip.fps == 25


def test_code_may_pass_finished_values_or_what_a_file_says() -> None:
    by_value = SolidClip(color=(1.0, 0.0, 0.0, 1.0), duration=TimeSpec(frames=3), fit="cover")
    by_text = SolidClip(color="red", duration="3f", fit="cover")
    assert by_value == by_text
    assert Project(tracks=[Track(clips=[by_value])]).outputs == (Output(),)


def test_values_cannot_be_changed_and_have_no_other_keys() -> None:
    clip = SolidClip(color="red")
    with pytest.raises(ValidationError, match="frozen"):
        setattr(clip, "color", "blue")  # noqa: B010  # a plain assignment is a type error
    with pytest.raises(ValidationError, match="colr"):
        SolidClip.model_validate({"color": "red", "colr": "blue"})


def test_lists_become_tuples() -> None:
    assert isinstance(Track(clips=[SolidClip(color="red")]).clips, tuple)


def test_times_that_no_notation_can_write_are_refused() -> None:
    with pytest.raises(ValidationError, match="decimals can write"):
        VideoClip(src="a", in_=TimeSpec(Fraction(1, 3)))
    with pytest.raises(ValidationError, match="timecode can write"):
        VideoClip(src="a", in_=TimeSpec(Fraction(1, 2), 3))


@pytest.mark.parametrize(
    "name", ["linear", "easeInOutBounce", "hold", "steps(4)", "cubic-bezier(.4, 0, 0.2, 1.5)"]
)
def test_easings_are_known(name: str) -> None:
    assert read_easing(name) == name


@pytest.mark.parametrize(
    "name", ["", "easeIn", "steps(0)", "cubic-bezier(2,0,0,1)", "cubic-bezier(,,,)", 3]
)
def test_other_easings_are_refused(name: object) -> None:
    with pytest.raises(ValueError, match=r"steps|cubic"):
        read_easing(name)


@pytest.mark.parametrize(
    ("written", "bits"),
    [(8_000_000, 8_000_000), ("8M", 8_000_000), ("192k", 192_000), ("2.5M", 2_500_000)],
)
def test_bitrates_are_bits_a_second(written: object, bits: int) -> None:
    assert Output(bitrate=written).bitrate == bits


@pytest.mark.parametrize("quality", [0, 100, 62.5])
def test_quality_is_a_number_or_a_word(quality: float) -> None:
    assert Output(quality=quality).quality == quality


def test_colours_are_written_so_that_they_read_back() -> None:
    assert write_color(read_color("#ff880080")) == "#ff880080"
    assert write_color(read_color("white")) == "#ffffff"
    odd = read_color("rgba(12.34, 56.7%, 0.1, 0.3)")
    assert read_color(write_color(odd)) == odd


@pytest.mark.parametrize("color", [(1, 0, 0), [1, 0, 0, 1], (2, 0, 0, 1), 0xFF0000, "rëd"])
def test_other_colours_are_refused(color: object) -> None:
    with pytest.raises(ValueError, match="colour"):
        read_color(color)


def test_every_key_of_every_object_says_what_it_means() -> None:
    silent = [
        f"{model.__name__}.{name}"
        for model in _all_models(ClipKeys.__base__)
        for name in model.model_fields
        if not meanings(model).get(name) and name != "type"
    ]
    assert silent == []


def _all_models(base: Any) -> list[Any]:
    return [base, *(model for child in base.__subclasses__() for model in _all_models(child))]


@pytest.mark.parametrize(
    ("module", "absent"),
    [("gpu_export", "pydantic"), ("gpu_export.document.parse", "pyjson5")],
)
def test_importing_stays_cheap(module: str, absent: str) -> None:
    code = f"import sys, {module}; sys.exit({absent!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
