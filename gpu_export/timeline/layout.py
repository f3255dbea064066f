"""From layer keys to geometry: boxes, fitting, anchors and the transform onto the canvas.

Implements "Geometry" of the project format: T(x, y)·R·K·S·(p − anchor·size), flips inside the
box, or a perspective pin instead of all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gpu_export.core.geometry import (
    Fit,
    Point,
    Rect,
    Size,
    Transform,
    fit,
    quad,
    rotation,
    scaling,
    skewing,
    translate,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.core.facts import PictureFacts
    from gpu_export.document.model import Crop, FitKeys, LayerKeys


@dataclass(frozen=True, slots=True)
class Placed:
    """A clip's geometry: which window of its source fills which box, and where it lands.

    `density` is how many box pixels a canvas pixel at scale 1 has. `own_box` is the clip's own
    box in these pixels, where that is another one: what is drawn of texts and shapes may be
    larger or smaller.
    """

    window: Rect
    size: Size
    transform: Transform
    backdrop: Backdrop | None = None
    density: float = 1.0
    own_box: Rect | None = None


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What fills the box that `contain` leaves: the whole box, and the picture's place in it."""

    box: Size
    picture_size: Size
    window: Rect
    cover_window: Rect
    filling: Literal["blur"] | Rgba


def place(keys: FitKeys, source: Size, canvas: Size) -> Placed:
    """Geometry of a layer whose upright source is `source` pixels large.

    Raises:
        ValueError: the perspective corners do not span an area.
    """
    box = _whole(keys.box(canvas))
    cropped = Rect(keys.crop.left, keys.crop.top, 1.0 - keys.crop.right, 1.0 - keys.crop.bottom)
    natural = (source[0] * cropped.width, source[1] * cropped.height)
    fitted = fit(natural, box, keys.fit)
    window = within(cropped, fitted.window)
    size = _whole(fitted.size)
    backdrop = None
    if keys.backdrop is not None and keys.fit is Fit.CONTAIN and size != box:
        cover = within(cropped, fit(natural, box, Fit.COVER).window)
        backdrop = Backdrop(box, size, window, cover, keys.backdrop)
        window, size = Rect(0.0, 0.0, 1.0, 1.0), box
    return Placed(window, size, transform_of(keys, size, canvas), backdrop)


def leaves_something(crop: Crop) -> bool:
    """Whether anything is left of a source."""
    return crop.left + crop.right < 1.0 and crop.top + crop.bottom < 1.0


def _whole(size: Size) -> Size:
    """Sizes that are whole pixels but for rounding noise become exactly whole."""
    width, height = (
        float(round(side)) if abs(side - round(side)) < 1e-6 else side for side in size
    )
    return width, height


def transform_of(keys: LayerKeys, size: Size, canvas: Size) -> Transform:
    """From a fitted box of this size onto the canvas.

    Raises:
        ValueError: the perspective corners do not span an area.
    """
    flip = flips(keys, size)
    if keys.corners is not None:
        return quad(size, keys.corners) @ flip
    anchor, (x, y) = _anchor(keys, canvas)
    return (
        translate(x, y)
        @ rotation(keys.rotation)
        @ skewing(*keys.skew)
        @ scaling(*keys.scale)
        @ translate(-anchor[0] * size[0], -anchor[1] * size[1])
        @ flip
    )


def flips(keys: LayerKeys, size: Size) -> Transform:
    """The mirroring inside a box of this size; its own inverse."""
    width, height = size
    return translate(width if keys.flip_h else 0.0, height if keys.flip_v else 0.0) @ scaling(
        -1.0 if keys.flip_h else 1.0, -1.0 if keys.flip_v else 1.0
    )


def _anchor(keys: LayerKeys, canvas: Size) -> tuple[Point, Point]:
    """(anchor as fractions of the box, where it lands on the canvas)."""
    if keys.position is None:
        return keys.anchor, (keys.x.at(canvas[0]), keys.y.at(canvas[1]))
    across, down = keys.position.fractions
    x = _inset(across, canvas[0], keys.margin.at(canvas[0]))
    y = _inset(down, canvas[1], keys.margin.at(canvas[1]))
    return (across, down), (x, y)


def _inset(side: float, length: float, margin: float) -> float:
    return side * length + (1.0 - 2.0 * side) * margin


def drawn_size(placed: Sequence[Placed], source: Size, zoom: float = 1.0) -> tuple[int, int] | None:
    """The size to decode a picture at, where it is never drawn larger than at one smaller size.

    Decoding at the drawn size costs less and looks better than fetching from a large texture.
    `placed` are the ways it is drawn in the course of time, `zoom` is what happens to the canvas
    afterwards. None where the source is needed in full: enlarged, pinned in perspective or on a
    backdrop.
    """
    width = height = 0.0
    for one in placed:
        if not one.transform.is_affine or one.backdrop is not None:
            return None
        scale_x, scale_y = one.transform.scale
        width = max(width, one.size[0] * scale_x * zoom / one.window.width)
        height = max(height, one.size[1] * scale_y * zoom / one.window.height)
    if width > source[0] or height > source[1] or (width, height) == source:
        return None
    return max(1, round(width)), max(1, round(height))


def decode_size(drawn: tuple[int, int] | None, picture: PictureFacts) -> tuple[int, int] | None:
    """The size to ask the decoder for; pictures with non-square pixels are always scaled."""
    if drawn is None and picture.stored != (picture.width, picture.height):
        return picture.width, picture.height
    return drawn
