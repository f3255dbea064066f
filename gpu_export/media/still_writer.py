"""Still pictures: one file, or a numbered sequence encoded on several threads.

Knows no muxer. Pictures are (H, W, 4) uint8, straight alpha, sRGB. Invariant: as everywhere, an
output appears complete or not at all.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from av.codec.context import CodecContext
from av.video.frame import VideoFrame
from PIL import Image

from gpu_export.core.color import SRGB
from gpu_export.errors import EncodeError, OptionError, OutputError
from gpu_export.media.codecs import CONTAINERS, VIDEO_CODECS
from gpu_export.media.encoder_row import QUALITY_NAMES, crf_for
from gpu_export.media.output_errors import encoding, output_error
from gpu_export.media.pictures import straight_pixels
from gpu_export.media.staging import StagedFile, StagedSequence
from gpu_export.render.frames import plain_allocator

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from numpy.typing import NDArray

    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.frames import DecodedFrame, RenderedFrame

# Level 1 with adaptive filters: a quarter of the time of level 6 for 5 % more bytes.
_PNG_OPTIONS = {"compression_level": "1", "pred": "mixed"}
# At this Pillow quality and above chroma is kept in full.
_FULL_CHROMA = 90


def write_still(path: Path, rgba: NDArray[np.uint8], *, overwrite: bool = False) -> None:
    """Writes one picture, (H, W, 4) straight RGBA, as PNG or JPEG by its suffix.

    Raises:
        OutputError: the suffix is no picture format, or the place is taken or not writable.
        OptionError: a JPEG of a picture that is not opaque.
        EncodeError: the picture is too large for the format.
    """
    stage_still(path, rgba, overwrite=overwrite).commit()


def stage_still(path: Path, rgba: NDArray[np.uint8], *, overwrite: bool = False) -> StagedFile:
    """As `write_still`, but the picture appears only when what is returned is committed."""
    opaque = bool((rgba[..., 3] == 255).all())
    codec = still_codec(path, opaque=opaque)
    return _staged(path, encode_still(rgba, codec, alpha=not opaque), overwrite=overwrite)


def encode_still(
    rgba: NDArray[np.uint8], codec: str, *, alpha: bool, quality: int = QUALITY_NAMES["best"]
) -> bytes:
    """The bytes of one picture file.

    Args:
        rgba: (H, W, 4) straight.
        codec: `png` or `jpeg`.
        alpha: keep the fourth channel (PNG only); it is dropped otherwise.
        quality: 0..100, for JPEG.

    Raises:
        EncodeError: the picture is too large for the format.
    """
    if codec == "png":
        return _encode_png(rgba if alpha else rgba[..., :3])
    return _encode_jpeg(rgba[..., :3], quality)


def _encode_png(pixels: NDArray[np.uint8]) -> bytes:
    height, width, channels = pixels.shape
    pixel_format = "rgba" if channels == 4 else "rgb24"
    context = CodecContext.create("png", "w")
    context.width, context.height = width, height
    context.pix_fmt = pixel_format
    context.time_base = Fraction(1)
    context.thread_count = 1
    context.options = _PNG_OPTIONS
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), pixel_format)
    frame.color_primaries = int(SRGB.primaries)
    frame.color_trc = int(SRGB.transfer)
    with encoding("png"):
        return b"".join(bytes(packet) for packet in (*context.encode(frame), *context.encode()))


def _encode_jpeg(pixels: NDArray[np.uint8], quality: int) -> bytes:
    level = round(crf_for(VIDEO_CODECS["jpeg"][0], quality))
    subsampling = 0 if level >= _FULL_CHROMA else 2
    file = BytesIO()
    try:
        picture = Image.fromarray(np.ascontiguousarray(pixels))
        picture.save(file, "JPEG", quality=level, subsampling=subsampling, optimize=True)
    except (OSError, ValueError) as error:
        raise EncodeError(str(error), codec="jpeg") from error
    return file.getvalue()


def still_codec(path: Path, *, opaque: bool) -> str:
    """The codec that a picture file's suffix names: `png` or `jpeg`.

    Raises:
        OutputError: the suffix is no picture format.
        OptionError: a JPEG of a picture that is not opaque.
    """
    codec = _codec_for(path)
    if codec == "jpeg" and not opaque:
        raise OptionError(
            "JPEG keeps no transparency", where=str(path), remedy="Write a .png instead."
        )
    return codec


def _codec_for(path: Path) -> str:
    stills = [row for row in CONTAINERS.values() if row.muxer is None]
    for row in stills:
        if path.suffix.lower() in row.suffixes:
            return row.video[0]
    known = ", ".join(suffix for row in stills for suffix in row.suffixes)
    raise OutputError(
        f"no picture format for {path.suffix!r}"
        if path.suffix
        else "no suffix tells the picture format",
        where=str(path),
        remedy=f"Possible: {known}.",
    )


def _staged(path: Path, data: bytes, *, overwrite: bool) -> StagedFile:
    staged = StagedFile(path, overwrite=overwrite)
    try:
        staged.path.write_bytes(data)
    except OSError as error:
        staged.discard()
        raise output_error(error, path) from error
    except BaseException:
        staged.discard()
        raise
    return staged


class StillWriter:
    """One picture file. A `PictureWriter` for exactly one frame."""

    def __init__(self, path: Path, video: VideoSpec, *, overwrite: bool) -> None:
        self._path = path
        self._video = video
        self._overwrite = overwrite
        self._data = b""
        self._staged: StagedFile | None = None
        StagedFile(path, overwrite=overwrite).discard()  # a place that is taken shows at once

    def allocate(self) -> RenderedFrame:
        """A fresh frame in plain memory."""
        return plain_allocator(self._video.target)()

    def put(self, frame: RenderedFrame | DecodedFrame) -> None:
        """Encodes the picture."""
        self._data = _encode_frame(straight_pixels(frame, self._video.target), self._video)

    def complete(self, check: Callable[[], None]) -> None:
        """Writes the file."""
        check()
        self._staged = _staged(self._path, self._data, overwrite=self._overwrite)

    def publish(self) -> None:
        """Puts the file in its place."""
        if self._staged is not None:
            self._staged.commit()

    def discard(self) -> None:
        """Removes the file; nothing is on disk before `complete`."""
        if self._staged is not None:
            self._staged.discard()


class SequenceWriter:
    """Numbered pictures, from 0. A `PictureWriter`; each thread encodes one at a time."""

    def __init__(self, pattern: Path, video: VideoSpec, *, overwrite: bool) -> None:
        self._video = video
        self._count = 0
        self._staged = StagedSequence(pattern, overwrite=overwrite)
        self._threads = video.threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="still")
        self._under_way: deque[Future[None]] = deque()

    def allocate(self) -> RenderedFrame:
        """A fresh frame in plain memory."""
        return plain_allocator(self._video.target)()

    def put(self, frame: RenderedFrame | DecodedFrame) -> None:
        """Hands the next picture to a thread; waits while all of them are busy."""
        pixels = straight_pixels(frame, self._video.target)
        while len(self._under_way) > self._threads:
            self._under_way.popleft().result()
        self._under_way.append(self._pool.submit(self._write_one, self._count, pixels))
        self._count += 1

    def complete(self, check: Callable[[], None]) -> None:
        """Waits for all pictures."""
        while self._under_way:
            check()
            self._under_way.popleft().result()
        self._pool.shutdown()

    def publish(self) -> None:
        """Moves the pictures into place."""
        self._staged.commit(self._count)

    def discard(self) -> None:
        """Ends the threads and removes what they wrote."""
        self._pool.shutdown(cancel_futures=True)
        self._staged.discard()

    def _write_one(self, number: int, pixels: NDArray[np.uint8]) -> None:
        self._staged.write(number, _encode_frame(pixels, self._video))


def _encode_frame(pixels: NDArray[np.uint8], video: VideoSpec) -> bytes:
    quality = QUALITY_NAMES["best"] if video.quality is None else video.quality
    return encode_still(pixels, video.codec, alpha=video.alpha, quality=quality)
