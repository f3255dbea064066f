"""The GL compositor: damage plans in, rendered frames out, up to `depth` in flight.

Owns the order of work on a frame and everything GL that a frame needs; knows no files, projects
or times. Invariant: what is outside the plan's patches is never touched by GL.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import Box
from gpu_export.gl.cache import SurfaceCache
from gpu_export.gl.device import PixelFormat
from gpu_export.gl.packing import pack
from gpu_export.gl.painter import Painter
from gpu_export.gl.patches import PatchWriter, packed_format
from gpu_export.gl.pipeline import Pipelines
from gpu_export.gl.readback import ReadbackRing
from gpu_export.gl.shaders import ShaderLibrary
from gpu_export.gl.shot import Workbench
from gpu_export.gl.textures import MOST_FREE_BYTES, TexturePool
from gpu_export.gl.user_shaders import UserShaders
from gpu_export.render.frames import Layout
from gpu_export.render.planes import base_picture, start_frame
from gpu_export.render.shader_runs import histories
from gpu_export.resources import shader_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    import moderngl

    from gpu_export.gl.device import Device
    from gpu_export.gl.packing import Packing
    from gpu_export.gl.textures import Surface
    from gpu_export.gl.user_shaders import OnShader
    from gpu_export.render.damage import DamagePlan, Patch
    from gpu_export.render.frames import DecodedFrame, FrameAllocator, RenderedFrame, Target


@dataclass(frozen=True, slots=True, eq=False)
class _InFlight:
    """A submitted frame; `lent` surfaces stay untouched until it is collected."""

    frame: RenderedFrame
    packing: Packing | None
    lent: tuple[Surface, ...] = ()


class GlCompositor:
    """Composes on a GL device. Implements `render.compositor.Compositor`.

    Args:
        device: stays the caller's and must outlive the compositor.
        target: the encoder's picture format.
        allocate: makes the frames that are handed out.
        depth: frames that may be in flight.
        cache_bytes: of surfaces that wait for their next use.
        on_shader: see `UserShaders`.

    Raises:
        DeviceError: the canvas is too large for the driver, or memory is short.
        ShaderError: a built-in shader does not compile on this driver.
    """

    def __init__(
        self,
        device: Device,
        target: Target,
        allocate: FrameAllocator,
        *,
        depth: int = 2,
        cache_bytes: int = MOST_FREE_BYTES,
        on_shader: OnShader | None = None,
    ) -> None:
        if depth < 1:
            raise ValueError("depth must be at least 1")
        self._device = device
        self._target = target
        self._allocate = allocate
        self._depth = depth
        self._in_flight: deque[_InFlight] = deque()
        self._closed = False
        self._require_canvas_fits()
        device.make_current()
        self._pool = TexturePool(device, free_bytes=min(cache_bytes, MOST_FREE_BYTES))
        self._cache = SurfaceCache(self._pool)
        self._pipelines = Pipelines(device, ShaderLibrary(shader_dir()))
        self._ring: ReadbackRing[moderngl.Buffer] = ReadbackRing(device, depth)
        bench = Workbench(self._pipelines, self._pool, self._cache, _composed_format(target))
        self._shaders = UserShaders(device, bench, on_shader)
        self._painter = Painter(bench, self._shaders)
        self._writer = PatchWriter(self._pipelines, target)
        try:
            self._elsewhere = self._pool.acquire((1, 1), PixelFormat.R8)
            self._writer.prepare()
            device.check("setting up")
        except BaseException:
            self.close()
            raise

    @property
    def depth(self) -> int:
        """Frames that may be in flight."""
        return self._depth

    def submit(self, plan: DamagePlan, inputs: Sequence[DecodedFrame]) -> None:
        """Starts a frame. `inputs[k]` answers `plan.scene.requests[k]`.

        Raises:
            RuntimeError: `depth` frames are in flight, or after `close`.
            DeviceError: the driver gave up.
        """
        self._require_open()
        if len(self._in_flight) >= self._depth:
            raise RuntimeError(f"{self._depth} frames are in flight; collect one first")
        self._device.make_current()
        # The previous frame's read waits for its draws only if no later ones are queued behind.
        self._ring.start()
        frame = self._allocate()
        start_frame(frame, plan, inputs)
        if plan.patches:
            self._in_flight.append(self._compose(plan, inputs, frame))
        else:
            self._in_flight.append(_InFlight(frame, None))
        self._cache.sweep(inputs)
        if self._shaders.remembers:
            self._shaders.sweep(histories(plan.scene.layers))
        self._device.check("composing a frame")

    def collect(self) -> RenderedFrame:
        """The oldest frame in flight, finished; the caller owns it.

        Raises:
            RuntimeError: nothing is in flight, or after `close`.
            DeviceError: the driver gave up.
        """
        self._require_open()
        if not self._in_flight:
            raise RuntimeError("no frame is in flight")
        self._device.make_current()
        oldest = self._in_flight.popleft()
        if oldest.packing is not None:
            self._ring.start()
            oldest.packing.scatter(self._ring.collect(), oldest.frame)
            self._device.check("reading a frame back")
        for surface in oldest.lent:
            self._pool.release(surface)
        return oldest.frame

    def trim(self) -> None:
        """Frees surfaces that no frame in flight needs."""
        self._require_open()
        self._device.make_current()
        self._cache.clear()
        self._pool.trim()

    def close(self) -> None:
        """Frees everything but the device, frames in flight included; idempotent."""
        if self._closed:
            return
        self._closed = True
        self._device.make_current()
        self._in_flight.clear()
        self._ring.close()
        self._cache.clear()
        self._shaders.close()
        self._pool.close()
        self._pipelines.close()

    def _compose(
        self, plan: DamagePlan, inputs: Sequence[DecodedFrame], frame: RenderedFrame
    ) -> _InFlight:
        packing = pack(self._target, [patch.box for patch in plan.patches])
        composed = [
            self._painter.canvas(place.with_margin, TRANSPARENT, patch.layers, inputs)
            if not patch.reads_base
            else self._mixed(plan, patch, place.with_margin, (frame, inputs))
            for place, patch in zip(packing.patches, plan.patches, strict=True)
        ]
        packed = self._pool.acquire(packing.size, packed_format(self._target.layout))
        colors = [
            TRANSPARENT if self._holds_base(patch) else plan.color_below(patch)
            for patch in plan.patches
        ]
        lent = [packed]
        if None in colors:
            lent.append(self._pool.upload(packing.gather(frame)))
        for patch, surface, color in zip(packing.patches, composed, colors, strict=True):
            self._writer.write(packed, patch, surface, lent[-1] if color is None else color)
        self._ring.queue(packed, packing.size, packing.byte_count)
        self._begin_rasterising()
        return _InFlight(frame, packing, tuple(lent))

    def _mixed(
        self,
        plan: DamagePlan,
        patch: Patch,
        box: Box,
        pictures: tuple[RenderedFrame, Sequence[DecodedFrame]],
    ) -> Surface:
        """A patch that reads its base; `pictures` are the started frame and the inputs."""
        frame, inputs = pictures
        color = plan.color_below(patch)
        if color is not None and self._holds_base(patch):
            return self._painter.canvas(box, color, patch.layers, inputs, patch.light)
        below = base_picture(frame, self._target, box) if color is None else color
        return self._painter.patch(patch, box, below, inputs)

    def _holds_base(self, patch: Patch) -> bool:
        """Whether a composed patch replaces its base, as only that can change transparent ones."""
        return patch.reads_base and self._target.layout is Layout.RGBA

    def _begin_rasterising(self) -> None:
        """Sets the driver to work now, without waiting for it.

        Software GL rasterises when another target is drawn to, on its own threads, and blocks in
        the read; a GPU copies in the background, so there the read may start at once.
        """
        if self._device.is_software:
            self._elsewhere.clear((0.0, 0.0, 0.0, 0.0))
        else:
            self._ring.start()

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("the compositor is closed")

    def _require_canvas_fits(self) -> None:
        canvas = (self._target.width, self._target.height)
        whole = pack(self._target, [Box(0, 0, *canvas)])
        if max(*canvas, *whole.size) > self._device.max_texture_size:
            raise self._device.too_large(canvas)


def _composed_format(target: Target) -> PixelFormat:
    """8 bits a channel are enough for 8-bit Y'CbCr; straight alpha divides what it has left."""
    is_plain = target.layout.is_yuv and target.layout.bit_depth == 8
    return PixelFormat.RGBA8 if is_plain else PixelFormat.RGBA16F
