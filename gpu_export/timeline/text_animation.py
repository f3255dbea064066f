"""A text whose pieces are on their way: the layers of one frame.

Owns what is drawn of a moving text, from the back: background, glow, shadow, stroke, glyphs in
their own colours, glyphs. Its glyphs come from distance fields, so that every piece may be turned
and scaled on its own and no frame rasterises outlines. Texts that stand still are drawn exactly
(`text.raster`), and so is this one as soon as all pieces are at rest: what changes then are edges,
by 2 or 3 of 255 on average, once and while the eye still follows the movement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import Box, Rect, Transform, translate
from gpu_export.render.effects import DropShadow, GaussianBlur
from gpu_export.render.glyphs import Ink, Placing, rows
from gpu_export.render.scene import Glyphs, Group, Layer, Picture, Solid
from gpu_export.text.color_sheet import ColorSheet, has_picture, placed_pictures
from gpu_export.text.field_sheet import FieldSheet, pack, sheet_of
from gpu_export.text.glyph_pictures import Spot
from gpu_export.text.ink import SHADOW_REACH, effect_reach, glyph_ink, grown
from gpu_export.text.units import units
from gpu_export.timeline.unit_motion import UnitMotion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Size, Window
    from gpu_export.document.model.text import TextStyle
    from gpu_export.render.effects import Effect
    from gpu_export.text.layout import Block
    from gpu_export.text.shaping import Glyph
    from gpu_export.text.style import Decoration, Shadow
    from gpu_export.text.units import Unit
    from gpu_export.timeline.unit_motion import UnitState

    Array = NDArray[np.float64]

# Pictures of glyphs begin on this grid, so that glyphs at rest keep their places in them and the
# compositors know them again.
_GRID_PX = 32
# What lies between the places that are looked at to know how far a piece gets.
_SLACK_PX = 2.0
# Fields are made for pieces that start larger than they end, up to here.
_LARGEST_START = 2.0
# Full strength at a straight edge, where a blur has fallen to one half.
_GLOW_GAIN = 2.0


def text_motion(keys: TextStyle, block: Block, canvas: Size, fps: Fraction) -> UnitMotion | None:
    """How the pieces of a laid-out text move; None if nothing of it does."""
    if keys.animate is None:
        return None
    motion = UnitMotion.of(keys.animate, canvas, fps)
    return motion if units(block, motion.kind) else None


def reached(block: Block, decoration: Decoration, motion: UnitMotion) -> Rect:
    """All that the pieces come by, in the block's pixels, with what is drawn around them."""
    pieces = units(block, motion.kind)
    way = motion.way()
    corners = np.array([_corners(_ink(piece.glyphs)) for piece in pieces])
    centres = np.array([piece.centre for piece in pieces])
    moved = np.einsum("sij,ukj->suki", way.linear, corners - centres[:, None])
    moved += centres[:, None] + way.offset[:, None, None]
    (left, top), (right, bottom) = moved.min(axis=(0, 1, 2)), moved.max(axis=(0, 1, 2))
    around = effect_reach(decoration) * max(1.0, *np.abs(motion.scale)) + _SLACK_PX
    return grown(Rect(left, top, right, bottom), around)


@dataclass(frozen=True, slots=True, eq=False)
class _Fields:
    """The glyphs that are drawn from fields, an entry of each array a glyph, in window pixels.

    Tile pixels lead to the text at rest by `scale · q + start`.
    """

    unit: NDArray[np.intp]
    scale: Array
    start: Array
    corner: Array
    size: Array
    px_per_em: Array
    colors: dict[Rgba, NDArray[np.intp]]


class AnimatedText:
    """The layers of an animated text, in the pixels of a window of it.

    Args:
        block: the text laid out.
        decoration: what is drawn with its glyphs.
        motion: the movement of its pieces.
        window: the pixels to draw, as for the text's picture.
    """

    def __init__(
        self, block: Block, decoration: Decoration, motion: UnitMotion, window: Window
    ) -> None:
        self._block, self._decoration = block, decoration
        self._motion, self._window = motion, window
        pieces = units(block, motion.kind)
        self._count = len(pieces)
        self._centres = self._in_window(np.array([piece.centre for piece in pieces]))
        stroke = decoration.stroke.width if decoration.stroke else 0.0
        inks = [_corners(grown(_ink(piece.glyphs), stroke)) for piece in pieces]
        self._corners = self._in_window(np.array(inks))
        plain, self._pictured = self._apart(pieces)
        self._fields = self._sheet([glyph for _, glyph in plain], stroke)
        self._placed = self._place(plain)
        self._colors = ColorSheet(tuple(spot for _, spot in self._pictured))

    @property
    def sources(self) -> tuple[FieldSheet | ColorSheet, ...]:
        """What its glyphs are drawn from."""
        return (self._fields, self._colors) if self._colors.spots else (self._fields,)

    def layers(self, time: Fraction, slots: Sequence[int]) -> tuple[Layer, ...]:
        """What is seen at a time; `slots` are those of its sources."""
        state = self._motion.state(time, self._count)
        state = replace(state, offset=state.offset * self._window.scale)
        drawn = list(self._background())
        box = self._touched(state)
        if not box.is_empty:
            look = _Look(self._decoration, self._window.scale, slots[0], self._fields.range_px)
            frame = _Frame(self._placed, self._centres, state, box, look)
            drawn += frame.below()
            drawn += self._pictures(state, slots[-1])
            drawn += frame.fills()
        return tuple(drawn)

    def _in_window(self, points: Array) -> Array:
        corner = np.array([self._window.left, self._window.top])
        return np.asarray(points * self._window.scale - corner)

    def _spot(self, glyph: Glyph) -> Spot:
        scale = self._window.scale
        x, y = self._in_window(np.array([glyph.x, glyph.y])).tolist()
        return Spot(glyph.face, glyph.glyph_id, glyph.style.size * scale, x, y)

    def _apart(
        self, pieces: Sequence[Unit]
    ) -> tuple[list[tuple[int, Glyph]], list[tuple[int, tuple[Spot, Rgba]]]]:
        """Glyphs that are filled, and those with colours of their own; each with its piece."""
        plain, pictured = [], []
        for unit, piece in enumerate(pieces):
            for glyph in piece.glyphs:
                spot, color = self._spot(glyph), glyph.style.color
                if glyph.face.has_color and has_picture(spot, color):
                    pictured.append((unit, (spot, color)))
                else:
                    plain.append((unit, glyph))
        return plain, pictured

    def _sheet(self, glyphs: Sequence[Glyph], stroke: float) -> FieldSheet:
        larger = min(max(1.0, *np.abs(self._motion.scale)), _LARGEST_START) * self._window.scale
        reach = max((stroke / glyph.style.size for glyph in glyphs), default=0.0)
        drawn = ((glyph.face, glyph.glyph_id, glyph.style.size * larger) for glyph in glyphs)
        return sheet_of(drawn, reach)

    def _place(self, plain: Sequence[tuple[int, Glyph]]) -> _Fields:
        """The glyphs that have a field."""
        packed = pack(self._fields)
        found = {
            (entry.face, entry.glyph_id): (entry, tile) for entry, tile in packed.tiles.items()
        }
        shown = [
            (unit, glyph, *found[glyph.face, glyph.glyph_id])
            for unit, glyph in plain
            if (glyph.face, glyph.glyph_id) in found
        ]
        colors: dict[Rgba, list[int]] = {}
        for index, (_, glyph, _, _) in enumerate(shown):
            colors.setdefault(glyph.style.color, []).append(index)
        px_per_em = np.array([entry.px_per_em for _, _, entry, _ in shown])
        sizes = np.array([glyph.style.size for _, glyph, _, _ in shown])
        scale = sizes * self._window.scale / px_per_em
        edges = np.array([(tile.left, tile.top) for *_, tile in shown]).reshape(-1, 2)
        origins = np.array([(glyph.x, glyph.y) for _, glyph, _, _ in shown]).reshape(-1, 2)
        return _Fields(
            np.array([unit for unit, *_ in shown], np.intp),
            scale,
            scale[:, None] * edges + self._in_window(origins),
            np.array([(tile.x, tile.y) for *_, tile in shown], float).reshape(-1, 2),
            np.array([(tile.width, tile.height) for *_, tile in shown], float).reshape(-1, 2),
            px_per_em,
            {color: np.array(indices, np.intp) for color, indices in colors.items()},
        )

    def _touched(self, state: UnitState) -> Box:
        """The pixels of the window that pieces lie on, from a coarse grid's line on."""
        seen = state.opacity > 0.0
        if not seen.any():
            return Box(0, 0, 0, 0)
        centres = self._centres[seen][:, None]
        moved = np.einsum("uij,ukj->uki", state.linear[seen], self._corners[seen] - centres)
        moved += centres + state.offset[seen][:, None]
        low = np.floor((moved.min(axis=(0, 1)) - _SLACK_PX) / _GRID_PX).astype(int) * _GRID_PX
        high = np.ceil(moved.max(axis=(0, 1)) + _SLACK_PX).astype(int)
        whole = Box(0, 0, self._window.width, self._window.height)
        return Box(*low.tolist(), *high.tolist()).intersect(whole)

    def _background(self) -> tuple[Layer, ...]:
        background, window = self._decoration.background, self._window
        if background is None:
            return ()
        around = grown(self._block.lines_box, background.padding)
        size = (around.width * window.scale, around.height * window.scale)
        left, top = around.left * window.scale, around.top * window.scale
        radius = min(background.radius * window.scale, size[0] / 2, size[1] / 2)
        moved = translate(left - window.left, top - window.top)
        return (Layer(Solid(background.color), size, transform=moved, radius=radius),)

    def _pictures(self, state: UnitState, slot: int) -> list[Layer]:
        layers = []
        places = placed_pictures(self._colors)
        for (unit, _), shown in zip(self._pictured, places, strict=True):
            place = shown.place
            if state.opacity[unit] > 0.0:
                (a, b), (c, d) = state.linear[unit].tolist()
                (x, y), (dx, dy) = self._centres[unit].tolist(), state.offset[unit].tolist()
                turn = Transform((a, b, 0.0, c, d, 0.0, 0.0, 0.0, 1.0))
                moved = translate(x + dx, y + dy) @ turn @ translate(place.left - x, place.top - y)
                layers.append(
                    Layer(
                        Picture(slot),
                        (place.width, place.height),
                        window=shown.window,
                        transform=moved,
                        opacity=float(state.opacity[unit]),
                    )
                )
        return layers


@dataclass(frozen=True, slots=True)
class _Look:
    """What the layers of all frames share."""

    decoration: Decoration
    scale: float
    slot: int
    range_px: float


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """One frame of the glyphs that have fields, on the pixels of `box`."""

    fields: _Fields
    centres: Array
    state: UnitState
    box: Box
    look: _Look

    def below(self) -> list[Layer]:
        """Glow, shadow and stroke."""
        decoration, scale = self.look.decoration, self.look.scale
        layers = []
        if (glow := decoration.glow) is not None and glow.radius > 0.0:
            reach = ceil(glow.radius * scale)
            light = DropShadow(0.0, 0.0, glow.radius * scale / 3, _opaque(glow.color), _GLOW_GAIN)
            layers.append(self._shape(glow.color, reach, (light,)))
        if (shadow := decoration.shadow) is not None:
            layers.append(self._shadow(shadow))
        if (stroke := decoration.stroke) is not None and stroke.width > 0.0:
            layers.append(self._shown(self._stroke(stroke.color, 0)))
        return layers

    def fills(self) -> list[Layer]:
        """The glyphs themselves, a layer a colour."""
        return [
            self._shown(self._glyphs(indices, color, Ink.FILL, 0))
            for color, indices in self.fields.colors.items()
        ]

    def _shadow(self, shadow: Shadow) -> Layer:
        scale = self.look.scale
        reach, sigma = ceil(SHADOW_REACH * shadow.blur * scale), shadow.blur * scale / 2
        blur = (GaussianBlur(sigma),) if sigma > 0.0 else ()
        soft = self._shape(shadow.color, reach, blur)
        moved = translate(shadow.x * scale, shadow.y * scale)
        return replace(soft, transform=moved @ soft.transform)

    def _shape(self, color: Rgba, reach: int, effects: tuple[Effect, ...]) -> Layer:
        """Fill and stroke together in one colour, with room around for what effects add."""
        shapes = [
            self._glyphs(indices, (*color[:3], own[3]), Ink.FILL, reach)
            for own, indices in self.fields.colors.items()
        ]
        stroke = self.look.decoration.stroke
        if stroke is not None and stroke.width > 0.0:
            shapes.append(self._stroke(_opaque(color), reach))
        width, height = self.box.width + 2 * reach, self.box.height + 2 * reach
        size = (float(width), float(height))
        group = Group(width, height, TRANSPARENT, tuple(Layer(shape, size) for shape in shapes))
        return Layer(
            group,
            size,
            transform=translate(self.box.x0 - reach, self.box.y0 - reach),
            opacity=color[3],
            effects=effects,
        )

    def _stroke(self, color: Rgba, margin: int) -> Glyphs:
        every = np.arange(len(self.fields.unit))
        return self._glyphs(every, color, Ink.STROKE, margin)

    def _shown(self, glyphs: Glyphs) -> Layer:
        size = (float(glyphs.width), float(glyphs.height))
        return Layer(glyphs, size, transform=translate(self.box.x0, self.box.y0))

    def _glyphs(self, which: NDArray[np.intp], color: Rgba, ink: Ink, margin: int) -> Glyphs:
        """Those glyphs as a picture that begins `margin` pixels outside of the box."""
        fields, state = self.fields, self.state
        unit, scale = fields.unit[which], fields.scale[which]
        linear, centre = state.linear[unit], self.centres[unit]
        corner = np.array([self.box.x0 - margin, self.box.y0 - margin])
        from_centre = fields.start[which] - centre
        shift = np.einsum("nij,nj->ni", linear, from_centre) + centre + state.offset[unit] - corner
        stroke = self.look.decoration.stroke
        width = stroke.width if stroke is not None and ink is Ink.STROKE else 0.0
        placing = Placing(
            linear * scale[:, None, None],
            shift,
            fields.corner[which],
            fields.size[which],
            fields.px_per_em[which],
            np.full(len(which), self.look.range_px / 2),
            width * self.look.scale / scale,
            state.opacity[unit],
        )
        return Glyphs(
            self.look.slot,
            self.box.width + 2 * margin,
            self.box.height + 2 * margin,
            color,
            self.look.range_px,
            ink,
            rows(placing),
        )


def _opaque(color: Rgba) -> Rgba:
    return (*color[:3], 1.0)


def _ink(glyphs: Sequence[Glyph]) -> Rect:
    inks = [rect for glyph in glyphs if (rect := glyph_ink(glyph)) is not None]
    return Rect(
        min(rect.left for rect in inks),
        min(rect.top for rect in inks),
        max(rect.right for rect in inks),
        max(rect.bottom for rect in inks),
    )


def _corners(rect: Rect) -> list[tuple[float, float]]:
    return [
        (rect.left, rect.top),
        (rect.right, rect.top),
        (rect.right, rect.bottom),
        (rect.left, rect.bottom),
    ]
