"""What users' shaders make, remembered while a frame may ask for it again.

Joins the shaders' runs with the frames and surfaces they are given; knows no layers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.gl.cache import UserPictureOf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.gl.pictures import Pictures
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.gl.user_shaders import UserShaders
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.programs import ShaderRun


class UserPictures:
    """Runs of users' shaders as surfaces."""

    def __init__(self, bench: Workbench, shaders: UserShaders, pictures: Pictures) -> None:
        self._bench = bench
        self._shaders = shaders
        self._pictures = pictures

    def drawn(
        self, run: ShaderRun, given: tuple[Surface, ...], inputs: Sequence[DecodedFrame]
    ) -> Surface:
        """What a shader makes of the surfaces it is applied to; the cache owns it.

        `given` are held by their makers at least until the frame is done.
        """
        frames = tuple(inputs[slot] for _, slot in run.pictures)
        key = UserPictureOf(run, given, frames)
        return self._bench.cache.get(key, lambda: (self.made(run, given, inputs),))[0]

    def made(
        self, run: ShaderRun, given: tuple[Surface, ...], inputs: Sequence[DecodedFrame]
    ) -> Surface:
        """As `drawn`, on a new surface that is the caller's."""
        shown = {
            name: (surface, surface.size)
            for name, surface in zip(run.program.given, given, strict=True)
        }
        for name, slot in run.pictures:
            frame = inputs[slot]
            shown[name] = self._pictures.colors(frame), (frame.width, frame.height)
        return self._shaders.draw(run, shown)
