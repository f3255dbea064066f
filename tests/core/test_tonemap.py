"""Transfer functions against published values, and the laws of the tone curve."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_export.core.color import ColorSpec, Matrix, Primaries, Range, Transfer
from gpu_export.core.tonemap import (
    LIGHT_CODE,
    REFERENCE_WHITE,
    compress,
    cube_text,
    hlg_to_nits,
    nits_to_pq,
    nits_to_sdr,
    pq_to_nits,
    sdr_lut,
    sdr_to_nits,
    to_sdr,
)

PQ = ColorSpec(Matrix.BT2020_NCL, Range.LIMITED, Transfer.PQ, Primaries.BT2020)
HLG = ColorSpec(Matrix.BT2020_NCL, Range.LIMITED, Transfer.HLG, Primaries.BT2020)
WIDE = ColorSpec(Matrix.BT2020_NCL, Range.LIMITED, Transfer.BT2020_10, Primaries.BT2020)


@pytest.mark.parametrize(
    ("nits", "code"), [(0.0, 0.0), (100.0, 0.508), (203.0, 0.581), (1000.0, 0.752), (10_000.0, 1.0)]
)
def test_pq_has_the_values_of_bt2408(nits: float, code: float) -> None:
    assert float(nits_to_pq(np.array(nits))) == pytest.approx(code, abs=0.0006)


def test_pq_is_undone_by_its_inverse() -> None:
    nits = np.geomspace(0.01, 10_000, 50)
    np.testing.assert_allclose(pq_to_nits(nits_to_pq(nits)), nits, rtol=1e-9)


def test_hlg_reference_white_is_203_nits_and_its_peak_1000() -> None:
    grey = np.array([[0.0] * 3, [0.75] * 3, [1.0] * 3])
    np.testing.assert_allclose(hlg_to_nits(grey)[:, 0], [0, 203, 1000], atol=1.5)


def test_hlg_keeps_the_ratios_of_colours() -> None:
    dark = hlg_to_nits(np.array([0.3, 0.2, 0.1]))
    assert dark[0] / dark[1] == pytest.approx((0.3 / 0.2) ** 2)


def test_sdr_codes_are_undone_by_their_inverse() -> None:
    codes = np.linspace(0, 1, 33)
    np.testing.assert_allclose(nits_to_sdr(sdr_to_nits(codes)), codes, atol=1e-12)


def test_the_tone_curve_leaves_what_an_sdr_viewer_knows() -> None:
    nits = np.array([0.5, 10.0, 100.0, 160.0])
    np.testing.assert_allclose(compress(nits), nits, rtol=1e-6)


def test_the_tone_curve_rises_and_ends_at_white() -> None:
    out = compress(np.linspace(1, 1000, 2000))
    assert (np.diff(out) > 0).all()
    assert out[-1] == pytest.approx(REFERENCE_WHITE)
    assert compress(np.array(4000.0)) == pytest.approx(REFERENCE_WHITE)


@pytest.mark.parametrize("spec", [PQ, HLG], ids=["PQ", "HLG"])
def test_reference_white_is_nearly_white(spec: ColorSpec) -> None:
    code = {Transfer.PQ: 0.5807, Transfer.HLG: 0.75}[spec.transfer]
    white = to_sdr(np.full(3, code), spec)
    assert np.abs(white * 255 - 247).max() < 1
    assert np.ptp(white) < 1e-4


def test_grey_stays_grey_and_black_black() -> None:
    for spec in (PQ, HLG, WIDE):
        greys = to_sdr(np.linspace(0, 1, 20)[:, None].repeat(3, axis=1), spec)
        assert np.ptp(greys, axis=1).max() < 1e-3
        assert greys[0].max() == pytest.approx(0, abs=1e-6)


def test_bt709_red_in_bt2020_is_red_again() -> None:
    """The first column of ITU-R BT.2087-0, table 1."""
    light = np.array([0.627404, 0.069097, 0.016391])
    shown = to_sdr(light ** (1 / 2.4), WIDE)
    np.testing.assert_allclose(shown, [1, 0, 0], atol=0.02)


def test_colours_beyond_bt709_are_clipped() -> None:
    shown = to_sdr(np.array([0.0, 1.0, 0.0]), WIDE)
    assert shown.min() >= 0
    assert shown.max() <= 1


def test_the_light_code_is_undone_and_spans_zero_to_one() -> None:
    light = np.linspace(LIGHT_CODE.lowest, LIGHT_CODE.highest, 100)
    code = LIGHT_CODE.encode(light)
    np.testing.assert_allclose(LIGHT_CODE.decode(code), light, atol=1e-12)
    assert (code[0], code[-1]) == (pytest.approx(0), pytest.approx(1))


@pytest.mark.parametrize("spec", [PQ, HLG], ids=["PQ", "HLG"])
def test_the_table_holds_what_the_function_gives(spec: ColorSpec) -> None:
    table = sdr_lut(spec, 9)
    light = np.clip(LIGHT_CODE.decode(table[4, 5, 3]), 0, 1)
    expected = to_sdr(np.array([4, 5, 3]) / 8, spec)
    np.testing.assert_allclose(light ** (1 / 2.4), expected, atol=1e-9)


def test_cube_files_run_through_red_first() -> None:
    table = np.zeros((2, 2, 2, 3))
    table[1, 0, 0] = 0.25
    lines = cube_text(table).splitlines()
    assert lines[0] == "LUT_3D_SIZE 2"
    assert lines[2] == "0.25000 0.25000 0.25000"
    assert len(lines) == 9
