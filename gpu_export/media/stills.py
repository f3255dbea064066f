"""Still and animated pictures through Pillow: premultiplied RGBA in sRGB, upright.

Owns everything between a picture file and its pixels: formats, EXIF orientation, CMYK, 16 bit,
palettes, ICC profiles, disposal of animation frames. Knows no video. Invariant: what leaves is
sRGB, 8 bit, upright, premultiplied.
"""

from __future__ import annotations

import io
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import Disposal, PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from gpu_export.core.color import SRGB
from gpu_export.core.facts import PictureFacts
from gpu_export.errors import UnsupportedMedia
from gpu_export.media.access import open_file
from gpu_export.media.translate import translating_still
from gpu_export.render.frames import DecodedFrame, Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PIL.ImageFile import ImageFile

    from gpu_export.core.policy import Policy
    from gpu_export.render.frames import Plane

# Pillow's own `Image.open` would try every plugin it has; these are the ones we vouch for.
_SIGNATURES: tuple[tuple[int, bytes, Callable[[BinaryIO], ImageFile]], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", PngImageFile),
    (0, b"\xff\xd8\xff", JpegImageFile),
    (0, b"GIF87a", GifImageFile),
    (0, b"GIF89a", GifImageFile),
    (8, b"WEBP", WebPImageFile),
    (0, b"II*\x00", TiffImageFile),
    (0, b"MM\x00*", TiffImageFile),
    (4, b"ftypavif", AvifImageFile),
    (4, b"ftypavis", AvifImageFile),
    (0, b"BM", BmpImageFile),
)
SNIFF_BYTES = 12

# Rows converted at one time.
_STRIP = 256

_ROTATED = (5, 6, 7, 8)
_SHORTEST_GIF_DELAY_MS = 20
_USUAL_GIF_DELAY_MS = 100
_TO_BACKGROUND = 2  # GIF89a, 23.c.iv: disposal method


@dataclass(frozen=True, slots=True)
class StillPicture:
    """What a picture file holds.

    Attributes:
        format: Pillow's name of the format.
        mode: Pillow's name of the sample layout.
        stored: size as it lies in the file.
        orientation: EXIF's number, 1 to 8; 1 is upright.
        opaque: no transparency anywhere.
        delays: seconds each frame stays; one for a still, without meaning.
        first_frame: skips the default image of an APNG that is not part of its animation.
        has_profile: its colours go through an ICC profile.
    """

    format: str
    mode: str
    stored: tuple[int, int]
    orientation: int
    opaque: bool
    delays: tuple[Fraction, ...]
    first_frame: int = 0
    has_profile: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Upright."""
        width, height = self.stored
        return (height, width) if self.orientation in _ROTATED else (width, height)

    @property
    def rotation(self) -> int:
        """Clockwise degrees to stand upright, followed by mirroring if `mirrored`. EXIF 2.3."""
        return {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}.get(self.orientation, 0)

    @property
    def mirrored(self) -> bool:
        """Whether it is flipped left to right."""
        return self.orientation in (2, 4, 5, 7)

    @property
    def starts(self) -> tuple[Fraction, ...]:
        """When each frame begins, in seconds."""
        return tuple(accumulate(self.delays[:-1], initial=Fraction(0)))

    @property
    def duration(self) -> Fraction | None:
        """Of one run; None for a still."""
        return sum(self.delays, Fraction(0)) if len(self.delays) > 1 else None

    def facts(self) -> PictureFacts:
        """The part that the timeline needs."""
        duration = self.duration
        rate = len(self.delays) / duration if duration else None
        return PictureFacts(
            *self.size,
            duration=duration,
            rate=rate,
            stored=self.size,
            color=SRGB,
            opaque=self.opaque,
        )


def is_picture(head: bytes) -> bool:
    """Whether a file that begins with `head` (SNIFF_BYTES long) is for this module."""
    return _plugin(head) is not None


def _plugin(head: bytes) -> Callable[[BinaryIO], ImageFile] | None:
    for offset, signature, plugin in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return plugin
    return None


@contextmanager
def open_picture(path: Path, policy: Policy, *, where: str = "") -> Iterator[ImageFile]:
    """Opens a picture file, with its size checked before any pixel is decoded.

    Raises:
        UnsupportedMedia: no known format, or more pixels than the policy allows.
        MissingMedia, CorruptMedia: as `access.open_file`; damage surfaces where pixels are read.
    """
    with open_file(path, policy, where=where) as file, translating_still(path, where=where):
        plugin = _plugin(file.read(SNIFF_BYTES))
        if plugin is None:
            raise UnsupportedMedia("is not a picture that is read here", path=path, where=where)
        file.seek(0)
        with plugin(file) as image:
            check_pixels(image.size, path, policy, where=where)
            yield image


def check_pixels(
    size: tuple[int, int], path: Path | str, policy: Policy, *, where: str = ""
) -> None:
    """Refuses pictures larger than the policy allows.

    Raises:
        UnsupportedMedia: too many pixels; says how to raise the limit.
    """
    if size[0] * size[1] > policy.limits.image_pixels:
        raise UnsupportedMedia(
            f"{size[0]}x{size[1]} is larger than the limit of {policy.limits.image_pixels} pixels",
            path=path,
            where=where,
            remedy="Use a smaller picture; strangers' projects have tighter limits.",
        )


def inspect_picture(path: Path, policy: Policy, *, where: str = "") -> StillPicture:
    """Reads headers and frame delays, not colours.

    Raises:
        MediaError: as `open_picture`.
    """
    with open_picture(path, policy, where=where) as image:
        delays, first = _delays(image)
        return StillPicture(
            format=image.format or "",
            mode=image.mode,
            stored=image.size,
            orientation=_exif_orientation(image),
            # Disposal may uncover transparency that the first frame does not have.
            opaque=len(delays) == 1 and not image.has_transparency_data,
            delays=tuple(delays),
            first_frame=first,
            has_profile=bool(image.info.get("icc_profile")),
        )


def _delays(image: ImageFile) -> tuple[list[Fraction], int]:
    """(seconds each frame stays, index of the first frame of the animation)."""
    count = getattr(image, "n_frames", 1)
    if count == 1 or image.format == "TIFF":  # pages, not time
        return [Fraction(0)], 0
    first = 1 if getattr(image, "default_image", False) else 0
    delays = []
    for number in range(first, count):
        image.seek(number)
        if image.format == "WEBP":
            image.load()  # only then does Pillow know the delay
        delays.append(_delay_ms(image) / 1000)
    return delays, first


def _delay_ms(image: ImageFile) -> Fraction:
    """The delay of the current frame; GIFs below 20 ms are shown at 10 a second, as in browsers."""
    delay = Fraction(image.info.get("duration", 0) or 0).limit_denominator(1_000_000)
    if image.format == "GIF" and delay < _SHORTEST_GIF_DELAY_MS:
        return Fraction(_USUAL_GIF_DELAY_MS)
    return max(delay, Fraction(1))


def decode_picture(
    path: Path, policy: Policy, size: tuple[int, int] | None, *, where: str = "", number: int = 0
) -> DecodedFrame:
    """One frame of a picture file; `size` scales it, averaging the area on reduction.

    Raises:
        MediaError: as `open_picture`, or the pixels are damaged.
    """
    with open_picture(path, policy, where=where) as image:
        if number:
            image.seek(number)
        return to_frame(image, size, Fraction(0))


def decode_animation(
    path: Path, policy: Policy, picture: StillPicture, size: tuple[int, int] | None, where: str
) -> Iterator[DecodedFrame]:
    """All frames of an animation in order, composed as its disposal rules say.

    Raises:
        MediaError: as `open_picture`, or the pixels are damaged.
    """
    with open_picture(path, policy, where=where) as image:
        for number, start in enumerate(picture.starts, picture.first_frame):
            _go_on(image, number)
            yield to_frame(image, size, start)


def _go_on(image: ImageFile, number: int) -> None:
    """Seeks to the next frame and decodes it, making good what Pillow 13 gets wrong in disposal."""
    image.seek(number)
    if isinstance(image, PngImageFile):
        _load_without_trace(image)
    elif isinstance(image, GifImageFile):
        _dispose_to_background(image)


def _load_without_trace(image: PngImageFile) -> None:
    """Pillow paints a frame over the very canvas that "restore to previous" needs afterwards."""
    before = image._prev_im
    if before is not None and image.dispose_op == Disposal.OP_PREVIOUS:
        before = before.copy()
    image.load()
    image._prev_im = before


def _dispose_to_background(image: GifImageFile) -> None:
    """Pillow looks the background colour up in the frame's own palette, GIF89a in the global one.

    Where the canvas can be transparent, the background is, as in browsers.
    """
    disposed, palette = image.dispose, image.global_palette
    if disposed is None or image.disposal_method != _TO_BACKGROUND:
        return
    if image.mode == "RGBA":
        disposed.paste((0, 0, 0, 0), (0, 0, *disposed.size))
    elif image.mode == "RGB" and palette is not None:
        entry = 3 * image.info.get("background", 0)
        disposed.paste(tuple(palette.palette[entry : entry + 3]), (0, 0, *disposed.size))


def to_frame(image: Image.Image, size: tuple[int, int] | None, pts: Fraction) -> DecodedFrame:
    """The current frame of an opened image, decoded, upright, in sRGB, premultiplied."""
    if size is not None and not image.info.get("icc_profile"):
        _draft(image, size)
    pixels, opaque = _premultiplied(_srgb(_upright(image)))
    if size is not None and size != (pixels.shape[1], pixels.shape[0]):
        pixels = scaled(pixels, size)
    height, width = pixels.shape[:2]
    return DecodedFrame(Layout.RGBA, (pixels,), width, height, SRGB, pts, opaque)


def _premultiplied(image: Image.Image) -> tuple[Plane, bool]:
    """Straight RGBA, or what converts to it, as an array, and whether it is opaque throughout.

    Strip by strip: Pillow would copy a whole picture twice on its way to another mode and out.
    """
    width, height = image.size
    pixels: Plane = np.empty((height, width, 4), np.uint8)
    opaque = True
    for top in range(0, height, _STRIP):
        bottom = min(top + _STRIP, height)
        strip = image.crop((0, top, width, bottom)).convert("RGBA")
        straight = np.asarray(strip)
        if straight[..., 3].min() == 255:
            pixels[top:bottom] = straight
        else:
            opaque = False
            cv2.cvtColor(straight, cv2.COLOR_RGBA2mRGBA, pixels[top:bottom])
    return pixels, opaque


def scaled(pixels: Plane, size: tuple[int, int]) -> Plane:
    """Premultiplied RGBA at another size; reduction averages the covered area."""
    smaller = size[0] <= pixels.shape[1] and size[1] <= pixels.shape[0]
    filter_ = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return cv2.resize(pixels, size, interpolation=filter_)


def _draft(image: Image.Image, size: tuple[int, int]) -> None:
    """Lets libjpeg decode at a half, quarter or eighth where that still exceeds `size`."""
    if isinstance(image, JpegImageFile):
        larger = max(size)
        image.draft(None, (larger, larger) if _exif_orientation(image) in _ROTATED else size)


def _exif_orientation(image: Image.Image) -> int:
    with suppress(Exception):  # broken EXIF is common and never a reason to lose the picture
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    return 1


def _upright(image: Image.Image) -> Image.Image:
    image.load()
    if _exif_orientation(image) == 1:
        return image
    return ImageOps.exif_transpose(image)


def _srgb(image: Image.Image) -> Image.Image:
    """8 bit in sRGB, straight alpha; of a mode that converts to RGBA pixel by pixel."""
    profile = image.info.get("icc_profile")
    image = _eight_bit(image)
    return _through_profile(image, profile) if profile else image


def _eight_bit(image: Image.Image) -> Image.Image:
    """Modes that ICC transforms and `convert("RGBA")` take; Pillow itself clips 16 bits."""
    if image.mode.startswith(("I", "F")):
        return _reduced(image)
    if image.mode in ("P", "PA", "1") or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("La", "RGBa"):
        return image.convert({"La": "LA", "RGBa": "RGBA"}[image.mode])
    return image


def _reduced(image: Image.Image) -> Image.Image:
    """16-bit grey (float is taken as 0..1), with its colour key turned into alpha."""
    values = np.asarray(image)
    if values.dtype.kind == "f":
        grey = np.clip(values, 0, 1) * 255
    else:
        grey = np.clip(values, 0, 65535) / 257
    alpha = np.full(values.shape, 255, np.uint8)
    key = image.info.get("transparency")
    if isinstance(key, int):
        alpha[values == key] = 0
    planes = np.dstack([np.rint(grey).astype(np.uint8), alpha])
    return Image.fromarray(planes, "LA")


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours of `image` as sRGB shows them; a profile that does not fit is left out."""
    mode = "RGBA" if image.mode in ("RGBA", "LA") else "RGB"
    if image.mode == "LA":
        image = image.convert("RGBA")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source) and image.mode in ("RGB", "RGBA"):
            return image
        shown = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return shown if shown is not None else image
