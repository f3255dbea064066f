"""CSS colours of the project file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.color import TRANSPARENT, Rgba, parse_color
from gpu_export.core.css_colors import CSS_COLORS


@pytest.mark.parametrize(
    ("written", "color"),
    [
        ("#f80", (1.0, 136 / 255, 0.0, 1.0)),
        ("#FF8800", (1.0, 136 / 255, 0.0, 1.0)),
        ("#ff880080", (1.0, 136 / 255, 0.0, 128 / 255)),
        ("rgb(255, 136, 0)", (1.0, 136 / 255, 0.0, 1.0)),
        ("rgb(100% 50% 0%)", (1.0, 0.5, 0.0, 1.0)),
        ("rgba(255, 136, 0, 0.5)", (1.0, 136 / 255, 0.0, 0.5)),
        ("rgb(0 0 0 / 25%)", (0.0, 0.0, 0.0, 0.25)),
        ("RebeccaPurple", (102 / 255, 51 / 255, 153 / 255, 1.0)),
        (" white ", (1.0, 1.0, 1.0, 1.0)),
        ("transparent", TRANSPARENT),
    ],
)
def test_each_notation_means_what_css_says(written: str, color: Rgba) -> None:
    assert parse_color(written) == color


@pytest.mark.parametrize(
    "written",
    [
        "",
        "#",
        "#ff",
        "#ffff1",
        "#ggg",
        "redd",
        "rgb()",
        "rgb(1,2)",
        "rgb(256,0,0)",
        "rgb(-1,0,0)",
        "rgba(0,0,0,2)",
        "rgb(nan,0,0)",
        "rgb(inf,0,0)",
        "hsl(0,0%,0%)",
        "rgb(1e999,0,0)",
    ],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"colour|rgb"):
        parse_color(written)


def test_all_names_of_css_are_there_and_fit_in_24_bits() -> None:
    assert len(CSS_COLORS) == 148
    assert all(0 <= code <= 0xFFFFFF for code in CSS_COLORS.values())
    assert CSS_COLORS["grey"] == CSS_COLORS["gray"]


@given(st.text(alphabet="rgba#%0123456789.,()/ -exfn", max_size=24) | st.text(max_size=12))
def test_arbitrary_text_is_read_or_refused_with_a_value_error(text: str) -> None:
    try:
        parse_color(text)
    except ValueError:
        return


@given(st.tuples(*[st.integers(0, 255)] * 4))
def test_hexadecimal_and_rgba_name_the_same_colour(codes: tuple[int, int, int, int]) -> None:
    red, green, blue, alpha = codes
    by_hex = parse_color("#" + "".join(f"{code:02x}" for code in codes))
    assert by_hex == parse_color(f"rgba({red}, {green}, {blue}, {alpha / 255!r})")
