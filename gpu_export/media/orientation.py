"""How a stored picture is turned and mirrored to stand upright.

Only the eight symmetries of the rectangle exist here; other angles of a display matrix go to the
nearest of them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from av.sidedata.sidedata import Type as SideDataType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from av.sidedata.sidedata import SideData
    from av.video.frame import VideoFrame


@dataclass(frozen=True, slots=True)
class Orientation:
    """First the picture is transposed (rows become columns), then mirrored in x and y."""

    transpose: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    @property
    def is_upright(self) -> bool:
        """Whether nothing has to be done."""
        return not (self.transpose or self.mirror_x or self.mirror_y)

    @property
    def rotation(self) -> int:
        """Clockwise degrees, followed by the mirroring that `mirrored` tells of."""
        if self.transpose:
            return 270 if self.mirror_y else 90
        return 180 if self.mirror_y else 0

    @property
    def mirrored(self) -> bool:
        """Whether it is also flipped left to right."""
        return self.transpose ^ self.mirror_x ^ self.mirror_y

    def upright_size(self, width: int, height: int) -> tuple[int, int]:
        """Size of the upright picture; its own inverse."""
        return (height, width) if self.transpose else (width, height)


UPRIGHT = Orientation()


def from_matrix(matrix: tuple[int, ...]) -> Orientation:
    """Reads the nine numbers of a display matrix (ISO 14496-12, 8.3.2: a b u c d v x y w).

    A stored point (x, y), y down, lands at (a·x + c·y, b·x + d·y); translation is left out.
    """
    a, b, _, c, d = matrix[:5]
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(transpose=True, mirror_x=c < 0, mirror_y=b < 0)
    return Orientation(mirror_x=a < 0, mirror_y=d < 0)


def of_frame(frame: VideoFrame) -> Orientation:
    """The orientation that a decoded frame's display matrix asks for."""
    # PyAV's stub says a dictionary; what it is iterates over its entries.
    for data in cast("Iterable[SideData]", frame.side_data):
        if data.type is SideDataType.DISPLAYMATRIX:
            return from_matrix(struct.unpack("=9i", bytes(data)))
    return UPRIGHT
