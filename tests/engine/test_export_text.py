"""Text clips end to end: the right place, equal on both compositors, errors and warnings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import fontpkg
import numpy as np
import pytest

from gpu_export.core.time import parse_time
from gpu_export.engine.load import load_data
from gpu_export.engine.options import CompositorChoice, ExportOptions, Trust
from gpu_export.engine.stills import render_frame
from gpu_export.engine.validate import validate
from gpu_export.errors import AssetError
from tests.conformance.backends import REQUIRE_GL, gl_renderer
from tests.engine.exporting import CPU, data, exported
from tests.shared_media import SHARED, needs_shared
from tests.synth import decode_rgb

if TYPE_CHECKING:
    from numpy.typing import NDArray

GL = ExportOptions(compositor=CompositorChoice.GL)
TEXT: dict[str, Any] = {"type": "text", "text": "Hg|", "fontSize": 40, "duration": 0.2}


@pytest.fixture
def gl_options() -> ExportOptions:
    """Chooses GL, where there is one."""
    if gl_renderer().backend == "gl-missing":
        reason = f"no GL: {gl_renderer().description}"
        pytest.fail(reason) if REQUIRE_GL else pytest.skip(reason)
    return GL


def shown(
    *clips: dict[str, Any], options: ExportOptions = CPU, folder: Path = Path(), **keys: Any
) -> NDArray[np.uint8]:
    """The first frame, every clip on a track of its own, straight RGBA."""
    project = load_data(data(*([clip] for clip in clips), **keys), options, folder=folder)
    return render_frame(project, parse_time(0), options)


def ink_box(picture: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom (exclusive) of all that is not black."""
    rows, columns = np.nonzero(picture[:, :, :3].max(axis=2) > 8)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_text_stands_in_the_middle_by_default() -> None:
    left, top, right, bottom = ink_box(shown({**TEXT, "text": "HIH"}))
    assert abs((left + right) / 2 - 160) <= 1
    assert 75 <= top < bottom <= 105


def test_the_anchor_lands_where_x_and_y_say() -> None:
    corner = {"x": 40, "y": 30, "anchor": [0, 0], "textAlign": "left"}
    left, top, _, _ = ink_box(shown({**TEXT, "text": "|", **corner}))
    there = ink_box(shown({**TEXT, "text": "|", **corner, "x": 63, "y": 47}))
    assert (there[0] - left, there[1] - top) == (23, 17)
    assert 40 < left < 48
    assert 30 <= top < 45


@pytest.mark.parametrize(
    ("position", "edges"), [("top-left", (10, 10)), ("bottom-right", (310, 170))]
)
def test_positions_put_the_block_into_corners(position: str, edges: tuple[int, int]) -> None:
    back = {"background": {"color": "#00f"}}
    box = ink_box(shown({**TEXT, "position": position, "margin": 10, **back}))
    assert (box[:2] if position == "top-left" else box[2:]) == edges


def test_the_block_of_a_box_is_the_box() -> None:
    keys = {"box": {"width": "50%", "height": 100}, "textAlign": "right", "verticalAlign": "bottom"}
    left, top, right, bottom = ink_box(shown({**TEXT, "text": "IH", **keys}))
    assert 230 < right <= 240
    assert 120 < bottom < 136
    assert left > 180
    assert top > 95


def test_scale_draws_sharp_at_the_size_seen() -> None:
    large = shown({**TEXT, "fontSize": 80})
    scaled = shown({**TEXT, "scale": 2, "fontSize": 40})
    assert np.array_equal(large, scaled)


def test_a_scaled_output_draws_sharp_too() -> None:
    half = ExportOptions(compositor=CompositorChoice.CPU, scale=parse_time("0.5").seconds)
    project = data([{**TEXT, "fontSize": 80}], width=640, height=360)
    picture = render_frame(load_data(project, half, folder=Path()), parse_time(0), half)
    assert np.array_equal(picture, shown(TEXT))


def test_opacity_and_crop_and_flips_work_on_text() -> None:
    full = shown(TEXT)
    faint = shown({**TEXT, "opacity": 0.5})
    assert faint[:, :, 0].max() in (127, 128)
    left_half = shown({**TEXT, "crop": {"right": 0.5}, "anchor": [1, 0.5]})
    assert ink_box(left_half)[2] <= 160
    mirrored = shown({**TEXT, "flipH": True})
    assert abs(int(mirrored[:, ::-1].astype(int).sum()) - int(full.astype(int).sum())) < 20_000


def test_case_and_spans_reach_the_picture() -> None:
    upper = shown({**TEXT, "text": "straße", "textTransform": "uppercase"})
    assert np.array_equal(upper, shown({**TEXT, "text": "STRASSE"}))
    spans = [{"text": "b", "color": "#f00"}]
    picture = shown({**TEXT, "text": "abc", "color": "#0f0", "spans": spans})
    reds = np.nonzero(picture[:, :, 0] > 200)[1]
    greens = np.nonzero(picture[:, :, 1] > 200)[1]
    assert greens.min() < reds.min() < reds.max() < greens.max()


def test_text_in_a_composition_is_drawn_there() -> None:
    inner = {"type": "composition", "tracks": [{"clips": [TEXT]}]}
    assert np.array_equal(shown(inner), shown(TEXT))


def test_a_still_text_is_composed_once(tmp_path: Path) -> None:
    report = exported(data([{**TEXT, "duration": 1}]), tmp_path / "out.mp4")
    assert (report.frames_rendered, report.frames_reused) == (1, 24)


def test_the_exported_film_shows_it_in_its_time_only(tmp_path: Path) -> None:
    ground = {"type": "solid", "color": "#000", "duration": 0.4}
    exported(data([ground], [{**TEXT, "start": 0.2}]), tmp_path / "out.mp4")
    frames = decode_rgb(tmp_path / "out.mp4")
    assert [bool(frame.max() > 200) for frame in frames] == [False] * 5 + [True] * 5


LOOKS: dict[str, dict[str, Any]] = {
    "plain": {},
    "looks": {
        "stroke": {"width": 3, "color": "#a00"},
        "shadow": {"x": 4, "y": 4, "blur": 6, "color": "#000"},
        "glow": {"radius": 10, "color": "#0f8"},
        "background": {"color": "#00000080", "padding": 8, "radius": 6},
    },
    "off the pixel grid": {"x": 151.37, "y": 88.61, "scale": 1.23},
    "turned": {"rotation": 17},
    "turned by a quarter": {"rotation": 90},
    "partly outside": {"x": 5, "y": 3},
}


@pytest.mark.gl
@pytest.mark.parametrize("look", LOOKS)
def test_both_compositors_draw_the_same(look: str, gl_options: ExportOptions) -> None:
    ground = {"type": "solid", "color": "#345", "duration": 0.2}
    clip = {**TEXT, **LOOKS[look]}
    on_cpu, on_gl = (shown(ground, clip, options=options) for options in (CPU, gl_options))
    assert np.abs(on_cpu.astype(int) - on_gl.astype(int)).max() <= 2
    assert (on_cpu != shown(ground)).any()


@pytest.mark.gl
def test_skewed_text_differs_by_the_filters_of_the_compositors_only(
    gl_options: ExportOptions,
) -> None:
    clip = {**TEXT, "skew": [20, 0]}
    on_cpu, on_gl = (shown(clip, options=options) for options in (CPU, gl_options))
    assert np.abs(on_cpu.astype(int) - on_gl.astype(int)).mean() < 0.1


def test_a_projects_own_font_is_used(tmp_path: Path) -> None:
    (tmp_path / "mine.ttf").write_bytes(Path(fontpkg.path("noto-sans")).read_bytes())
    fonts = [{"family": "Mine", "src": "mine.ttf"}]
    mine = shown({**TEXT, "fontFamily": "Mine"}, folder=tmp_path, fonts=fonts)
    assert np.array_equal(mine, shown({**TEXT, "fontFamily": "Noto Sans"}))
    assert (mine != shown(TEXT)).any()


def test_an_unknown_family_names_the_clip_and_near_names() -> None:
    clip = {**TEXT, "name": "title", "fontFamily": "Intr"}
    with pytest.raises(AssetError, match=r'/tracks/0/clips/0 "title": "Intr": no font family'):
        shown(clip)
    report = validate(load_data(data([clip]), CPU, folder=Path()), CPU)
    assert [type(problem) for problem in report.problems] == [AssetError]


def test_a_missing_font_file_ends_it_by_name(tmp_path: Path) -> None:
    fonts = [{"family": "Mine", "src": "none.ttf"}]
    with pytest.raises(AssetError, match=r"none\.ttf: cannot open this font"):
        shown(TEXT, folder=tmp_path, fonts=fonts)


def test_strangers_fonts_lie_below_the_project(tmp_path: Path) -> None:
    options = ExportOptions(compositor=CompositorChoice.CPU, trust=Trust.UNTRUSTED)
    fonts = [{"family": "Mine", "src": str(fontpkg.path("inter"))}]
    with pytest.raises(AssetError, match="outside the project's folder"):
        shown(TEXT, options=options, folder=tmp_path, fonts=fonts)


def test_characters_without_a_glyph_are_warned_of_once(tmp_path: Path) -> None:
    clip = {**TEXT, "text": "a\u0378\u0378", "name": "title"}
    report = exported(data([clip]), tmp_path / "out.mp4")
    assert report.warnings == ('/tracks/0/clips/0 "title": no font has a character (U+0378)',)


def test_text_that_draws_nothing_changes_nothing() -> None:
    assert not shown({**TEXT, "text": "  "})[:, :, :3].any()
    assert not shown({**TEXT, "x": -5000})[:, :, :3].any()


@needs_shared
def test_chinese_falls_back_to_a_font_of_the_project() -> None:
    fonts = [{"family": "Han", "src": str(SHARED / "fonts/NotoSansCJKsc-subset.otf")}]
    mixed = shown({**TEXT, "text": "a中"}, fonts=fonts)
    alone = shown({**TEXT, "text": "a中", "fontFamily": ["Inter", "Han"]}, fonts=fonts)
    assert np.array_equal(mixed, alone)


@pytest.mark.gl
@pytest.mark.parametrize("at", ["2f", "5f", "11f"], ids=["starting", "on the way", "at rest"])
def test_animated_text_is_equal_on_both_compositors(at: str, gl_options: ExportOptions) -> None:
    start = {"opacity": 0, "y": 20, "scale": 0.4, "rotation": 40}
    animate = {"from": start, "duration": "6f", "stagger": "2f", "easing": "easeOutBack"}
    look = {"stroke": {"width": 2, "color": "#204080"}, "glow": {"radius": 6, "color": "gold"}}
    clip = {**TEXT, "duration": 1, "animate": animate, **look}
    document = data([clip], width=160, height=96, fps=25, background="#333333")
    one, other = (
        render_frame(load_data(document, options, folder=Path()), parse_time(at), options).astype(
            int
        )
        for options in (CPU, gl_options)
    )
    assert one.max() > 180
    assert np.abs(one - other).max() <= 2
