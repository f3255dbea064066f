"""The floor of a job: decode its inputs, encode its finished pictures, nothing else.

`python -m benchmarks.peers.floor JOB OUTPUT` in a process of its own. Every input is decoded over
the pictures (and sound) that the job needs, in threads as an export decodes, and thrown away; the
finished pictures are encoded through PyAV with the options and thread counts of our own export.
They come from our own lossless export, made beforehand, decoded into one file of raw samples that
is mapped into memory: a picture costs no copy, only the pages that x264 reads. The finished
pictures of a trim are the decoded ones. There is no scaling, no composing, no conversion.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING, Any, cast

import av
import numpy as np
from av.video.frame import PictureType

from benchmarks.peers import ours
from benchmarks.peers.jobs import (
    HEIGHT,
    JOBS,
    RATE,
    WIDTH,
    Copy,
    Heavy,
    Overlay,
    Slideshow,
    Trim,
    frames,
)
from benchmarks.peers.tools import FOLDER, CannotSay, Command, Tool, nothing_missing
from gpu_export.engine.sources import MOST_DECODER_THREADS
from gpu_export.media.encode import VideoEncoder
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.picture_plan import plan_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream

    from benchmarks.peers.jobs import Encoding, Job


def _command(job: Job, output: Path) -> Command:
    if isinstance(job, Copy):
        raise CannotSay("nothing is decoded or encoded")
    if not isinstance(job, Trim):
        _finished(job)
    words = [sys.executable, "-m", "benchmarks.peers.floor", job.name, str(output)]
    return Command(words)


def _finished(job: Job) -> Path:
    """The job's pictures as raw I420, made anew: our own pictures may have changed."""
    project = ours.project(job) | {"output": {"codec": "ffv1"}}
    folder = FOLDER / job.name
    folder.mkdir(parents=True, exist_ok=True)
    wanted, raw = json.dumps(project), folder / "finished.yuv"
    path, film = folder / "finished.json", folder / "finished.mkv"
    if raw.exists() and path.read_text("utf-8") == wanted:
        return raw
    path.write_text(wanted, encoding="utf-8")
    words = [sys.executable, "-m", "gpu_export", str(path), "-o", str(film), "--overwrite"]
    subprocess.run([*words, "--compositor", "cpu", "--progress", "none"], check=True)
    with av.open(str(film)) as container, raw.open("wb") as sink:
        for frame in container.decode(video=0):
            sink.write(frame.to_ndarray(format="yuv420p").tobytes())
    film.unlink()
    return raw


def main(name: str, output: str) -> None:
    """Decodes and encodes a job."""
    job = JOBS[name]()
    with av.open(output, "w") as container:
        match job:
            case Trim():
                _encode(container, job.encoding, _pieces(job))
            case Copy():
                raise CannotSay("a copy has no floor")
            case _:
                _beside(_inputs(job), lambda: _encode_finished(container, job))


def _inputs(job: Overlay | Heavy | Slideshow) -> list[tuple[str, int]]:
    """Every picture source, and how many of its pictures the job needs."""
    match job:
        case Overlay():
            return [(job.film, frames(job)), (job.second, frames(job)), (job.logo, 1)]
        case Heavy():
            shot = round(job.shot * RATE)
            shots = [(job.film, shot), (job.second, shot)]
            return [*shots, (job.second, frames(job)), (job.photo, 1)]
        case Slideshow():
            return [(photo, 1) for photo in job.photos]


def _beside(sources: list[tuple[str, int]], encode: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(sources)) as pool:
        decoding = [pool.submit(_decode, *source) for source in sources]
        encode()
        for one in decoding:
            one.result()


def _decode(path: str, count: int) -> None:
    with av.open(path) as container:
        for _ in islice(_pictures(container), count):
            pass


def _pictures(container: InputContainer) -> Iterator[av.VideoFrame]:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = MOST_DECODER_THREADS
    return container.decode(stream)


def _pieces(job: Trim) -> Iterator[av.VideoFrame]:
    """From the keyframe before each piece."""
    with av.open(job.film) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = MOST_DECODER_THREADS
        time_base = stream.time_base or Fraction(1, RATE)
        for start, end in job.pieces:
            first = round(Fraction(str(start)) / time_base)
            container.seek(first, stream=stream)
            decoded = (f for f in container.decode(stream) if (f.pts or 0) >= first)
            yield from islice(decoded, round((end - start) * RATE))


def _encode_finished(container: OutputContainer, job: Overlay | Heavy | Slideshow) -> None:
    shape = frames(job), HEIGHT * 3 // 2, WIDTH
    raw = np.memmap(FOLDER / job.name / "finished.yuv", np.uint8, "r", shape=shape)
    pictures = (av.VideoFrame.from_numpy_buffer(picture, "yuv420p") for picture in raw)
    if isinstance(job, Slideshow):
        _encode_with_music(container, job, pictures)
    else:
        _encode(container, job.encoding, pictures)


def _encode(
    container: OutputContainer, encoding: Encoding, pictures: Iterator[av.VideoFrame]
) -> None:
    stream, encoder = _video(container, encoding)
    _write(container, stream, encoder, pictures)


def _video(container: OutputContainer, encoding: Encoding) -> tuple[VideoStream, VideoEncoder]:
    wish = OutputWish(preset=encoding.preset, quality=ours.QUALITY)
    spec = plan_picture("h264", PictureFormat(WIDTH, HEIGHT, Fraction(RATE)), wish)
    stream = cast("VideoStream", container.add_stream(spec.encoder, rate=RATE))
    return stream, VideoEncoder(stream.codec_context, spec)


def _write(
    container: OutputContainer,
    stream: VideoStream,
    encoder: VideoEncoder,
    pictures: Iterator[av.VideoFrame],
) -> None:
    def mux(packets: Any) -> None:
        for packet in packets:
            packet.stream = stream
            packet.time_base = Fraction(1, RATE)
            container.mux(packet)

    for picture in pictures:
        picture.pict_type = PictureType.NONE  # or x264 takes the source's types, and decides none
        mux(encoder.encode(picture))
    mux(encoder.flush())


def _encode_with_music(
    container: OutputContainer, job: Slideshow, pictures: Iterator[av.VideoFrame]
) -> None:
    stream, encoder = _video(container, job.encoding)
    sound = container.add_stream("aac", rate=48_000, layout="stereo")
    sound.bit_rate = job.encoding.audio_bitrate
    blocks = islice(_music(job), ceil(job.seconds * 48_000 / 1024))
    for block in blocks:
        container.mux(sound.encode(block))
    container.mux(sound.encode(None))
    _write(container, stream, encoder, pictures)


def _music(job: Slideshow) -> Iterator[av.AudioFrame]:
    """Blocks as the encoder takes them."""
    resampler = av.AudioResampler("fltp", "stereo", 48_000, frame_size=1024)
    with av.open(job.music) as container:
        for frame in container.decode(audio=0):
            yield from resampler.resample(frame)


FLOOR = Tool("floor", nothing_missing, _command)

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
