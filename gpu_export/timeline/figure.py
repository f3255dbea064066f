"""A clip on its canvas: from its keys at a moment to the layers that show it.

Invariant: moments at which nothing differs give the same objects, which comparing scenes and the
compositors' caches rely on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from gpu_export.timeline.drawing import drawn
from gpu_export.timeline.flatten import flattened
from gpu_export.timeline.keys import K
from gpu_export.timeline.moment import Moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from gpu_export.core.time import FrameRange
    from gpu_export.render.scene import Content, Layer
    from gpu_export.timeline.keys import KeysOverTime
    from gpu_export.timeline.layout import Placed


class Figure(Generic[K]):
    """Makes the layers of one clip.

    Args:
        frames: the clip's frames on its timeline, which its keyframes count from.
        fps: rate of that timeline.
        keys: the clip's keys over time.
        place: its geometry for the keys of a moment; None where nothing can be seen.
    """

    def __init__(
        self,
        frames: FrameRange,
        fps: Fraction,
        keys: KeysOverTime[K],
        place: Callable[[K], Placed | None],
    ) -> None:
        self._frames = frames
        self._fps = fps
        self._keys = keys
        self._place = place
        self._placed: tuple[K, Placed | None] | None = None
        self._layers: tuple[Layer, ...] = ()

    def moment(self, frame: int) -> Moment:
        """The moment of a frame of the timeline."""
        return Moment(frame, self._frames, self._fps)

    def keys_at(self, moment: Moment) -> K:
        """The clip's keys as plain values."""
        return self._keys.at(moment)

    def layers(self, content: Content, moment: Moment) -> tuple[Layer, ...]:
        """The layers that show `content`; none where nothing can be seen."""
        keys = self._keys.at(moment)
        placed = self._placed_by(keys)
        if placed is None:
            return ()
        layers = flattened(drawn(placed, content, keys, moment))
        if layers != self._layers:
            self._layers = layers
        return self._layers

    def _placed_by(self, keys: K) -> Placed | None:
        if self._placed is None or self._placed[0] is not keys:
            self._placed = keys, self._place(keys)
        return self._placed[1]
