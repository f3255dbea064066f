"""Tries an encoder by encoding pictures with it; a name in a list proves nothing.

May end the process with whatever a driver does: callers run it in one of its own.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from av.codec.context import CodecContext

from gpu_export.errors import EncodeError
from gpu_export.media.codecs import CONTAINERS
from gpu_export.media.encode import VideoEncoder, own_context
from gpu_export.media.output_errors import encoding
from gpu_export.media.packing import packer_for
from gpu_export.media.pictures import allocate_frame
from gpu_export.media.still_writer import encode_still
from gpu_export.media.study import noted, open_study

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame

    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.frames import RenderedFrame

FRAMES = 3

# Decoders of what is compared; the others' pictures are only counted.
_DECODERS = {"h264": "h264", "hevc": "hevc", "av1": "libdav1d", "vp9": "vp9", "prores": "prores"}
# Of 255: some drivers return black, others green.
_TOLERANCE = 16


def try_encoder(spec: VideoSpec) -> None:
    """Encodes a few pictures and decodes them again where that can be compared.

    Raises:
        EncodeError: it does not work, or what it wrote shows something else.
    """
    if all(row.muxer is None for row in CONTAINERS.values() if spec.codec in row.video):
        encode_still(_picture(spec).planes[0], spec.codec, alpha=spec.alpha)
        return
    with TemporaryDirectory(prefix="gpu-export-trial-") as folder:
        _try_film(_studied(spec, Path(folder) / "notes"))


def _studied(spec: VideoSpec, place: Path) -> VideoSpec:
    if spec.study is None:
        return spec
    study = open_study(spec, place)
    for _ in range(FRAMES):
        study.put(_picture(spec))
    study.complete(lambda: None)
    return noted(spec, place)


def _try_film(spec: VideoSpec) -> None:
    context, pack = own_context(spec), packer_for(spec)
    encoder = VideoEncoder(context, spec)
    packets = [packet for _ in range(FRAMES) for packet in encoder.encode(pack(_picture(spec)))]
    packets += encoder.flush()
    if not any(packet.size for packet in packets):
        raise EncodeError("it took pictures and gave none back", codec=spec.encoder)
    decoder = _DECODERS.get(spec.codec)
    if decoder is not None and spec.layout.is_yuv:
        _compare(spec, decoder, bytes(context.extradata or b""), packets)


def _compare(spec: VideoSpec, decoder: str, header: bytes, packets: list[Any]) -> None:
    context = cast("VideoCodecContext", CodecContext.create(decoder, "r"))
    context.extradata = header or None
    with encoding(spec.encoder):
        frames = [frame for packet in [*packets, None] for frame in context.decode(packet)]
    if len(frames) != FRAMES:
        found = f"{len(frames)} of {FRAMES} pictures came back"
        raise EncodeError(found, codec=spec.encoder)
    wanted = float(np.mean(_shade(spec, 1.0)))
    seen = _luma(frames[0])
    if abs(seen - wanted) > _TOLERANCE:
        found = f"it wrote a picture of luma {seen:.0f} for one of {wanted:.0f}"
        raise EncodeError(found, codec=spec.encoder)


def _luma(frame: VideoFrame) -> float:
    """The mean of the first plane in eighths of a bit: 0..255."""
    plane, bits = frame.planes[0], frame.format.components[0].bits
    samples = np.frombuffer(memoryview(plane), np.uint8 if bits == 8 else np.uint16)
    rows = samples.reshape(plane.height, -1)[:, : plane.width]
    return float(rows.mean()) / (1 << (bits - 8))


def _picture(spec: VideoSpec) -> RenderedFrame:
    """A ramp, which no driver shows by accident."""
    frame = allocate_frame(spec.target)
    for plane in frame.planes:
        plane[...] = 1 << (frame.layout.bit_depth - 1)
    scale = {8: 1, 10: 64 if frame.layout.is_semi_planar else 4}[frame.layout.bit_depth]
    luma = frame.planes[0]
    shade = _shade(spec, scale).astype(luma.dtype)[: luma.shape[1]]
    luma[...] = shade if luma.ndim == 2 else shade[:, None]
    return frame


def _shade(spec: VideoSpec, scale: float) -> Any:
    return np.linspace(40, 200, spec.coded_size[0]) * scale
