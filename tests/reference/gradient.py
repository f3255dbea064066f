"""Where a point lies along a gradient. CSS Images 3, 3.1 and 3.2.

Twin: shaders/lib/gradient.glsl.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def linear_position(point: Array, size: Array, direction: Array) -> Array:
    """0..1 along the gradient line of a `size` box for (…, 2) points.

    `direction` is a unit vector, y down. The line is as long as the box's shadow on it, so that
    the corners have the end colours.
    """
    shadow = np.sum(np.abs(size * direction), axis=-1)
    along = np.sum((point - size / 2) * direction, axis=-1)
    position: Array = along / shadow + 0.5
    return position


def radial_position(point: Array, size: Array) -> Array:
    """The distance of (…, 2) points from the centre over that of the farthest corner."""
    from_centre = point - size / 2
    return np.hypot(from_centre[..., 0], from_centre[..., 1]) / np.hypot(
        size[..., 0] / 2, size[..., 1] / 2
    )


def stop_fraction(position: Array, near: Array, far: Array) -> Array:
    """0..1 between two stops; where they coincide a step, 1 from `near` on."""
    apart = far > near
    between = (position - near) / np.where(apart, far - near, 1.0)
    return np.where(apart, between.clip(0.0, 1.0), position >= near)
