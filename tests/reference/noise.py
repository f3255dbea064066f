"""Noise from whole numbers alone, the same bits everywhere. Twin: shaders/lib/noise.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_32_BITS = 0xFFFFFFFF


def grain(cell: Array, channel: Array, seed: Array) -> Array:
    """-1..1 for a cell, a channel and a seed, all whole and not negative."""
    values = [*np.moveaxis(np.asarray(cell), -1, 0), channel, seed]
    factors = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F)
    total = sum(
        (_whole(value) * factor) & _32_BITS for value, factor in zip(values, factors, strict=True)
    )
    bits = np.asarray(total & _32_BITS)
    bits = bits ^ (bits >> 16)
    bits = (bits * 0x7FEB352D) & _32_BITS
    bits = bits ^ (bits >> 15)
    bits = (bits * 0x846CA68B) & _32_BITS
    bits = bits ^ (bits >> 16)
    noise: Array = (bits >> 8) / 8388607.5 - 1.0
    return noise


def _whole(value: Array) -> NDArray[np.uint64]:
    """Wide enough that no product of 32 bits overflows."""
    return np.asarray(value).astype(np.uint64)
