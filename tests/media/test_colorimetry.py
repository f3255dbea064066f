"""What samples mean: tags first, then what players assume."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu_export.core.color import (
    SRGB,
    ChromaLocation,
    ColorSpec,
    Matrix,
    Primaries,
    Range,
    Transfer,
)
from gpu_export.media.colorimetry import Tags, decide

UNTAGGED = 2
"""H.273's "unspecified" for matrix, transfer and primaries."""


def tags(**said: object) -> Tags:
    silent = Tags(UNTAGGED, 0, UNTAGGED, UNTAGGED, "yuv420p", 8, 1080, "h264")
    return replace(silent, **said)  # type: ignore[arg-type] # each test names real fields


@pytest.mark.parametrize(
    ("lines", "matrix"),
    [(576, Matrix.SMPTE170M), (719, Matrix.SMPTE170M), (720, Matrix.BT709), (2160, Matrix.BT709)],
)
def test_untagged_pictures_are_judged_by_their_lines(lines: int, matrix: Matrix) -> None:
    assert decide(tags(lines=lines)).stored.matrix is matrix


def test_a_tag_wins_over_the_size() -> None:
    assert decide(tags(matrix=1, lines=360)).stored.matrix is Matrix.BT709
    assert decide(tags(matrix=6, lines=1080)).stored.matrix is Matrix.SMPTE170M


def test_tagged_primaries_imply_an_untagged_matrix() -> None:
    assert decide(tags(primaries=1, lines=360)).stored.matrix is Matrix.BT709
    assert decide(tags(primaries=9, bit_depth=10)).stored.matrix is Matrix.BT2020_NCL


def test_full_range_follows_from_tag_or_pixel_format() -> None:
    assert decide(tags(range=2)).stored.range is Range.FULL
    assert decide(tags(pixel_format="yuvj420p")).stored.range is Range.FULL
    assert decide(tags(pixel_format="yuvj420p", range=1)).stored.range is Range.LIMITED
    assert decide(tags()).stored.range is Range.LIMITED


@pytest.mark.parametrize("transfer", [Transfer.PQ, Transfer.HLG])
def test_hdr_is_delivered_as_bt709(transfer: Transfer) -> None:
    decision = decide(tags(matrix=9, transfer=transfer, primaries=9, bit_depth=10))
    assert decision.stored.transfer is transfer
    assert decision.needs_conversion
    assert decision.delivered == ColorSpec()


def test_an_hdr_tag_on_eight_bits_is_not_believed() -> None:
    decision = decide(tags(matrix=1, transfer=Transfer.HLG, primaries=1))
    assert decision.stored.transfer is Transfer.BT709
    assert not decision.needs_conversion
    assert "ignored" in decision.reason


def test_sdr_with_bt2020_primaries_is_converted() -> None:
    decision = decide(tags(matrix=9, transfer=14, primaries=9, bit_depth=10))
    assert decision.needs_conversion
    assert decision.delivered.primaries is Primaries.BT709


def test_bt601_primaries_are_left_as_they_are() -> None:
    decision = decide(tags(matrix=6, transfer=6, primaries=6, lines=480))
    assert not decision.needs_conversion
    assert decision.delivered == decision.stored


def test_jpeg_and_mpeg1_site_chroma_in_the_middle() -> None:
    assert decide(tags(codec="mjpeg")).stored.chroma_location is ChromaLocation.CENTER
    assert decide(tags(codec="mpeg1video")).stored.chroma_location is ChromaLocation.CENTER
    assert decide(tags(codec="mpeg2video")).stored.chroma_location is ChromaLocation.LEFT


def test_rgb_samples_are_srgb_whatever_their_tags() -> None:
    assert decide(tags(matrix=1, range=1, is_rgb=True)).stored == SRGB


def test_code_points_unknown_to_us_count_as_untagged() -> None:
    decision = decide(tags(matrix=8, transfer=250, primaries=22, lines=1080))
    assert decision.stored == ColorSpec()
