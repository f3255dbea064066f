from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.gl.device import PixelFormat
from gpu_export.gl.textures import TexturePool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.gl.device import Device

pytestmark = pytest.mark.gl


@pytest.fixture
def pool(device: Device) -> Iterator[TexturePool]:
    made = TexturePool(device, free_bytes=1000)
    yield made
    made.close()


def test_a_surface_that_came_back_is_lent_again_to_the_same_size_and_format(
    pool: TexturePool,
) -> None:
    surface = pool.acquire((4, 4), PixelFormat.R8)
    pool.release(surface)
    assert pool.acquire((4, 4), PixelFormat.RGBA8) is not surface
    assert pool.acquire((4, 5), PixelFormat.R8) is not surface
    assert pool.acquire((4, 4), PixelFormat.R8) is surface
    assert pool.acquire((4, 4), PixelFormat.R8) is not surface


def test_the_surface_that_has_rested_longest_is_lent_first(pool: TexturePool) -> None:
    first, second = (pool.acquire((4, 4), PixelFormat.R8) for _ in range(2))
    pool.release(second)
    pool.release(first)
    assert pool.acquire((4, 4), PixelFormat.R8) is second


def test_free_surfaces_stay_below_the_budget(device: Device, pool: TexturePool) -> None:
    lent = [pool.acquire((10, 10), PixelFormat.RGBA8) for _ in range(5)]
    for surface in lent:
        pool.release(surface)
    assert device.live_objects == 2 * 2


def test_closing_frees_lent_surfaces_too(device: Device, pool: TexturePool) -> None:
    pool.acquire((4, 4), PixelFormat.R8)
    pool.release(pool.acquire((2, 2), PixelFormat.R16))
    pool.close()
    assert device.live_objects == 0


def padded(height: int, width: int, line: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.arange(height * line, dtype=np.uint8).reshape(height, line)[:, :width]


def test_a_strided_plane_is_uploaded_as_wide_as_its_lines(pool: TexturePool) -> None:
    plane = padded(3, 5, 8)
    surface = pool.upload(plane)
    assert surface.size == (8, 3)
    stored = np.frombuffer(surface.texture.read(alignment=1), np.uint8).reshape(3, 8)
    assert np.array_equal(stored[:, :5], plane)


def test_a_plane_whose_last_line_ends_early_is_copied(pool: TexturePool) -> None:
    memory = np.arange(2 * 8 + 5, dtype=np.uint8)
    plane = np.lib.stride_tricks.as_strided(memory, (3, 5), (8, 1))
    surface = pool.upload(plane)
    assert surface.size == (5, 3)
    assert np.array_equal(np.frombuffer(surface.texture.read(alignment=1), np.uint8), plane.ravel())


@pytest.mark.parametrize(
    "plane",
    [padded(4, 6, 6)[::-1], padded(4, 6, 6)[:, ::2], padded(4, 3, 64)],
    ids=["bottom up", "every other column", "a sliver of wide lines"],
)
def test_odd_strides_are_copied(
    pool: TexturePool, plane: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
) -> None:
    surface = pool.upload(plane)
    assert surface.size == (plane.shape[1], plane.shape[0])
    assert np.array_equal(np.frombuffer(surface.texture.read(alignment=1), np.uint8), plane.ravel())


def test_interleaved_sixteen_bit_planes_keep_their_padding(pool: TexturePool) -> None:
    memory = np.arange(2 * 6 * 2, dtype=np.uint16).reshape(2, 6, 2)
    surface = pool.upload(memory[:, :4])
    assert (surface.size, surface.pixel_format) == ((6, 2), PixelFormat.RG16)
    assert np.array_equal(
        np.frombuffer(surface.texture.read(alignment=1), np.uint16), memory.ravel()
    )
