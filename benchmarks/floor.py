"""The floor of the overlay job: decode every input, encode the finished pictures, nothing else.

Run as a process of its own: python -m benchmarks.floor MAIN SECOND SECONDS OUTPUT
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import av
from av.video.reformatter import Interpolation

from benchmarks import jobs
from benchmarks.inputs import RATE
from gpu_export.core.color import BT709
from gpu_export.engine.sources import MOST_DECODER_THREADS
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.pictures import plane_views
from gpu_export.media.sink import open_sink
from gpu_export.render.frames import DecodedFrame, Layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer


def main(source: str, second: str, seconds: int, output: str) -> None:
    """Decodes both clips, scales the second to its drawn size, encodes the first as it is."""
    frames = seconds * RATE
    inset = Thread(target=_decode_inset, args=(second, frames))
    inset.start()
    spec = plan_output(
        Path(output),
        PictureFormat(1920, 1080, Fraction(RATE)),
        None,
        OutputWish(preset=jobs.PRESET, quality=jobs.QUALITY),
    )
    with open_sink(spec, frames=frames, overwrite=True) as sink, av.open(source) as container:
        for _, frame in zip(range(frames), _decoded(container), strict=False):
            planes = plane_views(frame, Layout.I420)
            picture = DecodedFrame(
                Layout.I420, planes, frame.width, frame.height, BT709, Fraction(0), owner=frame
            )
            sink.write(picture)
        sink.finish()
    inset.join()


def _decode_inset(second: str, frames: int) -> None:
    width, height = jobs.INSET[:2]
    with av.open(second) as container:
        for _, frame in zip(range(frames), _decoded(container), strict=False):
            frame.reformat(width, height, interpolation=Interpolation.BICUBIC)


def _decoded(container: InputContainer) -> Iterator[av.VideoFrame]:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = MOST_DECODER_THREADS
    return container.decode(stream)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
