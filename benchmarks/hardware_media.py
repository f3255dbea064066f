"""Devices' own decoders and encoders: pictures a second, or why there are none.

Each trial runs in a process of its own, so that a driver that crashes ends that one alone.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from fractions import Fraction
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import av
from av.codec.hwaccel import HWAccel, hwdevices_available

from benchmarks import inputs
from benchmarks.figures import Figure
from gpu_export.errors import ExportError
from gpu_export.machine.capabilities import capabilities
from gpu_export.media.codecs import VIDEO_CODECS
from gpu_export.media.encode import VideoEncoder, own_context
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.packing import packer_for
from gpu_export.media.picture_plan import plan_picture
from gpu_export.media.pictures import allocate_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SOFTWARE = "software"
_BESIDE = "libx264"
_WARMING_UP = 3


def decoders(seconds: int, rounds: int) -> Iterator[Figure]:
    """Our 1080p H.264 film through every kind of device that libav was built for."""
    film = str(inputs.hd_clip(seconds))
    for kind in (SOFTWARE, *hwdevices_available()):
        figure = Figure("decode", f"decode 1080p H.264, {kind}", "fps")
        _fill(figure, decoded_fps, (film, kind), rounds)
        yield figure


def encoders(sizes: Sequence[tuple[int, int]], frames: int, rounds: int) -> Iterator[Figure]:
    """Every encoder on a device that proved to work here, and x264 beside them."""
    found = [one for one in capabilities().encoders if one.hardware]
    working = {one.encoder: one.codec for one in found if one.works}
    reasons = {one.encoder: one.reason for one in found if one.encoder not in working}
    for name, reason in reasons.items():
        yield Figure("encode", f"encode, {name}", "fps", reason=reason)
    for name, codec in {_BESIDE: "h264", **working}.items():
        for size in sizes:
            figure = Figure("encode", f"encode {size[0]}×{size[1]}, {name}", "fps")
            _fill(figure, encoded_fps, (codec, name, size, frames), rounds)
            yield figure


def decoded_fps(film: str, kind: str) -> float:
    """Pictures a second, each of them in ordinary memory in the end."""
    device = None
    if kind != SOFTWARE:
        device = HWAccel(device_type=kind, allow_software_fallback=False)
    with av.open(film, hwaccel=device) as container:
        container.streams.video[0].thread_type = "AUTO"
        begin = time.perf_counter()
        pictures = sum(1 for _ in container.decode(video=0))
        return pictures / (time.perf_counter() - begin)


def encoded_fps(codec: str, name: str, size: tuple[int, int], frames: int) -> float:
    """Pictures a second of an encoder that gets a moving ramp from ordinary memory."""
    row = next(row for row in VIDEO_CODECS[codec] if row.name == name)
    preset = "veryfast" if row.presets else None
    wish = OutputWish(encoder=name, bitrate=None if row.crf else 8_000_000, preset=preset)
    spec = plan_picture(codec, PictureFormat(*size, Fraction(60)), wish)
    context, pack = own_context(spec), packer_for(spec)
    encoder = VideoEncoder(context, spec)
    pictures = []
    for shade in range(8):
        picture = allocate_frame(spec.target)
        for plane in picture.planes:
            plane[...] = 16 * shade + 40
            plane[:: shade + 2] += 20
        pictures.append(picture)
    begin = time.perf_counter()
    for number in range(frames):
        if number == _WARMING_UP:
            begin = time.perf_counter()
        encoder.encode(pack(pictures[number % len(pictures)]))
    for _ in encoder.flush():
        pass
    return (frames - _WARMING_UP) / (time.perf_counter() - begin)


def _fill(
    figure: Figure, measure: Callable[..., float], asked: tuple[Any, ...], rounds: int
) -> None:
    """Runs a measurement as often as asked, or notes why that cannot be."""
    try:
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            figure.runs += [process.submit(measure, *asked).result() for _ in range(rounds)]
    except BrokenProcessPool:
        figure.reason = "its driver ended the process"
    except (OSError, RuntimeError, ValueError, ExportError, av.error.FFmpegError) as error:
        figure.reason = str(error).strip().splitlines()[0]
