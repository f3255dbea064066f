"""Users' shaders drawn by GL, against closed forms."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.core.color import SRGB
from gpu_export.errors import ShaderError
from gpu_export.gl.compositor import GlCompositor
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import DecodedFrame, Layout, plain_allocator
from gpu_export.render.programs import Moment, ShaderRun, Value
from gpu_export.render.scene import Layer, Shader
from gpu_export.usershaders.inputs import Bound, settled
from gpu_export.usershaders.isf import read_generator, read_isf
from gpu_export.usershaders.shader import Setting, UserShader
from tests.gl.drawing import Pixels, pixels, quadrants, rgba_frame, rgba_target, scene

if TYPE_CHECKING:
    from gpu_export.gl.device import Device

pytestmark = pytest.mark.gl

SIZE = (8, 6)


def isf(body: str, vertex: str | None = None, **head: Any) -> UserShader:
    beside = None if vertex is None else (vertex, "my.vs")
    return read_isf(f"/*{json.dumps(head)}*/\n{body}", "my.fs", beside)


def run_of(
    shader: UserShader,
    size: tuple[int, int] = SIZE,
    moment: Moment | None = None,
    pictures: tuple[tuple[str, int], ...] = (),
    **params: object,
) -> ShaderRun:
    setting = Setting(moment or Moment(), pictures, "/tracks/0/clips/0", "the clip")
    return shader.run(settled(shader.inputs, params), size, setting)


def layer(run: ShaderRun) -> Layer:
    return Layer(Shader(run), (float(run.size[0]), float(run.size[1])))


def drawn(device: Device, run: ShaderRun, *inputs: DecodedFrame) -> Pixels:
    return pixels(device, [layer(run)], run.size, *inputs)


def test_the_origin_is_at_the_bottom_left(device: Device) -> None:
    shader = isf("void main() { gl_FragColor = vec4(isf_FragNormCoord, 0.0, 1.0); }")
    picture = drawn(device, run_of(shader))
    across = np.rint(255 * (np.arange(8) + 0.5) / 8)
    up = np.rint(255 * (5 - np.arange(6) + 0.5) / 6)
    np.testing.assert_allclose(picture[..., 0], np.tile(across, (6, 1)), atol=1)
    np.testing.assert_allclose(picture[..., 1], np.tile(up[:, None], (1, 8)), atol=1)


def test_fragment_coordinates_count_from_the_bottom_left(device: Device) -> None:
    shader = isf(
        "void main() { bool first = gl_FragCoord.x < 1.0 && gl_FragCoord.y < 1.0;"
        " gl_FragColor = vec4(float(first)); }"
    )
    picture = drawn(device, run_of(shader))
    assert picture[5, 0].tolist() == [255, 255, 255, 255]
    assert picture[..., 3].sum() == 255


def test_alpha_is_straight(device: Device) -> None:
    shader = isf("void main() { gl_FragColor = vec4(1.0, 0.5, 0.0, 0.5); }")
    picture = drawn(device, run_of(shader))
    np.testing.assert_allclose(picture[0, 0], [255, 127.5, 0, 127.5], atol=1)


def test_what_is_no_number_is_nothing(device: Device) -> None:
    shader = isf(
        "void main() { float none = sqrt(-1.0 - TIME); gl_FragColor = vec4(none, 1.0, 1.0, 1.0); }",
        PASSES=[{"TARGET": "a", "FLOAT": True}],
    )
    assert drawn(device, run_of(shader)).sum() == 0


@pytest.mark.parametrize(
    "lookup",
    [
        "IMG_THIS_PIXEL(photo)",
        "IMG_THIS_NORM_PIXEL(photo)",
        "IMG_NORM_PIXEL(photo, isf_FragNormCoord)",
        "IMG_PIXEL(photo, gl_FragCoord.xy)",
        "texture2D(photo, vv_FragNormCoord)",
        "texture2DRect(photo, gl_FragCoord.xy)",
        "IMG_PIXEL(photo, isf_FragNormCoord * IMG_SIZE(photo))",
        "IMG_PIXEL(photo, isf_FragNormCoord * _photo_imgRect.zw)",
    ],
)
def test_every_lookup_finds_the_picture_as_it_is(device: Device, lookup: str) -> None:
    shader = isf(
        f"void main() {{ gl_FragColor = {lookup}; }}",
        INPUTS=[{"NAME": "photo", "TYPE": "image"}],
    )
    photo = quadrants(*SIZE)
    picture = drawn(device, run_of(shader, pictures=(("photo", 0),)), rgba_frame(photo))
    assert np.array_equal(picture, photo)


def test_pictures_are_seen_straight(device: Device) -> None:
    shader = isf(
        "void main() { vec4 c = IMG_THIS_PIXEL(photo); gl_FragColor = vec4(c.rgb, 1.0); }",
        INPUTS=[{"NAME": "photo", "TYPE": "image"}],
    )
    photo = np.full((6, 8, 4), (64, 32, 0, 128), np.uint8)
    picture = drawn(device, run_of(shader, pictures=(("photo", 0),)), rgba_frame(photo))
    np.testing.assert_allclose(picture[0, 0], [127.5, 63.75, 0, 255], atol=1)


def test_edges_of_pictures_are_repeated_and_texels_mixed(device: Device) -> None:
    shader = isf(
        "void main() { gl_FragColor = IMG_NORM_PIXEL(photo, vec2(isf_FragNormCoord.x * 2.0 - 0.5,"
        " 0.5)); }",
        INPUTS=[{"NAME": "photo", "TYPE": "image"}],
    )
    photo = np.zeros((1, 2, 4), np.uint8)
    photo[..., 3] = 255
    photo[0, 1] = 255
    picture = drawn(device, run_of(shader, pictures=(("photo", 0),)), rgba_frame(photo))
    place = (np.arange(8) + 0.5) / 8 * 2 - 0.5
    expected = 255 * np.clip(place * 2 - 0.5, 0, 1)
    np.testing.assert_allclose(picture[0, :, 0], expected, atol=1.5)


def test_a_picture_that_is_not_given_is_transparent_and_silence_is_level(device: Device) -> None:
    shader = isf(
        "void main() { gl_FragColor = vec4(IMG_THIS_PIXEL(photo).a, IMG_THIS_PIXEL(wave).r,"
        " IMG_THIS_PIXEL(notes).r, 1.0); }",
        INPUTS=[
            {"NAME": "photo", "TYPE": "image"},
            {"NAME": "wave", "TYPE": "audio"},
            {"NAME": "notes", "TYPE": "audioFFT"},
        ],
    )
    np.testing.assert_allclose(drawn(device, run_of(shader))[0, 0], [0, 127.5, 0, 255], atol=1)


@pytest.mark.parametrize(
    ("kind", "expression", "given", "level"),
    [
        ("float", "amount", 0.5, 127.5),
        ("long", "float(amount) / 4.0", 3, 191.25),
        ("bool", "amount ? 1.0 : 0.0", True, 255),
        ("event", "amount ? 1.0 : 0.25", False, 63.75),
        ("point2D", "amount.y", [0.0, 0.5], 127.5),
        ("color", "amount.g", "#00ff00", 255),
    ],
)
def test_every_kind_of_value_arrives(
    device: Device, kind: str, expression: str, given: object, level: float
) -> None:
    shader = isf(
        f"void main() {{ gl_FragColor = vec4(vec3({expression}), 1.0); }}",
        INPUTS=[{"NAME": "amount", "TYPE": kind}],
    )
    picture = drawn(device, run_of(shader, amount=given))
    np.testing.assert_allclose(picture[0, 0, 0], level, atol=1)


def test_the_moment_arrives(device: Device) -> None:
    shader = isf(
        "void main() { gl_FragColor = vec4(TIME / 8.0, TIMEDELTA, float(FRAMEINDEX) / 8.0,"
        " DATE.x / 4000.0); }"
    )
    moment = Moment(2.0, 0.5, 6, (2000.0, 1.0, 1.0, 2.0))
    picture = drawn(device, run_of(shader, moment=moment))
    np.testing.assert_allclose(picture[0, 0], [63.75, 127.5, 191.25, 127.5], atol=1)


def test_passes_have_sizes_and_numbers_of_their_own(device: Device) -> None:
    shader = isf(
        """void main() {
          if (PASSINDEX == 0) gl_FragColor = vec4(RENDERSIZE / 16.0, gl_FragCoord.xy / 16.0);
          else gl_FragColor = vec4(IMG_PIXEL(small, vec2(0.5)).rg, RENDERSIZE.x / 16.0, 1.0);
        }""",
        PASSES=[{"TARGET": "small", "WIDTH": "$WIDTH / 2.0", "HEIGHT": "$HEIGHT / 3.0"}, {}],
    )
    picture = drawn(device, run_of(shader))
    np.testing.assert_allclose(picture[0, 0], [255 * 4 / 16, 255 * 2 / 16, 255 / 2, 255], atol=1)


COUNTER = """void main() {
  if (PASSINDEX == 0) gl_FragColor = IMG_PIXEL(seen, vec2(0.5)) + vec4(1.0 / 32.0);
  else gl_FragColor = vec4(vec3(IMG_PIXEL(seen, vec2(0.5)).r), 1.0);
}"""
COUNTING = {"TARGET": "seen", "WIDTH": "1", "HEIGHT": "1", "PERSISTENT": True, "FLOAT": True}


def counted(compositor: GlCompositor, run: ShaderRun) -> float:
    target = rgba_target(*run.size)
    plan = plan_damage(scene(target, layer(run), pictures=0), (), target)
    compositor.submit(plan, ())
    return float(compositor.collect().planes[0][0, 0, 0]) / 255 * 32


def test_a_persistent_buffer_counts_frames_from_its_clips_start(device: Device) -> None:
    shader = isf(COUNTER, PASSES=[COUNTING, {}])
    target = rgba_target(*SIZE)
    compositor = GlCompositor(device, target, plain_allocator(target))
    try:
        seen = [
            counted(compositor, run_of(shader, moment=Moment(index=index)))
            for index in (0, 1, 1, 2, 0, 1)
        ]
    finally:
        compositor.close()
    np.testing.assert_allclose(seen, [1, 2, 2, 3, 1, 2], atol=0.1)


def test_buffers_of_a_clip_that_is_over_are_freed(device: Device) -> None:
    shader = isf(COUNTER, PASSES=[COUNTING, {}])
    plain = run_of(isf("void main() { gl_FragColor = vec4(1.0); }"))
    target = rgba_target(*SIZE)
    compositor = GlCompositor(device, target, plain_allocator(target))
    try:
        counted(compositor, run_of(shader, moment=Moment(index=4)))
        counted(compositor, plain)
        again = counted(compositor, run_of(shader, moment=Moment(index=5)))
    finally:
        compositor.close()
    assert again == pytest.approx(1, abs=0.1)


def test_buffers_that_are_not_of_floats_end_at_one(device: Device) -> None:
    buffer = {key: value for key, value in COUNTING.items() if key != "FLOAT"}
    shader = isf(
        """void main() {
          if (PASSINDEX == 0) gl_FragColor = vec4(4.0);
          else gl_FragColor = vec4(vec3(IMG_PIXEL(seen, vec2(0.5)).r / 4.0), 1.0);
        }""",
        PASSES=[buffer, {}],
    )
    np.testing.assert_allclose(drawn(device, run_of(shader))[0, 0, 0], 63.75, atol=1)


def test_a_vertex_shader_of_ones_own_moves_and_passes_on(device: Device) -> None:
    shader = isf(
        "varying vec2 twice; void main() { gl_FragColor = vec4(fract(twice), 0.0, 1.0); }",
        """varying vec2 twice;
        void main() { isf_vertShaderInit(); twice = isf_FragNormCoord * 0.5;
          gl_Position.x = gl_Position.x * 0.5 - 0.5; }""",
    )
    picture = drawn(device, run_of(shader))
    np.testing.assert_allclose(picture[0, :4, 0], 127.5 * (np.arange(4) + 0.5) / 4, atol=1)
    assert picture[:, 4:].sum() == 0


def test_a_plain_generator_is_drawn(device: Device) -> None:
    shader = read_generator(
        "uniform float level; // = 0.5\n"
        "void main() { gl_FragColor = vec4(level, gl_FragCoord.y / RENDERSIZE.y, 0.0, 1.0); }",
        "g.glsl",
    )
    picture = drawn(device, run_of(shader))
    np.testing.assert_allclose(picture[0, 0, :2], [127.5, 255 * 5.5 / 6], atol=1)


@pytest.mark.parametrize(
    ("vertex", "file", "line"), [(None, "my.fs", 4), ("void main() {\n  oops();\n}", "my.vs", 2)]
)
def test_a_compile_error_names_the_users_file_and_line(
    device: Device, vertex: str | None, file: str, line: int
) -> None:
    body = "\nvoid main() {\n  gl_FragColor = nothing;\n}" if vertex is None else "void main() {}"
    with pytest.raises(ShaderError) as error:
        drawn(device, run_of(isf(body, vertex)))
    assert (error.value.file, error.value.line, error.value.origin) == (file, line, "user")
    assert f"{file}:{line}" in error.value.log


def test_equal_moments_draw_equal_pictures(device: Device) -> None:
    shader = isf("void main() { gl_FragColor = vec4(fract(sin(TIME + gl_FragCoord.x) * 1e3)); }")
    first, second = (drawn(device, run_of(shader, moment=Moment(1.5, index=3))) for _ in range(2))
    assert np.array_equal(first, second)


def test_an_untimed_shader_is_the_same_run_at_every_moment() -> None:
    shader = isf("void main() { gl_FragColor = vec4(1.0); }")
    assert run_of(shader, moment=Moment(1.0, index=9)) == run_of(shader)


def test_given_values_win_over_none() -> None:
    bound = Bound({"a": 1.0}, {}).with_values({"progress": 0.5})
    values: dict[str, Value] = bound.values
    assert values == {"a": 1.0, "progress": 0.5}


def test_yuv_pictures_are_read_as_colors(device: Device) -> None:
    shader = isf(
        "void main() { gl_FragColor = IMG_THIS_PIXEL(photo); }",
        INPUTS=[{"NAME": "photo", "TYPE": "image"}],
    )
    frame = DecodedFrame(
        Layout.RGBA, (np.full((6, 8, 4), 200, np.uint8),), 8, 6, SRGB, Fraction(0), opaque=False
    )
    picture = drawn(device, run_of(shader, pictures=(("photo", 0),)), frame)
    np.testing.assert_allclose(picture[0, 0], [255, 255, 255, 200], atol=1)
