"""The place a clip's drawing is built at: the clip in time and space, and what is at hand there.

Owns what every builder of visuals needs: readers, figures, laid-out texts. Tells no
kinds of clips apart.
Invariant: a reader's index is its place among the readers of the whole timeline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from gpu_export.core.geometry import IDENTITY
from gpu_export.document.model import FitKeys
from gpu_export.errors import AssetError
from gpu_export.timeline.figure import Figure
from gpu_export.timeline.keys import K, keys_over_time
from gpu_export.timeline.layout import leaves_something, place
from gpu_export.timeline.user_shaders import ShaderPlacer, Span
from gpu_export.timeline.visuals import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from gpu_export.core.facts import PictureFacts, Source
    from gpu_export.core.geometry import Size, Transform
    from gpu_export.core.time import FrameRange
    from gpu_export.text.layout import Block
    from gpu_export.text.style import StyledText
    from gpu_export.text.typeset import DrawnSource
    from gpu_export.timeline.clock import ClipClock
    from gpu_export.timeline.keys import KeysOverTime
    from gpu_export.timeline.layout import Placed
    from gpu_export.timeline.materials import Materials
    from gpu_export.timeline.moment import Moment
    from gpu_export.timeline.moving_text import ChangingText
    from gpu_export.timeline.shape_layout import DrawnShape
    from gpu_export.timeline.stage import Context, ScheduledClip
    from gpu_export.timeline.visuals import Hop

F = TypeVar("F", bound=FitKeys)


class Workshop:
    """What all drawings of a project are built with, and what they need from outside.

    Args:
        context: facts of the files; takes problems and warnings.
        materials: what clips may name.
        scale: of the output against the project's canvas, as it was asked for.
        zoom: the same as a transform, with the output's sides rounded.
    """

    def __init__(
        self, context: Context, materials: Materials, scale: Fraction, zoom: Transform
    ) -> None:
        self.context = context
        self.materials = materials
        self.scale = float(scale)
        self.zoom = zoom
        self.readers: list[Reader] = []
        """The uses of sources so far."""
        self.shaders = ShaderPlacer(materials.shaders, context.folder, context.facts, self.readers)

    def picture(self, ref: Source) -> PictureFacts:
        """Facts of a file that is known to show something."""
        picture = self.context.facts[ref].picture
        assert picture is not None  # probing refuses files without
        return picture


@dataclass(frozen=True, slots=True)
class Site:
    """One clip on its canvas.

    Attributes:
        scheduled: the clip with its times.
        canvas: of its timeline, pixels.
        hops: from the output's timeline inwards to the clip's own.
        workshop: of the whole project.
    """

    scheduled: ScheduledClip
    canvas: Size
    hops: tuple[Hop, ...]
    workshop: Workshop

    @property
    def where(self) -> str:
        """Names the clip in messages."""
        return self.scheduled.where

    @property
    def frames(self) -> FrameRange:
        """When the clip is on."""
        return self.scheduled.frames

    @property
    def fps(self) -> Fraction:
        """Rate of its timeline."""
        return self.scheduled.clock.fps

    @property
    def zoom(self) -> Transform:
        """What happens to the canvas afterwards; compositions are drawn as large as they are."""
        return IDENTITY if self.hops else self.workshop.zoom

    @property
    def scale(self) -> float:
        """By how much the canvas is scaled afterwards."""
        return 1.0 if self.hops else self.workshop.scale

    @property
    def span(self) -> Span:
        """When shaders of the clip are used."""
        return Span(self.frames, self.scheduled.clock, self.hops)

    def reader(
        self,
        source: Source | DrawnSource | ChangingText | DrawnShape,
        frames: FrameRange,
        clock: ClipClock,
        size: tuple[int, int] | None = None,
    ) -> int:
        """The index of a new reader, which delivers a source for the clip; see `Reader`."""
        readers = self.workshop.readers
        readers.append(Reader(source, self.hops, frames, clock, size, self.where))
        return len(readers) - 1

    def keys(self, clip: K) -> KeysOverTime[K]:
        """The clip's keys over time, or those of a variation of it."""
        return keys_over_time(clip, self.frames, self.fps)

    def figure(
        self, keys: KeysOverTime[K], place: Callable[[K, Moment], Placed | None]
    ) -> Figure[K]:
        """What makes the clip's layers; see `Figure`."""
        materials = self.workshop.materials
        return Figure(self.frames, self.fps, self.canvas, keys, place, materials)

    def fitted(self, clip: F, size_of: Callable[[F], Size]) -> Figure[F]:
        """What makes the layers of a clip whose upright picture has a size of its own.

        Raises:
            ValueError: perspective corners of the file span no area.
        """

        def placed(keys: F, _: Moment | None = None) -> Placed:
            return place(keys, size_of(keys), self.canvas)

        keys = self.keys(clip)
        for stop in keys.stops():
            if leaves_something(stop.crop):
                placed(stop)
        return self.figure(keys, placed)

    def block(self, text: StyledText) -> Block:
        """The text laid out; errors and oddities name the clip.

        Raises:
            AssetError: a font is unknown or damaged.
        """
        try:
            block = self.workshop.materials.typesetter.block(text)
        except AssetError as error:
            error.where = f"{self.where}: {error.where}"
            raise
        odd = (f"{self.where}: {oddity}" for oddity in block.oddities)
        known = self.workshop.context.warnings
        known.extend(warning for warning in odd if warning not in known)
        return block
