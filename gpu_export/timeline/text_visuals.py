"""What texts draw: still, travelling, animated or changing.

Owns the choice between them and the sources they are drawn from; how texts are set and where they
stand is `text_layout` and `moving_text`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from gpu_export.core.time import FrameRange
from gpu_export.document.model import SubtitlesClip, TextClip
from gpu_export.errors import Problem
from gpu_export.text.typeset import TextSource
from gpu_export.text.units import units
from gpu_export.timeline.animated_text import AnimatedTextVisual, frames_at_rest
from gpu_export.timeline.clock import ClipClock
from gpu_export.timeline.moving_text import (
    ChangingText,
    changes_style,
    travelling,
    travelling_window,
)
from gpu_export.timeline.text_animation import AnimatedText, reached, text_motion
from gpu_export.timeline.text_layout import place_text
from gpu_export.timeline.visuals import PictureVisual
from gpu_export.timeline.words import styled_text

if TYPE_CHECKING:
    from gpu_export.core.geometry import Window
    from gpu_export.text.layout import Block
    from gpu_export.text.style import Decoration, StyledText
    from gpu_export.timeline.figure import Figure
    from gpu_export.timeline.keys import KeysOverTime
    from gpu_export.timeline.layout import Placed
    from gpu_export.timeline.moment import Moment
    from gpu_export.timeline.site import Site

T = TypeVar("T", TextClip, SubtitlesClip)


@dataclass(frozen=True, slots=True)
class ShownText(Generic[T]):
    """A text on the timeline: its keys, the frames it is on, the clip it belongs to."""

    keys: KeysOverTime[T]
    frames: FrameRange
    site: Site

    @property
    def clock(self) -> ClipClock:
        """Of its pictures, which never change."""
        return self.site.scheduled.clock.still

    def reader(self, text: StyledText, window: Window) -> int:
        """The index of a reader that delivers the text as it stands in a window."""
        return self.site.reader(TextSource(text, window), self.frames, self.clock)

    def seen(self, block: Block, decoration: Decoration) -> tuple[Window, Figure[T]] | None:
        """The pixels to draw it in, and the figure that shows them; None where nothing is seen.

        Raises:
            ValueError: the perspective corners do not span an area.
        """
        site, keys = self.site, self.keys
        canvas, zoom = site.canvas, site.zoom
        if keys.moving:
            window = travelling_window(keys.samples(), block, decoration, canvas, zoom)
            if window is None:
                return None
            return window, site.figure(keys, travelling(window, block, decoration, canvas))
        (still,) = keys.stops()
        found = place_text(still, block, decoration, canvas, zoom)
        if found is None:
            return None

        def place(keys: T, moment: Moment) -> Placed:
            return found.placed

        return found.window, site.figure(keys, place)


def text_visual(
    clip: TextClip, site: Site
) -> PictureVisual[TextClip] | AnimatedTextVisual[TextClip] | None:
    """What a text clip draws; None if nothing of it can be seen.

    Raises:
        AssetError: a font is unknown or damaged.
        ValueError: the perspective corners do not span an area.
    """
    keys = site.keys(clip)
    if changes_style(keys):
        _refuse_animate(clip, site)
        return _changing(keys, site)
    text = styled_text(clip, site.canvas, clip.text)
    return animated_or_still(text, ShownText(keys, site.frames, site))


def animated_or_still(
    text: StyledText, shown: ShownText[T]
) -> PictureVisual[T] | AnimatedTextVisual[T] | None:
    """A text whose looks stay the same, whose pieces may move.

    Raises:
        AssetError: a font is unknown or damaged.
        ValueError: the perspective corners do not span an area.
    """
    site, clock = shown.site, shown.clock
    block = site.block(text)
    motion = text_motion(next(shown.keys.stops()), block, site.canvas, clock.fps)
    if motion is None:
        return _still(text, block, shown)
    end = motion.end(len(units(block, motion.kind)))
    rest = frames_at_rest(shown.frames, end, clock.fps)
    still = _still(text, block, replace(shown, frames=rest))
    travel = replace(text.decoration, travel=reached(block, text.decoration, motion))
    seen = shown.seen(block, travel)
    if seen is None:
        return still
    window, figure = seen
    animated = AnimatedText(block, text.decoration, motion, window)
    frames = FrameRange(shown.frames.start, rest.start)
    readers = tuple(site.reader(source, frames, clock) for source in animated.sources)
    return AnimatedTextVisual(shown.frames, readers, animated, window, figure, still)


def _still(text: StyledText, block: Block, shown: ShownText[T]) -> PictureVisual[T] | None:
    seen = shown.seen(block, text.decoration)
    if seen is None or len(shown.frames) == 0:
        return None
    window, figure = seen
    return PictureVisual(shown.frames, shown.reader(text, window), shown.clock, figure)


def _changing(keys: KeysOverTime[TextClip], site: Site) -> PictureVisual[TextClip]:
    frames, fps = site.frames, site.fps
    text = ChangingText(keys, (frames, fps), site.canvas, site.zoom, site.block)
    text.check()
    clock = ClipClock(fps, len(frames))
    return PictureVisual(
        frames, site.reader(text, frames, clock), clock, site.figure(keys, text.place)
    )


def _refuse_animate(clip: TextClip, site: Site) -> None:
    """A text that is set anew every frame has no pieces that could move."""
    if clip.animate is not None:
        site.workshop.context.problems.append(
            Problem(
                f"{site.where}/animate",
                "together with keyframes of the text's style",
                "one of them, or keyframes of place, scale, rotation or opacity",
            )
        )
