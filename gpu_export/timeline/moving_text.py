"""Texts that move: one picture for a text that travels, a picture a frame where its style changes.

A travelling text is drawn once, large enough for the largest it gets, and sampled like any
picture. Where letters, colours or layout change it is set and drawn anew for every frame that
differs, as a still text would be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Window
from gpu_export.document.model.text import TextStyle
from gpu_export.text.typeset import TextSource
from gpu_export.timeline.moment import Moment
from gpu_export.timeline.text_layout import part_of, place_text, seen_through
from gpu_export.timeline.windows import around, largest_scale, window_around
from gpu_export.timeline.words import styled_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from gpu_export.core.geometry import Rect, Size, Transform
    from gpu_export.core.time import FrameRange
    from gpu_export.document.model import LayerKeys, TextClip
    from gpu_export.text.layout import Block
    from gpu_export.text.style import Decoration, StyledText
    from gpu_export.timeline.keys import KeysOverTime
    from gpu_export.timeline.layout import Placed
    from gpu_export.timeline.text_layout import PlacedText

_NOTHING = Window(1.0, 0, 0, 1, 1)
_STYLE = frozenset(TextStyle.model_fields) | {"stroke", "shadow"}


def changes_style(keys: KeysOverTime[TextClip]) -> bool:
    """Whether a text looks different, and is not only elsewhere, in the course of time."""
    return not _STYLE.isdisjoint(keys.moving)


def travelling_window(
    samples: Iterable[LayerKeys],
    block: Block,
    decoration: Decoration,
    canvas: Size,
    zoom: Transform,
) -> Window | None:
    """The part of a text's plane that is drawn, once, for all places it gets to; None for nothing.

    `zoom` is what happens to the canvas afterwards.
    """
    seen: Rect | None = None
    scale = 0.0
    for keys in samples:
        part = part_of(keys, block, decoration)
        if part is None:
            continue
        try:
            total = zoom @ part.on_canvas(keys, canvas)
        except ValueError:
            continue
        if not total.is_degenerate:
            scale = max(scale, largest_scale(total, part.size))
            seen = part.visible if seen is None else around(seen, part.visible)
    return None if seen is None else window_around(seen, scale)


def travelling(
    window: Window, block: Block, decoration: Decoration, canvas: Size
) -> Callable[[LayerKeys, Moment], Placed | None]:
    """Places a text that is drawn once through `window`."""

    def place(keys: LayerKeys, moment: Moment) -> Placed | None:
        return seen_through(window, keys, block, decoration, canvas)

    return place


@dataclass(frozen=True, slots=True)
class _Setting:
    """A text as it is at one frame; `placed` is None where nothing of it can be seen."""

    text: StyledText
    block: Block
    placed: PlacedText | None


class ChangingText:
    """A text whose picture differs from frame to frame.

    Args:
        keys: of the clip over time.
        frames, fps: when the clip is on.
        canvas, zoom: where it is seen, and what happens to that afterwards.
        lay_out: asked for every block.
    """

    def __init__(
        self,
        keys: KeysOverTime[TextClip],
        when: tuple[FrameRange, Fraction],
        canvas: Size,
        zoom: Transform,
        lay_out: Callable[[StyledText], Block],
    ) -> None:
        self._keys = keys
        self._frames, self._fps = when
        self._canvas = canvas
        self._zoom = zoom
        self._lay_out = lay_out
        self._set: tuple[TextClip, _Setting] | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return next(self._keys.stops()).text

    def check(self) -> None:
        """Sets the text as it is at every keyframe.

        Raises:
            AssetError: a font is missing or damaged.
            ValueError: corners that span no area.
        """
        for keys in self._keys.stops():
            self._setting(keys)

    def source_at(self, time: Fraction) -> TextSource:
        """What is drawn at a time counted from the clip's start."""
        frame = self._frames.start + round(time * self._fps)
        setting = self._setting_at(Moment(frame, self._frames, self._fps))
        window = _NOTHING if setting.placed is None else setting.placed.window
        return TextSource(setting.text, window)

    def place(self, keys: TextClip, moment: Moment) -> Placed | None:
        """Where the picture of the moment's frame is seen.

        Raises:
            ValueError: the perspective corners do not span an area.
        """
        if moment.shift == 0:
            placed = self._setting(keys).placed
            return None if placed is None else placed.placed
        setting = self._setting_at(Moment(moment.frame, moment.clip, moment.fps))
        if setting.placed is None:
            return None
        text, block = setting.text, setting.block
        return seen_through(setting.placed.window, keys, block, text.decoration, self._canvas)

    def _setting_at(self, moment: Moment) -> _Setting:
        keys = self._keys.at(moment)
        try:
            return self._setting(keys)
        except ValueError:
            text = styled_text(keys, self._canvas, keys.text)
            return _Setting(text, self._lay_out(text), None)

    def _setting(self, keys: TextClip) -> _Setting:
        if self._set is None or self._set[0] is not keys:
            text = styled_text(keys, self._canvas, keys.text)
            block = self._lay_out(text)
            placed = place_text(keys, block, text.decoration, self._canvas, self._zoom)
            self._set = keys, _Setting(text, block, placed)
        return self._set[1]
