from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gpu_export.core.cube import Cube, parse_cube
from gpu_export.errors import AssetError
from tests.shared_media import SHARED, needs_shared

PATH = Path("look.cube")
SWAP = """\
TITLE "red and blue # change places"
# a comment
LUT_3D_SIZE 2

0 0 0
0 0 1
0 1 0
0 1 1   # a comment behind a row
1 0 0
1 0 1
1 1 0
1 1 1
"""


def a_line(*rows: str, head: str = "LUT_1D_SIZE 2") -> str:
    return "\n".join([head, *rows])


def fault_of(text: str) -> tuple[int | None, str]:
    with pytest.raises(AssetError) as caught:
        parse_cube(text, PATH)
    assert caught.value.path == str(PATH)
    assert caught.value.remedy
    return caught.value.line, caught.value.message


def test_red_runs_fastest_in_a_3d_table() -> None:
    cube = parse_cube(SWAP, PATH)
    assert (cube.size, cube.is_3d) == (2, True)
    assert cube.samples[0, 0, 1].tolist() == [0.0, 0.0, 1.0]
    assert cube.samples[1, 0, 0].tolist() == [1.0, 0.0, 0.0]


def test_a_1d_table_has_a_row_for_each_sample() -> None:
    cube = parse_cube(a_line("0 0.1 0.2", "1 0.9 0.8"), PATH)
    assert not cube.is_3d
    np.testing.assert_allclose(cube.samples, [[0, 0.1, 0.2], [1, 0.9, 0.8]], rtol=1e-6)


def test_the_domain_is_read_in_both_notations() -> None:
    adobe = a_line("0 0 0", "1 1 1", head="LUT_1D_SIZE 2\nDOMAIN_MIN 0 0.1 0\nDOMAIN_MAX 1 2 1")
    resolve = a_line("0 0 0", "1 1 1", head="LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE -0.5 1.5")
    assert parse_cube(adobe, PATH).low == (0.0, 0.1, 0.0)
    assert parse_cube(adobe, PATH).high == (1.0, 2.0, 1.0)
    assert parse_cube(resolve, PATH).low == (-0.5,) * 3
    assert parse_cube(resolve, PATH).high == (1.5,) * 3


def test_windows_line_ends_and_exponents_are_read() -> None:
    cube = parse_cube(a_line("0 0 0", "1e0 +5.0E-1 .25").replace("\n", "\r\n"), PATH)
    assert cube.samples[1].tolist() == [1.0, 0.5, 0.25]


def test_values_beyond_black_and_white_are_clipped() -> None:
    cube = parse_cube(a_line("-1 0 0", "1 2 1"), PATH)
    assert cube.samples.tolist() == [[0, 0, 0], [1, 1, 1]]


def test_tables_with_the_same_contents_are_equal_and_hash_alike() -> None:
    one, other = parse_cube(SWAP, PATH), parse_cube(SWAP, Path("copy.cube"))
    assert one == other
    assert hash(one) == hash(other)
    assert one != Cube(np.zeros((2, 2, 2, 3), np.float32))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("<html><body>404</body></html>", 1, "no .cube file"),
        ("hello world", 1, "`hello` is not a keyword"),
        ("", None, "names no LUT_1D_SIZE"),
        ("0 0 0", 1, "has to come first"),
        ("LUT_3D_SIZE 65536", 1, "65536 samples a side; from 2 to 256"),
        ("LUT_3D_SIZE 1", 1, "1 samples a side"),
        ("LUT_3D_SIZE two", 1, "one whole number"),
        ("LUT_1D_SIZE 2\nLUT_3D_SIZE 2", 2, "a second table"),
        (a_line("0 0 0", "nan 0 0"), 3, "not finite"),
        (a_line("0 0 0", "1 inf 1"), 3, "not finite"),
        (a_line("0 0 0", "1 1"), 3, "2 numbers where 3 belong"),
        (a_line("0 0 0", "1 1 x"), 3, "`1 1 x` is not 3 numbers"),
        (a_line("0 0 0"), None, "1 rows; the size calls for 2"),
        (a_line("0 0 0", "1 1 1", "1 1 1"), 4, "more than the 2 rows"),
        (a_line("0 0 0", "DOMAIN_MIN 0 0 0"), 3, "after the first row"),
        (a_line("0 0 0", "1 1 1", head="LUT_1D_SIZE 2\nDOMAIN_MAX 0 1 1"), None, "not below"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(
    text: str, line: int | None, words: str
) -> None:
    at, message = fault_of(text)
    assert at == line
    assert words in message


@needs_shared
@pytest.mark.parametrize("name", ["is_html", "nan_inf", "size_bomb", "too_few_rows"])
def test_broken_files_of_the_wild_are_refused(name: str) -> None:
    fault_of((SHARED / f"broken/lut_{name}.cube").read_text())


@needs_shared
@pytest.mark.parametrize(
    ("name", "size"),
    [("ACES_Proxy_10_to_ACES", 32), ("Colour_Correct", 4), ("eotf_sRGB_3D", 8)],
)
def test_files_of_the_wild_are_read(name: str, size: int) -> None:
    cube = parse_cube((SHARED / f"real/lut/{name}.cube").read_text(), PATH)
    assert cube.size == size
