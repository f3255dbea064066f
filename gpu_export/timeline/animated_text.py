"""An animated text on the timeline: moving first, then the picture of it at rest.

Owns the change from one to the other, and the sources both need. Each is asked for only in its
own frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Generic

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.time import FrameRange
from gpu_export.render.scene import Group, Layer, SourceRequest
from gpu_export.timeline.keys import K

if TYPE_CHECKING:
    from fractions import Fraction

    from gpu_export.core.geometry import Window
    from gpu_export.timeline.figure import Figure
    from gpu_export.timeline.text_animation import AnimatedText
    from gpu_export.timeline.visuals import PictureVisual


@dataclass(slots=True)
class AnimatedTextVisual(Generic[K]):
    """A text whose pieces move until it is at rest.

    Attributes:
        frames: when it is on.
        readers: of the sources that its glyphs are drawn from.
        text: its layers.
        window: the pixels they are in.
        figure: the clip they belong to.
        rest: the text when nothing moves any more; None if that never comes.
    """

    frames: FrameRange
    readers: tuple[int, ...]
    text: AnimatedText
    window: Window
    figure: Figure[K]
    rest: PictureVisual[K] | None

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`; asks for the pictures it needs."""
        if self.rest is not None and frame in self.rest.frames:
            return self.rest.draw(frame, requests)
        moment = self.figure.moment(frame)
        time = (frame - self.frames.start) / moment.fps
        slots = range(len(requests), len(requests) + len(self.readers))
        requests += [SourceRequest(reader, time) for reader in self.readers]
        window = self.window
        layers = self.text.layers(time, slots)
        group = Group(window.width, window.height, TRANSPARENT, layers)
        return self.figure.layers(group, moment, requests)


def frames_at_rest(frames: FrameRange, end: Fraction, fps: Fraction) -> FrameRange:
    """The frames from the first at which all has come to rest; `end` in seconds from the start."""
    return FrameRange(min(frames.start + ceil(end * fps), frames.end), frames.end)
