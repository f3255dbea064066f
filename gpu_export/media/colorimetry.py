"""Decides what samples mean: by their tags, and where those are silent, as players do.

Knows tags and sizes, no pixels. Invariant: every decoded picture has a complete ColorSpec and the
decision can be explained.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from gpu_export.core.color import (
    SRGB,
    ChromaLocation,
    ColorSpec,
    Matrix,
    Primaries,
    Range,
    Transfer,
)

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

_Code = TypeVar("_Code", Matrix, Transfer, Primaries)

HD_LINES = 720
"""Untagged pictures with fewer lines are taken for BT.601, the others for BT.709."""

# Codecs whose standard sites chroma in the middle: JPEG (JFIF 1.02) and MPEG-1 (ISO 11172-2).
_CENTRED = ("mjpeg", "mpeg1video")


@dataclass(frozen=True, slots=True)
class Tags:
    """What a decoded frame says of itself, as H.273 code points; `pixel_format` as libav names it.

    `lines` is the stored height, `bit_depth` of one component.
    """

    matrix: int
    range: int
    transfer: int
    primaries: int
    pixel_format: str
    bit_depth: int
    lines: int
    codec: str
    is_rgb: bool = False

    @staticmethod
    def of(frame: VideoFrame, codec: str) -> Tags:
        """Reads them off a frame."""
        return Tags(
            matrix=frame.colorspace,
            range=frame.color_range,
            transfer=frame.color_trc,
            primaries=frame.color_primaries,
            pixel_format=frame.format.name,
            bit_depth=frame.format.components[0].bits,
            lines=frame.height,
            codec=codec,
            is_rgb=frame.format.is_rgb or frame.format.has_palette,
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """`stored` is what the file's samples mean, `delivered` what decoded frames carry.

    They differ where decoding has to convert: HDR and BT.2020 become BT.709. `reason` is for
    people.
    """

    stored: ColorSpec
    delivered: ColorSpec
    reason: str

    @property
    def needs_conversion(self) -> bool:
        """Whether light has to be recomputed, not only re-coded."""
        return self.stored.transfer.is_hdr or self.stored.primaries is Primaries.BT2020


def decide(tags: Tags) -> Decision:
    """The meaning of a stream's samples."""
    if tags.is_rgb:
        return Decision(SRGB, SRGB, "RGB samples")
    matrix, why = _matrix(tags)
    transfer = _known(Transfer, tags.transfer, Transfer.BT709)
    if transfer.is_hdr and tags.bit_depth < 10:
        transfer, why = Transfer.BT709, f"{why}; HDR tag on 8 bits ignored"
    primaries = _known(Primaries, tags.primaries, _primaries_of(matrix))
    range_, range_why = _range(tags)
    location = ChromaLocation.CENTER if tags.codec in _CENTRED else ChromaLocation.LEFT
    stored = ColorSpec(matrix, range_, transfer, primaries, location)
    return Decision(stored, _delivered(stored), f"{why}; {range_why}")


def _delivered(stored: ColorSpec) -> ColorSpec:
    if stored.transfer.is_hdr or stored.primaries is Primaries.BT2020:
        return ColorSpec()
    return replace(stored)


def _matrix(tags: Tags) -> tuple[Matrix, str]:
    matrix = _known(Matrix, tags.matrix, Matrix.RGB)
    if matrix is not Matrix.RGB:
        return matrix, f"matrix {matrix.name} as tagged"
    implied = _IMPLIED.get(tags.primaries)
    if implied is not None:
        return implied, f"matrix untagged, {implied.name} follows from the primaries"
    if tags.lines < HD_LINES:
        return Matrix.SMPTE170M, f"untagged, {tags.lines} lines: BT.601"
    return Matrix.BT709, f"untagged, {tags.lines} lines: BT.709"


_IMPLIED: dict[int, Matrix] = {
    Primaries.BT709: Matrix.BT709,
    Primaries.BT470BG: Matrix.BT470BG,
    Primaries.SMPTE170M: Matrix.SMPTE170M,
    Primaries.BT2020: Matrix.BT2020_NCL,
}


def _primaries_of(matrix: Matrix) -> Primaries:
    return Primaries.BT2020 if matrix is Matrix.BT2020_NCL else Primaries.BT709


def _range(tags: Tags) -> tuple[Range, str]:
    if tags.range in (Range.LIMITED, Range.FULL):
        return Range(tags.range), f"{Range(tags.range).name.lower()} range as tagged"
    if tags.pixel_format.startswith("yuvj"):
        return Range.FULL, "full range by pixel format"
    return Range.LIMITED, "range untagged: limited"


def _known(kind: type[_Code], value: int, other: _Code) -> _Code:
    try:
        return kind(value)
    except ValueError:
        return other
