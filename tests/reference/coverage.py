"""The analytic coverage that compositors use. Twin: shaders/lib/coverage.glsl.

The oracle does not use it: its coverage is the exact area of `area.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def edge_coverage(d_near: Array, d_far: Array) -> Array:
    """Of a pixel at those signed distances inwards from two opposite edges.

    What the first edge leaves of the pixel and what the second leaves, less the whole pixel.
    """
    left_by_near = np.interp(d_near, [-0.5, 0.5], [0.0, 1.0])
    left_by_far = np.interp(d_far, [-0.5, 0.5], [0.0, 1.0])
    return np.maximum(left_by_near + left_by_far - 1.0, 0.0)


def rounded_box(point: Array, half_size: Array, radius: Array) -> Array:
    """Signed distance, outside positive, of (…, 2) points to a rounded box about the origin.

    The box shrunk by the radius has sharp corners; its distance less the radius is the answer.
    """
    beyond = np.abs(point) - (half_size - radius[..., None])
    outside = np.hypot(beyond[..., 0].clip(0.0), beyond[..., 1].clip(0.0))
    inside = np.minimum(beyond.max(axis=-1), 0.0)
    distance: Array = outside + inside - radius
    return distance
