"""Textures and render targets, kept for re-use; planes as they are uploaded.

Owns who holds which texture; knows no layers. Invariant: a surface is either lent out once or
free; what is free stays below a byte budget.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.gl.device import PixelFormat

if TYPE_CHECKING:
    import moderngl

    from gpu_export.gl.device import Device
    from gpu_export.render.frames import Plane

MOST_FREE_BYTES = 96 * 2**20
"""Of surfaces that wait for their next use; more would hardly ever be lent again."""

_FORMATS = {
    (1, 1): PixelFormat.R8,
    (2, 1): PixelFormat.RG8,
    (4, 1): PixelFormat.RGBA8,
    (1, 2): PixelFormat.R16,
    (2, 2): PixelFormat.RG16,
    (4, 2): PixelFormat.RGBA16,
    (4, 4): PixelFormat.RGBA32F,
}
"""By channels and bytes per sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A texture that can be drawn to; `size` is (width, height)."""

    size: tuple[int, int]
    pixel_format: PixelFormat
    texture: moderngl.Texture
    framebuffer: moderngl.Framebuffer

    @property
    def byte_count(self) -> int:
        """Memory that the texels take."""
        return self.size[0] * self.size[1] * self.pixel_format.pixel_bytes

    def clear(self, color: tuple[float, float, float, float]) -> None:
        """Fills it with one premultiplied colour."""
        self.framebuffer.clear(color=color)

    def copy_to(self, other: Surface) -> None:
        """Copies all of it to a surface of the same size and format."""
        self.framebuffer.ctx.copy_framebuffer(other.framebuffer, self.framebuffer)

    def read_into(self, buffer: moderngl.Buffer, size: tuple[int, int]) -> None:
        """Starts copying the top left `size` corner into a buffer, rows without padding."""
        self.framebuffer.read_into(
            buffer,
            viewport=(0, 0, *size),
            components=self.pixel_format.components,
            alignment=1,
            dtype=self.pixel_format.dtype,
        )


class TexturePool:
    """Lends surfaces by size and format; what comes back is lent again, oldest first."""

    def __init__(self, device: Device, *, free_bytes: int = MOST_FREE_BYTES) -> None:
        self._device = device
        self._made: set[Surface] = set()
        self._free: deque[Surface] = deque()
        self._free_bytes = 0
        self._budget = free_bytes

    def acquire(self, size: tuple[int, int], pixel_format: PixelFormat) -> Surface:
        """A surface with undefined contents.

        Raises:
            DeviceError: too large for the driver, or out of memory.
        """
        for surface in self._free:
            if surface.size == size and surface.pixel_format is pixel_format:
                self._free.remove(surface)
                self._free_bytes -= surface.byte_count
                return surface
        texture = self._device.texture(size, pixel_format)
        try:
            framebuffer = self._device.framebuffer(texture)
        except BaseException:
            self._device.release(texture)
            raise
        surface = Surface(size, pixel_format, texture, framebuffer)
        self._made.add(surface)
        return surface

    def upload(self, plane: Plane) -> Surface:
        """A plane, (H, W) or (H, W, C), as a texture that may be wider than it is.

        moderngl has no UNPACK_ROW_LENGTH, so a strided plane is uploaded line by whole line.
        """
        lines = _whole_lines(plane)
        channels = 1 if lines.ndim == 2 else lines.shape[2]
        pixel_format = _FORMATS[channels, lines.itemsize]
        surface = self.acquire((lines.shape[1], lines.shape[0]), pixel_format)
        surface.texture.write(lines, alignment=1)
        return surface

    def release(self, surface: Surface) -> None:
        """Takes a surface back; draws under way may still use it."""
        self._free.append(surface)
        self._free_bytes += surface.byte_count
        while self._free_bytes > self._budget:
            oldest = self._free.popleft()
            self._free_bytes -= oldest.byte_count
            self._destroy(oldest)

    def trim(self) -> None:
        """Frees what is not lent out."""
        while self._free:
            self._destroy(self._free.popleft())
        self._free_bytes = 0

    def close(self) -> None:
        """Frees everything, surfaces still lent out included; idempotent."""
        self._free.clear()
        self._free_bytes = 0
        for surface in tuple(self._made):
            self._destroy(surface)

    def _destroy(self, surface: Surface) -> None:
        self._made.remove(surface)
        self._device.release(surface.framebuffer)
        self._device.release(surface.texture)


def _whole_lines(plane: Plane) -> Plane:
    """The plane with its lines' padding where that lies in the same memory, else a copy."""
    channels = plane.shape[2:]
    pixel_bytes = plane.itemsize * prod(channels)
    line_bytes, *inner = plane.strides
    packed_inside = inner == ([pixel_bytes, plane.itemsize] if channels else [pixel_bytes])
    padded, rest = divmod(line_bytes, pixel_bytes)
    width = plane.shape[1]
    if not packed_inside or rest or not width < padded <= 2 * width:
        return np.ascontiguousarray(plane)
    if not _owns_last_line(plane):
        return np.ascontiguousarray(plane)
    shape = (plane.shape[0], padded, *channels)
    return np.lib.stride_tricks.as_strided(plane, shape, plane.strides, writeable=False)


def _owns_last_line(plane: Plane) -> bool:
    """Whether the padding after the last line belongs to the array the plane is a view of."""
    if not isinstance(plane.base, np.ndarray):
        return False
    start, _ = np.lib.array_utils.byte_bounds(plane)
    _, end = np.lib.array_utils.byte_bounds(plane.base)
    return bool(start + plane.shape[0] * plane.strides[0] <= end)
