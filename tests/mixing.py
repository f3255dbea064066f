"""Sound files with known content, plans over them, and what a mix of them holds."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.media.mix import open_mix
from gpu_export.render.sound import Master, MediaSound, SoundPlan, SoundSpan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 48_000

OPEN_CEILING = Master(true_peak=20.0)
"""A master whose limiter never acts, for tests of what comes before it."""


def make_sound(
    path: Path,
    samples: NDArray[np.float32],
    rate: int = RATE,
    codec: str = "pcm_f32le",
    layout: str = "",
) -> Path:
    """A file with nothing but (N, C) float samples in it; the container follows the name."""
    named = layout or {1: "mono", 2: "stereo", 6: "5.1"}[samples.shape[1]]
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream(codec, rate=rate)
        stream.codec_context.layout = named
        stream.codec_context.open(strict=False)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.reshape(1, -1), np.float32), "flt", named
        )
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        context = stream.codec_context
        fitted = av.AudioResampler(
            context.format, context.layout, rate, frame_size=context.frame_size or 1024
        )
        for piece in [*fitted.resample(frame), *fitted.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return path


def write_packets(path: Path, pieces: list[tuple[int, bytes]], rate: int = RATE) -> Path:
    """Mono 16-bit PCM in Matroska, each piece at its own time in samples."""
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream("pcm_s16le", rate=rate)
        stream.codec_context.layout = "mono"
        for start, data in pieces:
            packet = av.Packet(data)
            packet.stream = stream
            packet.time_base = Fraction(1, rate)
            packet.pts = packet.dts = start
            packet.duration = len(data) // 2
            output.mux(packet)
    return path


def pcm16(samples: NDArray[np.float32]) -> bytes:
    """Mono float samples as little-endian 16 bit."""
    return np.rint(samples[:, 0] * 32767).astype("<i2").tobytes()


def noise(seconds: float, rate: int = RATE, channels: int = 1, seed: int = 5) -> Any:
    """(N, C) noise below rate / 20, level 0.1, no jump at its ends, the same in every run."""
    rng = np.random.default_rng(seed)
    count = round(seconds * rate)
    spectrum = np.fft.rfft(rng.normal(0.0, 1.0, (count, channels)), axis=0)
    spectrum[count // 20 :] = 0.0
    sound = np.fft.irfft(spectrum, count, axis=0)
    edge = np.minimum(1.0, np.minimum(np.arange(count), np.arange(count)[::-1]) / (rate / 100))
    return (0.1 / sound.std() * sound * edge[:, None]).astype(np.float32)


def steady(pitch: float) -> Callable[[int], float]:
    """The same pitch in every tenth of a second, for `tests.synth.tone`."""
    return lambda _tenth: pitch


def heard(path: Path, *, with_picture: bool = False) -> MediaSound:
    """The sound of a file, as an `audio` clip plays it or (`with_picture`) a `video` clip."""
    return MediaSound(MediaRef(path), follows_picture=with_picture)


def span(source: MediaSound | SoundPlan, start: Any, end: Any, **fields: Any) -> SoundSpan:
    """A span between two times, given as numbers or text of fractions."""
    times = ("source_in", "source_out", "speed", "fade_in", "fade_out")
    exact: dict[str, Any] = {
        key: Fraction(value) if key in times and value is not None else value
        for key, value in fields.items()
    }
    return SoundSpan(source, Fraction(start), Fraction(end), **exact)


def plan(*spans: SoundSpan, duration: Any = None) -> SoundPlan:
    """A plan as long as its last span unless said otherwise."""
    length = max(s.end for s in spans) if duration is None else Fraction(duration)
    return SoundPlan(length, spans)


def mixed(
    of: SoundPlan, master: Master = OPEN_CEILING, policy: Policy | None = None, **section: Any
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """All samples of a mix and its warnings."""
    with open_mix(of, master, policy or Policy(), **section) as stream:
        blocks = list(stream)
        return np.concatenate(
            [np.zeros((0, master.channels), np.float32), *blocks]
        ), stream.warnings


def samples(of: SoundPlan, **section: Any) -> NDArray[np.float32]:
    """All samples of a mix that warns of nothing."""
    block, warnings = mixed(of, **section)
    assert warnings == ()
    return block


def peak_time(block: NDArray[np.float32], near: float, within: float = 0.06) -> float:
    """Seconds at which channel 0 is loudest around a time."""
    first = max(0, round((near - within) * RATE))
    piece = np.abs(block[first : round((near + within) * RATE), 0])
    return (first + int(piece.argmax())) / RATE


def damaged(path: Path, source: Path, victims: set[int]) -> Path:
    """A copy of a sound file in which the packets of these numbers hold nothing but zeros."""
    with av.open(str(source)) as whole, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(whole.streams.audio[0])
        packets = [p for p in whole.demux(whole.streams.audio[0]) if p.size]
        for number, packet in enumerate(packets):
            piece = av.Packet(b"\x00" * packet.size) if number in victims else packet
            if piece is not packet:
                piece.pts, piece.dts = packet.pts, packet.dts
                piece.duration, piece.time_base = packet.duration, packet.time_base
            piece.stream = stream
            output.mux(piece)
    return path
