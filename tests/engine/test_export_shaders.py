"""Projects with shaders of their own, from file to picture."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from gpu_export.core.time import parse_time
from gpu_export.engine.load import load_data
from gpu_export.engine.options import CompositorChoice, ExportOptions, Mode, TimeRange, Trust
from gpu_export.engine.prepare import prepare
from gpu_export.engine.stills import render_frame
from gpu_export.engine.validate import validate
from gpu_export.errors import OptionError, ProjectError, ShaderError, ShaderStopped
from tests.engine.exporting import data, exported

if TYPE_CHECKING:
    from pathlib import Path

SIZE: dict[str, Any] = {"width": 32, "height": 18, "fps": 10}
GL = ExportOptions()
LEVEL = """/*{"INPUTS": [
  {"NAME": "level", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
  {"NAME": "photo", "TYPE": "image"}
]}*/
void main() { gl_FragColor = vec4(vec3(level), 1.0); }
"""
COUNTER = """/*{"PASSES": [
  {"TARGET": "seen", "WIDTH": "1", "HEIGHT": "1", "PERSISTENT": true, "FLOAT": true}, {}
]}*/
void main() {
  if (PASSINDEX == 0) gl_FragColor = IMG_PIXEL(seen, vec2(0.5)) + vec4(1.0 / 32.0);
  else gl_FragColor = vec4(vec3(IMG_PIXEL(seen, vec2(0.5)).r), 1.0);
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "level.fs").write_text(LEVEL)
    (tmp_path / "count.fs").write_text(COUNTER)
    return tmp_path


def shader(src: str, **keys: Any) -> dict[str, Any]:
    return {"type": "shader", "src": src, "duration": 2, **keys}


def problems(project: dict[str, Any], folder: Path, options: ExportOptions = GL) -> list[str]:
    with pytest.raises(ProjectError) as error:
        prepare(load_data(project, options, folder=folder), options)
    return [str(problem) for problem in error.value.problems]


def test_everything_wrong_with_shaders_is_told_at_once(folder: Path) -> None:
    (folder / "broken.fs").write_text("/*{,}*/")
    project = data(
        [
            shader("level.fs", params={"levle": 1, "level": 3}),
            shader("missing.fs"),
            shader("broken.fs"),
        ],
        [shader("level.fs", params={"photo": 7})],
        **SIZE,
    )
    assert problems(project, folder) == [
        "/tracks/0/clips/0/params/levle: the shader has no input `levle`; did you mean `level`?",
        "/tracks/0/clips/0/params/level: 3 is too large; expected a number from 0 to 1",
        "/tracks/0/clips/1/src: missing.fs: No such file or directory; "
        "Relative paths count from the project file's folder.",
        "/tracks/0/clips/2/src: broken.fs:1: its JSON head cannot be read: "
        "Expecting property name enclosed in double quotes; "
        "Compare the file's head with the ISF 2 reference (https://docs.isf.video/ref_json).",
        "/tracks/1/clips/0/params/photo: 7 is no path; expected the path of a picture",
    ]


def test_a_filter_is_no_generator(folder: Path) -> None:
    head = json.dumps({"INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]})
    (folder / "filter.fs").write_text(f"/*{head}*/void main() {{}}")
    (problem,) = problems(data([shader("filter.fs")], **SIZE), folder)
    assert problem.startswith("/tracks/0/clips/0/src: filter.fs is a filter")


def test_keyframes_of_parameters_are_checked_too(folder: Path) -> None:
    frames = [{"time": 0, "value": 0}, {"time": 1, "value": 2}]
    project = data([shader("level.fs", keyframes={"params.level": frames})], **SIZE)
    assert problems(project, folder) == [
        "/tracks/0/clips/0/keyframes/params.level/1/value: 2 is too large; "
        "expected a number from 0 to 1"
    ]


def test_strangers_shaders_are_refused_unless_allowed(folder: Path) -> None:
    project = data([shader("level.fs")], **SIZE)
    careful = replace(GL, trust=Trust.UNTRUSTED)
    (problem,) = problems(project, folder, careful)
    assert problem.endswith("allow them with --allow-shaders, or leave it out")
    allowed = replace(careful, allow_shaders=True)
    assert prepare(load_data(project, allowed, folder=folder), allowed).shaders


def test_strangers_shaders_outside_of_their_folder_are_refused(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    options = replace(GL, trust=Trust.UNTRUSTED, allow_shaders=True)
    (problem,) = problems(data([shader("../level.fs")], **SIZE), inner, options)
    assert "lies outside the project's folder" in problem


@pytest.mark.parametrize(
    "options", [ExportOptions(compositor=CompositorChoice.CPU), ExportOptions(mode=Mode.STABLE)]
)
def test_the_cpu_compositor_is_refused_at_once_with_the_clips(
    folder: Path, options: ExportOptions
) -> None:
    project = data([shader("level.fs", name="sky")], [shader("count.fs")], **SIZE)
    with pytest.raises(OptionError) as error:
        prepare(load_data(project, options, folder=folder), options)
    assert '/tracks/0/clips/0 "sky": level.fs' in str(error.value)
    assert "/tracks/1/clips/0: count.fs" in str(error.value)


def test_validation_collects_what_is_wrong_with_shaders(folder: Path) -> None:
    loaded = load_data(data([shader("no.fs")], **SIZE), GL, folder=folder)
    report = validate(loaded, GL)
    assert isinstance(report.problems[0], ProjectError)


def grey(project: dict[str, Any], folder: Path, at: str) -> float:
    """The red of the middle pixel, out of 255."""
    loaded = load_data(project, GL, folder=folder)
    return float(render_frame(loaded, parse_time(at), GL)[9, 16, 0])


@pytest.mark.gl
def test_a_parameter_may_move(folder: Path) -> None:
    frames = [{"time": 0, "value": 0}, {"time": 1, "value": 1}]
    project = data([shader("level.fs", keyframes={"params.level": frames})], **SIZE)
    assert grey(project, folder, "5f") == pytest.approx(127.5, abs=1)


@pytest.mark.gl
def test_a_picture_given_by_path_is_read(folder: Path) -> None:
    from PIL import Image

    Image.new("RGB", (4, 4), (0, 0, 0)).save(folder / "dark.png")
    (folder / "photo.fs").write_text(
        LEVEL.replace("vec4(vec3(level), 1.0)", "IMG_THIS_PIXEL(photo) + vec4(0.25, 0, 0, 0)")
    )
    project = data([shader("photo.fs", params={"photo": "dark.png"})], **SIZE)
    assert grey(project, folder, "0") == pytest.approx(63.75, abs=1)


@pytest.mark.gl
def test_a_still_of_a_shader_with_a_memory_shows_what_the_export_shows(folder: Path) -> None:
    clips = [{"type": "solid", "color": "black", "duration": 0.5}, shader("count.fs")]
    project = data(clips, **SIZE)
    assert [grey(project, folder, at) / 255 * 32 for at in ("5f", "12f")] == pytest.approx(
        [1, 8], abs=0.2
    )


@pytest.mark.gl
def test_a_range_is_led_up_to_from_the_clips_start(folder: Path) -> None:
    project = data([shader("count.fs")], **SIZE, output={"quality": 100, "preset": "ultrafast"})
    options = ExportOptions(range=TimeRange.of("10f", "14f"))
    exported(project, folder / "part.mp4", options)
    with av.open(folder / "part.mp4") as container:
        seen = [np.mean(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    np.testing.assert_allclose(np.divide(seen, 255) * 32, [11, 12, 13, 14], atol=0.4)


@pytest.mark.gl
def test_a_shader_inside_a_composition_keeps_its_memory(folder: Path) -> None:
    inner = {"type": "composition", "tracks": [{"clips": [shader("count.fs")]}]}
    assert grey(data([inner], **SIZE), folder, "6f") / 255 * 32 == pytest.approx(7, abs=0.2)


@pytest.mark.gl
def test_auto_takes_gl_and_says_why(folder: Path) -> None:
    project = data([shader("level.fs", duration=0.3)], **SIZE)
    report = exported(project, folder / "a.mp4", GL)
    assert report.compositor.used.startswith("gl-")
    assert report.compositor.reason == "the project has shaders of its own, which only GL can run"


@pytest.mark.gl
def test_an_error_of_the_compiler_names_the_users_line(folder: Path) -> None:
    (folder / "bad.glsl").write_text("void main() {\n  gl_FragColor = vec3(1.0);\n}\n")
    with pytest.raises(ShaderError, match=r"^/tracks/0/clips/0: bad\.glsl:2"):
        exported(data([shader("bad.glsl")], **SIZE), folder / "a.mp4", GL)
    assert not (folder / "a.mp4").exists()


def test_a_stopped_shader_is_told_with_file_clip_and_remedy() -> None:
    error = ShaderStopped(file="sky.fs", clip="/tracks/0/clips/1", seconds=2.0)
    assert str(error).startswith(
        "/tracks/0/clips/1: sky.fs: the shader was stopped after 2 seconds in one frame"
    )
    assert "--shader-timeout" in str(error)


@pytest.mark.parametrize("seconds", [0.0, -1.0, 4000.0])
def test_a_time_limit_that_makes_no_sense_is_refused(seconds: float) -> None:
    with pytest.raises(OptionError, match="the time a frame may take"):
        ExportOptions(shader_timeout=seconds)


def test_frames_are_led_up_to_from_where_their_histories_begin(folder: Path) -> None:
    from gpu_export.core.time import FrameRange

    clips = [shader("count.fs", duration=1), shader("count.fs", start=1, duration=1)]
    project = data(clips, [shader("count.fs", start="7f")], **SIZE)
    prepared = prepare(load_data(project, GL, folder=folder), GL)
    lead = prepared.timeline.with_lead_in
    assert lead(FrameRange(5, 6)) == FrameRange(0, 6)
    assert lead(FrameRange(15, 16)) == FrameRange(0, 16)
    assert lead(FrameRange(26, 27)) == FrameRange(0, 27)


HALVES = """uniform float edge; // = 0.5
uniform sampler2D map;
vec4 transition(vec2 uv) {
  if (uv.y > edge) return getToColor(uv) * texture2D(map, uv).r;
  return vec4(mix(getFromColor(uv), getToColor(uv), progress).rgb, 1.0 / ratio);
}
"""


def crossing(transition: dict[str, Any], end: str = "in") -> dict[str, Any]:
    """Red, then blue, ten frames each, five of them together."""
    red = {"type": "solid", "color": "#ff0000", "duration": "10f"}
    blue = {"type": "solid", "color": "#0000ff", "duration": "10f"}
    blue["transition"] = {end: {"duration": "5f", **transition}}  # type: ignore[assignment]  # a mixed dictionary
    return data([red, blue], **{**SIZE, "height": 16}, background="#00000000", output={})


def pixel(project: dict[str, Any], folder: Path, at: str, row: int) -> list[int]:
    loaded = load_data(project, GL, folder=folder)
    return [int(part) for part in render_frame(loaded, parse_time(at), GL)[row, 16]]


@pytest.mark.gl
def test_a_transition_of_the_gl_convention_joins_two_clips(folder: Path) -> None:
    from PIL import Image

    Image.new("RGB", (4, 4), (255, 255, 255)).save(folder / "white.png")
    (folder / "halves.glsl").write_text(HALVES)
    params = {"map": "white.png", "edge": 0.75}
    project = crossing({"type": "glsl", "src": "halves.glsl", "params": params})
    # Frame 2 of 5 is half-way; y is up, so the part above the edge is the top quarter.
    np.testing.assert_allclose(pixel(project, folder, "7f", 2), [0, 0, 255, 255], atol=1)
    np.testing.assert_allclose(pixel(project, folder, "7f", 5), [128, 0, 128, 128], atol=1)


ISF_CROSSING = """/*{"INPUTS": [
  {"NAME": "startImage", "TYPE": "image"}, {"NAME": "endImage", "TYPE": "image"},
  {"NAME": "progress", "TYPE": "float"}, {"NAME": "gain", "TYPE": "float", "DEFAULT": 1.0}
]}*/
void main() {
  gl_FragColor = mix(IMG_THIS_PIXEL(startImage), IMG_THIS_PIXEL(endImage), progress * gain);
}
"""


@pytest.mark.gl
def test_an_isf_transition_joins_two_clips_and_goes_to_nothing(folder: Path) -> None:
    (folder / "mix.fs").write_text(ISF_CROSSING)
    joined = crossing({"type": "isf", "src": "mix.fs"})
    np.testing.assert_allclose(pixel(joined, folder, "7f", 5), [128, 0, 128, 255], atol=1)
    leaving = crossing({"type": "isf", "src": "mix.fs", "params": {"gain": 0.5}}, "out")
    np.testing.assert_allclose(pixel(leaving, folder, "17f", 5)[3], 191.25, atol=1)


@pytest.mark.parametrize(
    ("transition", "told"),
    [
        ({"type": "glsl"}, "/tracks/0/clips/1/transition/in/src: missing"),
        (
            {"type": "glsl", "src": "halves.glsl"},
            "/tracks/0/clips/1/transition/in/params/map: no picture",
        ),
        (
            {"type": "isf", "src": "level.fs"},
            "/tracks/0/clips/1/transition/in/src: level.fs is a shader that makes a picture",
        ),
        ({"type": "glsl", "src": "level.fs"}, "no function `vec4 transition"),
    ],
    ids=["no file", "no picture", "a generator", "isf as glsl"],
)
def test_what_is_wrong_with_a_transition_is_told(
    folder: Path, transition: dict[str, Any], told: str
) -> None:
    (folder / "halves.glsl").write_text(HALVES)
    (problem,) = problems(crossing(transition), folder)
    assert told in problem


TINT = """/*{"INPUTS": [
  {"NAME": "inputImage", "TYPE": "image"},
  {"NAME": "gain", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5}
]}*/
void main() {
  vec4 seen = IMG_THIS_PIXEL(inputImage);
  gl_FragColor = vec4(seen.b, seen.g * gain, isf_FragNormCoord.y > 0.5 ? 1.0 : 0.0, seen.a);
}
"""
TRAIL = """/*{"INPUTS": [{"NAME": "inputImage", "TYPE": "image"}],
  "PASSES": [{"TARGET": "sum", "PERSISTENT": true, "FLOAT": true}, {}]}*/
void main() {
  if (PASSINDEX == 0) gl_FragColor = IMG_THIS_PIXEL(sum) + IMG_THIS_PIXEL(inputImage) / 32.0;
  else gl_FragColor = vec4(IMG_THIS_PIXEL(sum).rgb, 1.0);
}
"""


def filtered(*effects: dict[str, Any], **keys: Any) -> dict[str, Any]:
    clip = {"type": "solid", "color": "#00ff00", "duration": 2, "effects": list(effects), **keys}
    return data([clip], **{**SIZE, "height": 16})


@pytest.mark.gl
def test_an_isf_filter_works_among_other_effects(folder: Path) -> None:
    (folder / "tint.fs").write_text(TINT)
    effects = ({"type": "invert"}, {"type": "isf", "src": "tint.fs"}, {"type": "invert"})
    project = filtered(*effects)
    # Green inverted is magenta; the filter leaves red and the top half's blue; inverted again.
    np.testing.assert_allclose(pixel(project, folder, "0", 2), [0, 255, 0, 255], atol=1)
    np.testing.assert_allclose(pixel(project, folder, "0", 13), [0, 255, 255, 255], atol=1)


@pytest.mark.gl
def test_a_filters_parameter_may_move(folder: Path) -> None:
    (folder / "tint.fs").write_text(TINT)
    moving = {"effects.0.params.gain": [{"time": 0, "value": 0}, {"time": 1, "value": 1}]}
    project = filtered({"type": "isf", "src": "tint.fs"}, keyframes=moving)
    np.testing.assert_allclose(pixel(project, folder, "5f", 13), [0, 128, 0, 255], atol=1)


@pytest.mark.gl
def test_a_filter_with_a_memory_builds_on_the_frames_before(folder: Path) -> None:
    (folder / "trail.fs").write_text(TRAIL)
    project = filtered({"type": "isf", "src": "trail.fs"})
    np.testing.assert_allclose(pixel(project, folder, "7f", 8), [0, 64, 0, 255], atol=1)


def test_what_is_wrong_with_a_filter_is_told(folder: Path) -> None:
    (folder / "tint.fs").write_text(TINT)
    tint = {"type": "isf", "src": "tint.fs", "params": {"gain": 2, "gian": 1}}
    moving = {"effects.0.params.gain": [{"time": 0, "value": 0}, {"time": 1, "value": 7}]}
    project = filtered(tint, {"type": "isf", "src": "level.fs"}, keyframes=moving)
    told = [problem.split(";")[0] for problem in problems(project, folder)]
    assert told == [
        "/tracks/0/clips/0/effects/0/params/gian: the shader has no input `gian`",
        "/tracks/0/clips/0/effects/0/params/gain: 2 is too large",
        "/tracks/0/clips/0/keyframes/effects.0.params.gain/1/value: 7 is too large",
        "/tracks/0/clips/0/effects/1/src: level.fs is a shader that makes a picture of nothing",
    ]
