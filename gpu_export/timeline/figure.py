"""A clip on its canvas: from its keys at a moment to the layers that show it.

Invariant: moments at which nothing differs give the same objects, which comparing scenes and the
compositors' caches rely on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from gpu_export.timeline.drawing import Asked, drawn
from gpu_export.timeline.flatten import flattened
from gpu_export.timeline.keys import K
from gpu_export.timeline.layout import leaves_something
from gpu_export.timeline.moment import Moment
from gpu_export.timeline.motion_blur import motion_blurred
from gpu_export.timeline.user_shaders import NO_FILTERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from gpu_export.core.geometry import Size
    from gpu_export.core.time import FrameRange
    from gpu_export.render.scene import Content, Layer, SourceRequest
    from gpu_export.timeline.keys import KeysOverTime
    from gpu_export.timeline.layout import Placed
    from gpu_export.timeline.masks import MaskPicture
    from gpu_export.timeline.materials import Materials
    from gpu_export.timeline.user_shaders import Filters


class Figure(Generic[K]):
    """Makes the layers of one clip.

    Args:
        frames: the clip's frames on its timeline, which its keyframes count from.
        fps: rate of that timeline.
        canvas: of that timeline, in pixels.
        keys: the clip's keys over time.
        place: its geometry for the keys of a moment; None where nothing can be seen. May raise
            `ValueError` where corners on their way span no area.
        materials: what its keys may name.
    """

    def __init__(
        self,
        frames: FrameRange,
        fps: Fraction,
        canvas: Size,
        keys: KeysOverTime[K],
        place: Callable[[K, Moment], Placed | None],
        materials: Materials,
    ) -> None:
        self._frames = frames
        self._fps = fps
        self._canvas = canvas
        self._keys = keys
        self._place = place
        self._materials = materials
        self.mask: MaskPicture | None = None
        """The picture or video of the clip's mask, if it has one."""
        self.filters: Filters | None = None
        """The clip's effects that are shaders, if it has any."""
        self._placed: tuple[K, Placed | None] | None = None
        self._shown: tuple[K, Content] | None = None
        self._layers: tuple[Layer, ...] = ()

    def moment(self, frame: int) -> Moment:
        """The moment of a frame of the timeline."""
        return Moment(frame, self._frames, self._fps)

    def keys_at(self, moment: Moment) -> K:
        """The clip's keys as plain values."""
        return self._keys.at(moment)

    def placements(self) -> list[Placed]:
        """The geometries the clip passes through, densely enough to tell how large it gets."""
        moment = self.moment(self._frames.start)
        found = (self._placed_anew(keys, moment) for keys in self._keys.samples())
        return [placed for placed in found if placed is not None]

    def layers(
        self, content: Content, moment: Moment, requests: list[SourceRequest]
    ) -> tuple[Layer, ...]:
        """The layers that show `content`; none where nothing can be seen.

        Asks for the pictures of its mask and filters.
        """
        keys = self._keys.at(moment)
        if self._looks_as_before(keys, content):
            return self._layers
        self._shown = None
        asked = Asked(
            None if self.mask is None else self.mask.at(moment.frame, requests),
            NO_FILTERS if self.filters is None else self.filters.ask(moment, requests),
        )
        layer = self._layer(content, moment, asked)
        if layer is None:
            return ()
        if self._keys.moving and keys.motion_blur:
            layer = motion_blurred(
                layer, lambda beside: self._layer(content, beside, asked), moment, self._canvas
            )
        layers = flattened(layer)
        if layers != self._layers:
            self._layers = layers
        self._shown = keys, content
        return self._layers

    def _looks_as_before(self, keys: K, content: Content) -> bool:
        """Whether its layers are made of what they were made of last, and of nothing that moves."""
        moves = keys.effects or (keys.motion_blur and self._keys.moving)
        if moves or self.mask is not None or self.filters is not None:
            return False
        return self._shown is not None and self._shown[0] is keys and self._shown[1] == content

    def _layer(self, content: Content, moment: Moment, asked: Asked) -> Layer | None:
        keys = self._keys.at(moment)
        placed = self._placed_by(keys, moment)
        if placed is None:
            return None
        return drawn(placed, content, keys, moment, self._materials, asked)

    def _placed_by(self, keys: K, moment: Moment) -> Placed | None:
        if moment.shift != 0:
            return self._placed_anew(keys, moment)
        if self._placed is None or self._placed[0] is not keys:
            self._placed = keys, self._placed_anew(keys, moment)
        return self._placed[1]

    def _placed_anew(self, keys: K, moment: Moment) -> Placed | None:
        if not leaves_something(keys.crop):
            return None
        try:
            return self._place(keys, moment)
        except ValueError:
            return None
