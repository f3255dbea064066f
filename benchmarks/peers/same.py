"""Do two films show the same picture? Told tile by tile, so that a missing layer cannot hide.

Programs differ in filters, in how they draw letters and in the encoder's choices: all of that is
fine. Pictures are therefore reduced eightfold first, which takes filters and a shift of a pixel or
two away, and then compared in tiles of 40×40 pixels of the full picture: a missing layer leaves
at least one tile that is nothing like it (see `SAME_DB`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import islice
from math import inf, log10
from typing import TYPE_CHECKING, Any, cast

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    """I420 as PyAV gives it: (H * 3 / 2, W)."""

SAME_DB = 18.0
"""The worst tile of programs that show all layers, and of our own pictures without one, lie on
either side of this; see docs/benchmarks.md."""

LOOKS = (0.04, 0.3, 0.5, 0.7, 0.94)
"""Where in a film pictures are compared: shares of its length."""

_REDUCED, _TILE = 8, 5


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near one film comes to another.

    Attributes:
        frames: pictures of each.
        psnr_db: of the full pictures, all looks together.
        worst_tile_db: of the reduced pictures.
        worst_at: the frame, and that tile's left and top in full pixels.
    """

    frames: tuple[int, int]
    psnr_db: float
    worst_tile_db: float
    worst_at: tuple[int, int, int]

    @property
    def is_same(self) -> bool:
        """All layers are there, for as long."""
        return self.frames[0] == self.frames[1] and self.worst_tile_db >= SAME_DB

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able values."""
        return {**asdict(self), "same": self.is_same}


def likeness(wanted: Path, found: Path) -> Likeness:
    """Compares some pictures of two films of equal size."""
    counts = _count(wanted), _count(found)
    looks = sorted({round(share * (min(counts) - 1)) for share in LOOKS})
    pairs = zip(looks, _pictures(wanted, looks), _pictures(found, looks), strict=True)
    errors, worst, at = [], inf, (0, 0, 0)
    for number, one, other in pairs:
        errors.append(float(np.mean((one.astype(np.float32) - other) ** 2)))
        tiles = tile_psnr(one, other)
        top, left = np.unravel_index(np.argmin(tiles), tiles.shape)
        if tiles[top, left] < worst:
            worst, side = float(tiles[top, left]), _REDUCED * _TILE
            at = (number, int(left) * side, int(top) * side)
    return Likeness(counts, round(_db(float(np.mean(errors))), 1), round(worst, 1), at)


def tile_psnr(one: Picture, other: Picture) -> NDArray[np.float64]:
    """PSNR in dB of every tile, Y', Cb and Cr together; at most 100."""
    squared = (reduced(one) - reduced(other)) ** 2
    channels, height, width = squared.shape
    rows, columns = height // _TILE, width // _TILE
    whole = squared[:, : rows * _TILE, : columns * _TILE]
    errors = whole.reshape(channels, rows, _TILE, columns, _TILE).mean(axis=(0, 2, 4))
    decibels: NDArray[np.float64] = 10 * np.log10(255**2 / np.maximum(errors, 255**2 * 1e-10))
    return decibels


def reduced(picture: Picture) -> NDArray[np.float64]:
    """Y', Cb and Cr as means over 8×8 pixels: (3, H / 8, W / 8)."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    luma = picture[:height]
    chroma = picture[height:].reshape(2, height // 2, width // 2)
    planes = [_means(luma, _REDUCED), *(_means(plane, _REDUCED // 2) for plane in chroma)]
    return np.stack(planes)


def _means(plane: Picture, side: int) -> NDArray[np.float64]:
    rows, columns = plane.shape[0] // side, plane.shape[1] // side
    whole = plane[: rows * side, : columns * side]
    means: NDArray[np.float64] = whole.reshape(rows, side, columns, side).mean(axis=(1, 3))
    return means


def _db(error: float) -> float:
    return 10 * log10(255**2 / max(error, 255**2 * 1e-10))


def _count(film: Path) -> int:
    with av.open(str(film)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def _pictures(film: Path, numbers: list[int]) -> Iterator[Picture]:
    """The pictures of those numbers, which rise."""
    before = -1
    with av.open(str(film)) as container:
        container.streams.video[0].thread_type = "AUTO"
        decoded = container.decode(video=0)
        for number in numbers:
            frame = next(islice(decoded, number - before - 1, None))
            yield cast("Picture", frame.to_ndarray(format="yuv420p"))
            before = number
