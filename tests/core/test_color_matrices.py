"""Colour numbers against published values: a shared wrong number would fool every twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.color import (
    BT709,
    SRGB,
    ChromaLocation,
    ColorSpec,
    Matrix,
    Primaries,
    Range,
    Transfer,
    luma_weights,
    yuv_transform,
)

LIMITED, FULL = Range.LIMITED, Range.FULL
YUV_MATRICES = [matrix for matrix in Matrix if matrix is not Matrix.RGB]

# ITU-R BT.709-6 item 3.2, BT.601-7 2.5.1, BT.2020-2 table 4, SMPTE ST 240, FCC 73.682.
PUBLISHED_LUMA = {
    Matrix.BT709: (0.2126, 0.7152, 0.0722),
    Matrix.SMPTE170M: (0.299, 0.587, 0.114),
    Matrix.BT470BG: (0.299, 0.587, 0.114),
    Matrix.BT2020_NCL: (0.2627, 0.6780, 0.0593),
    Matrix.SMPTE240M: (0.212, 0.701, 0.087),
    Matrix.FCC: (0.30, 0.59, 0.11),
}

# 100 % colour bars, 8 bit limited range: BT.709-6 and BT.601-7 quantised.
BARS = {
    "709_white": (Matrix.BT709, (1, 1, 1), (235, 128, 128)),
    "709_yellow": (Matrix.BT709, (1, 1, 0), (219, 16, 138)),
    "709_cyan": (Matrix.BT709, (0, 1, 1), (188, 154, 16)),
    "709_green": (Matrix.BT709, (0, 1, 0), (173, 42, 26)),
    "709_magenta": (Matrix.BT709, (1, 0, 1), (78, 214, 230)),
    "709_red": (Matrix.BT709, (1, 0, 0), (63, 102, 240)),
    "709_blue": (Matrix.BT709, (0, 0, 1), (32, 240, 118)),
    "709_black": (Matrix.BT709, (0, 0, 0), (16, 128, 128)),
    "601_yellow": (Matrix.SMPTE170M, (1, 1, 0), (210, 16, 146)),
    "601_cyan": (Matrix.SMPTE170M, (0, 1, 1), (170, 166, 16)),
    "601_green": (Matrix.SMPTE170M, (0, 1, 0), (145, 54, 34)),
    "601_magenta": (Matrix.SMPTE170M, (1, 0, 1), (106, 202, 222)),
    "601_red": (Matrix.SMPTE170M, (1, 0, 0), (81, 90, 240)),
    "601_blue": (Matrix.SMPTE170M, (0, 0, 1), (41, 240, 110)),
}


def to_codes(
    rgb: tuple[float, float, float], matrix: Matrix, range_: Range, bits: int
) -> list[int]:
    transform = yuv_transform(matrix, range_, bits)
    return [round(float(code)) for code in transform.to_yuv @ np.array(rgb) + transform.offset]


@pytest.mark.parametrize("matrix", PUBLISHED_LUMA, ids=lambda matrix: matrix.name)
def test_luma_weights_are_the_published_ones(matrix: Matrix) -> None:
    kr, kb = luma_weights(matrix)
    assert (kr, 1 - kr - kb, kb) == pytest.approx(PUBLISHED_LUMA[matrix])
    luma = yuv_transform(matrix, FULL, 8).to_yuv[0] / 255
    assert luma == pytest.approx(np.array(PUBLISHED_LUMA[matrix]))


@pytest.mark.parametrize(("matrix", "rgb", "codes"), BARS.values(), ids=BARS)
def test_colour_bars_have_their_known_codes(
    matrix: Matrix, rgb: tuple[float, float, float], codes: tuple[int, int, int]
) -> None:
    assert to_codes(rgb, matrix, LIMITED, 8) == list(codes)


# BT.709-6 item 3.4 and BT.2020-2 table 5; full range per H.273 8.3 (equations 29 to 31).
LEVELS = {
    "8_limited": (LIMITED, 8, (16, 128, 128), (235, 128, 128)),
    "10_limited": (LIMITED, 10, (64, 512, 512), (940, 512, 512)),
    "8_full": (FULL, 8, (0, 128, 128), (255, 128, 128)),
    "10_full": (FULL, 10, (0, 512, 512), (1023, 512, 512)),
}


@pytest.mark.parametrize(("range_", "bits", "black", "white"), LEVELS.values(), ids=LEVELS)
def test_black_and_white_levels(
    range_: Range, bits: int, black: tuple[int, ...], white: tuple[int, ...]
) -> None:
    for matrix in YUV_MATRICES:
        assert to_codes((0, 0, 0), matrix, range_, bits) == list(black)
        assert to_codes((1, 1, 1), matrix, range_, bits) == list(white)


@pytest.mark.parametrize(
    ("range_", "bits", "peak"), [(LIMITED, 8, 240), (LIMITED, 10, 960)], ids=["8", "10"]
)
def test_chroma_peaks_on_pure_blue_and_red(range_: Range, bits: int, peak: int) -> None:
    for matrix in YUV_MATRICES:
        assert to_codes((0, 0, 1), matrix, range_, bits)[1] == peak
        assert to_codes((1, 0, 0), matrix, range_, bits)[2] == peak


def test_bt709_decoding_has_the_familiar_coefficients() -> None:
    """R = Y + 1.5748 Cr, B = Y + 1.8556 Cb, G = Y - 0.1873 Cb - 0.4681 Cr."""
    transform = yuv_transform(Matrix.BT709, FULL, 8)
    assert transform.to_rgb * 255 == pytest.approx(
        np.array([[1, 0, 1.5748], [1, -0.18732, -0.46812], [1, 1.8556, 0]]), abs=1e-4
    )


_UNIT = st.floats(0.0, 1.0)


@given(
    st.tuples(_UNIT, _UNIT, _UNIT),
    st.sampled_from(YUV_MATRICES),
    st.sampled_from(Range),
    st.sampled_from([8, 10]),
)
def test_code_values_lead_back_to_the_colour(
    rgb: tuple[float, float, float], matrix: Matrix, range_: Range, bits: int
) -> None:
    transform = yuv_transform(matrix, range_, bits)
    codes = transform.to_yuv @ np.array(rgb) + transform.offset
    assert transform.to_rgb @ (codes - transform.offset) == pytest.approx(np.array(rgb), abs=1e-9)


@given(st.tuples(_UNIT, _UNIT, _UNIT), st.sampled_from(YUV_MATRICES), st.sampled_from(Range))
def test_rounded_codes_are_within_two_code_values_of_the_colour(
    rgb: tuple[float, float, float], matrix: Matrix, range_: Range
) -> None:
    transform = yuv_transform(matrix, range_, 8)
    codes = np.rint(transform.to_yuv @ np.array(rgb) + transform.offset)
    assert transform.to_rgb @ (codes - transform.offset) == pytest.approx(
        np.array(rgb), abs=2.0 / 255
    )


def test_rgb_has_no_luma() -> None:
    with pytest.raises(ValueError, match="Y'CbCr"):
        yuv_transform(Matrix.RGB, FULL)


def test_chroma_sits_where_the_standard_puts_it() -> None:
    """H.273 figure 1 (chroma sample location types 0 to 2), in luma pixels off the block."""
    assert ChromaLocation.LEFT.offset == (-0.5, 0.0)
    assert ChromaLocation.CENTER.offset == (0.0, 0.0)
    assert ChromaLocation.TOP_LEFT.offset == (-0.5, -0.5)


def test_code_points_are_those_of_h273() -> None:
    assert (Matrix.BT709, Matrix.SMPTE170M, Matrix.BT2020_NCL) == (1, 6, 9)
    assert (Transfer.BT709, Transfer.SRGB, Transfer.PQ, Transfer.HLG) == (1, 13, 16, 18)
    assert (Primaries.BT709, Primaries.BT2020) == (1, 9)


SAME = {
    "itself": ColorSpec(),
    "another_sdr_transfer": ColorSpec(transfer=Transfer.SRGB),
    "another_sdr_primary": ColorSpec(primaries=Primaries.SMPTE170M),
}
DIFFERENT = {
    "matrix": ColorSpec(Matrix.SMPTE170M),
    "range": ColorSpec(range=FULL),
    "siting": ColorSpec(chroma_location=ChromaLocation.CENTER),
    "hdr": ColorSpec(transfer=Transfer.PQ),
    "wide": ColorSpec(primaries=Primaries.BT2020),
    "rgb": SRGB,
}


@pytest.mark.parametrize("spec", SAME.values(), ids=SAME)
def test_planes_may_be_copied_between_equal_samples(spec: ColorSpec) -> None:
    assert BT709.same_samples(spec)
    assert spec.same_samples(BT709)


@pytest.mark.parametrize("spec", DIFFERENT.values(), ids=DIFFERENT)
def test_planes_may_not_be_copied_between_different_samples(spec: ColorSpec) -> None:
    assert not BT709.same_samples(spec)
    assert not spec.same_samples(BT709)
