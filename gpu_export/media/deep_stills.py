"""Still pictures with more than 8 bits a channel: 16-bit PNG, read by OpenCV.

Pillow reads these files as well, but keeps 8 bits of them. Owns which files that concerns and how
their pixels are made; knows no video. Invariant: what leaves is premultiplied RGBA of 16 bits in
sRGB, of the same shape that `stills` delivers with 8.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.color import SRGB
from gpu_export.media.access import open_file
from gpu_export.media.stills import decode_picture, inspect_picture, scaled
from gpu_export.render.frames import DecodedFrame, Layout

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.core.policy import Policy
    from gpu_export.render.frames import Plane

# The signature and the header's length, name, width and height come before. PNG 11.2.2.
_DEPTH_AT = 24
_PNG = b"\x89PNG\r\n\x1a\n"
_OPAQUE = 65535
_TO_RGBA = {1: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_BGR2RGBA, 4: cv2.COLOR_BGRA2RGBA}


def decode_deep_picture(
    path: Path, policy: Policy, size: tuple[int, int] | None, *, where: str = "", number: int = 0
) -> DecodedFrame:
    """One frame of a picture file with all its bits; `size` scales it.

    What only Pillow understands (colour profiles, a colour that stands for transparency, pictures
    that are to be turned, animations) has 8 bits as anywhere else.

    Raises:
        MediaError: as `stills.decode_picture`.
    """
    pixels = None if number else _deep_pixels(path, policy, where)
    if pixels is None:
        return decode_picture(path, policy, size, where=where, number=number)
    opaque = int(pixels[..., 3].min()) == _OPAQUE
    if not opaque:
        pixels = premultiplied(pixels)
    if size is not None and size != (pixels.shape[1], pixels.shape[0]):
        pixels = scaled(pixels, size)
    height, width = pixels.shape[:2]
    return DecodedFrame(Layout.RGBA16, (pixels,), width, height, SRGB, Fraction(0), opaque)


def premultiplied(pixels: Plane) -> Plane:
    """Straight RGBA of 16 bits, premultiplied and rounded."""
    *colors, alpha = cv2.split(pixels)
    return cv2.merge([*(cv2.multiply(one, alpha, scale=1 / _OPAQUE) for one in colors), alpha])


def _deep_pixels(path: Path, policy: Policy, where: str) -> Plane | None:
    """Straight RGBA of 16 bits; None where the file has no more than 8, or needs Pillow."""
    with open_file(path, policy, where=where) as file:
        head = file.read(_DEPTH_AT + 1)
        if not head.startswith(_PNG) or head[_DEPTH_AT:] != b"\x10":
            return None
        rest = file.read()
    picture = inspect_picture(path, policy, where=where)
    plain = picture.orientation == 1 and not picture.has_profile and len(picture.delays) == 1
    # OpenCV ignores the colour that is clear, and hands out what there is of a file cut short.
    if not plain or b"tRNS" in rest or b"IEND" not in rest:
        return None
    pixels = cv2.imdecode(np.frombuffer(head + rest, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        return None
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    convert = _TO_RGBA.get(channels)
    return None if convert is None else cv2.cvtColor(pixels, convert)
