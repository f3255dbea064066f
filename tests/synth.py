"""Makes small media with known content, without the code under test.

Pictures come from `tests.drawn`, reading back is in `tests.readback`; what tests usually need of
both is re-exported here.
"""

from __future__ import annotations

import dataclasses
import wave
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import av
import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame

from gpu_export.core.color import SRGB, ColorSpec, Matrix, Primaries, Range, Transfer
from tests.drawn import (
    PATCHES,
    Picture,
    draw,
    patch_error,
    read_counter,
    read_patches,
    stored_range,
    to_planes,
    with_alpha,
)
from tests.readback import (
    decode_audio,
    decode_rgb,
    decoded,
    frame_times,
    picture_of,
    pitch_at,
    read_counters,
)

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.stream import VideoStream
    from numpy.typing import NDArray

__all__ = [
    "BT601",
    "BT709",
    "PATCHES",
    "Clip",
    "Picture",
    "Sound",
    "clicks",
    "decode_audio",
    "decode_rgb",
    "decoded",
    "draw",
    "frame_of",
    "frame_times",
    "ladder",
    "make_video",
    "make_wav",
    "patch_error",
    "picture_of",
    "pitch_at",
    "read_counter",
    "read_counters",
    "read_patches",
    "silence",
    "tone",
    "with_alpha",
]

BT709 = ColorSpec()
BT601 = ColorSpec(Matrix.SMPTE170M, Range.LIMITED, Transfer.SMPTE170M, Primaries.SMPTE170M)

_PACKED = ("rgb24", "bgr24", "rgba", "bgra", "argb", "rgb8", "pal8")

Field = Literal["tff", "bff"]
Pixels = Callable[[Picture], Picture]


@dataclasses.dataclass(frozen=True)
class Sound:
    """What a track sounds like: `samples` (N, C) float32 at `rate`, first heard at `start` s."""

    samples: NDArray[np.float32]
    rate: int = 48_000
    codec: str = "aac"
    start: Fraction = Fraction(0)


def ladder(seconds: float, rate: int = 48_000, channels: int = 1) -> NDArray[np.float32]:
    """A tone of 500 + 50·k Hz, amplitude 0.3, in the k-th tenth of a second."""
    return tone(seconds, lambda k: 500 + 50 * k, rate, channels)


def tone(
    seconds: float, hertz: Callable[[int], float], rate: int = 48_000, channels: int = 1
) -> NDArray[np.float32]:
    """A continuous-phase tone whose pitch `hertz(k)` may change every tenth of a second."""
    count = round(seconds * rate)
    tenths = np.arange(count) * 10 // rate
    pitch = np.array([hertz(int(k)) for k in range(int(seconds * 10) + 1)], float)[tenths]
    wave_ = 0.3 * np.sin(2 * np.pi * np.cumsum(pitch) / rate)
    return np.repeat(wave_[:, None], channels, axis=1).astype(np.float32)


def clicks(
    seconds: float, times: Sequence[float], rate: int = 48_000, channels: int = 1
) -> NDArray[np.float32]:
    """Silence with one full-scale sample at each of `times`."""
    samples = np.zeros((round(seconds * rate), channels), np.float32)
    samples[[round(time * rate) for time in times]] = 1.0
    return samples


def silence(seconds: float, rate: int = 48_000, channels: int = 1) -> NDArray[np.float32]:
    """Nothing to hear."""
    return np.zeros((round(seconds * rate), channels), np.float32)


def make_wav(path: Path, samples: NDArray[np.float32], rate: int = 48_000) -> Path:
    """16-bit PCM WAV of (N, C) float samples."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


@dataclasses.dataclass(frozen=True)
class Clip:
    """One synthetic clip; `make_video` documents the fields."""

    clip_id: int = 1
    frames: int = 25
    size: tuple[int, int] = (320, 180)
    rate: Fraction = Fraction(25)
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    color: ColorSpec = BT709
    tagged: bool = True
    rotation: int = 0
    hflip: bool = False
    pixel_aspect: Fraction | None = None
    b_frames: int = 2
    gop: int = 12
    pts: Sequence[int] | None = None
    time_base: Fraction | None = None
    first_pts: int = 0
    field: Field | None = None
    alpha: bool = False
    sound: Sound | None = None
    crf: int = 8
    options: dict[str, str] = dataclasses.field(default_factory=dict)
    container_options: dict[str, str] = dataclasses.field(default_factory=dict)
    container_format: str | None = None
    pixels: Pixels | None = None


def make_video(path: Path, **fields: Any) -> Path:
    """Writes a clip and returns its path; an existing file of that name is kept as it is.

    Keyword arguments are the fields of `Clip`:
        clip_id, frames, size, rate: content; frame n shows counter n (size is the *upright* one).
        codec, pixel_format, crf, b_frames, gop, options: the encoder.
        color, tagged: what the samples mean, and whether the file says so.
        rotation, hflip: display matrix, degrees counter-clockwise; frames are stored turned back.
        pixel_aspect: written into the stream.
        pts, time_base: frame times in ticks (default: frame n at n / rate); first_pts: added.
        field: weave counters 2n and 2n+1 into an interlaced frame, first field as named.
        alpha: draw with `with_alpha`.
        sound: one audio track.
        pixels: a last change to each drawn picture.
    """
    if path.exists():
        return path
    clip = Clip(**fields)
    with av.open(
        str(path), "w", format=clip.container_format, options=clip.container_options
    ) as output:
        stream = _video_stream(output, clip)
        audio = _audio_stream(output, clip.sound) if clip.sound else None
        for number in range(clip.frames):
            output.mux(stream.encode(_coded_frame(clip, number)))
        output.mux(stream.encode(None))
        if audio is not None and clip.sound is not None:
            _write_sound(output, audio, clip.sound)
    return path


def _video_stream(output: Any, clip: Clip) -> VideoStream:
    stream: VideoStream = output.add_stream(clip.codec, rate=clip.rate)
    stored = _turned_back(np.empty((clip.size[1], clip.size[0], 3)), clip)
    stream.height, stream.width = stored.shape[:2]
    stream.pix_fmt = clip.pixel_format
    context = stream.codec_context
    context.gop_size = clip.gop
    if clip.pixel_aspect:
        context.sample_aspect_ratio = clip.pixel_aspect
    if clip.time_base:
        context.time_base = clip.time_base
    if clip.rotation or clip.hflip:
        stream.set_display_rotation(clip.rotation, hflip=clip.hflip)
    if clip.tagged:
        _tag(context, clip)
    if clip.field:
        context.flags |= av.codec.context.Flags.interlaced_dct
        context.flags |= av.codec.context.Flags.interlaced_me
    context.options = {**_encoder_options(clip), **clip.options}
    return stream


def _encoder_options(clip: Clip) -> dict[str, str]:
    if clip.codec in ("libx264", "libx264rgb"):
        order = {"x264-params": f"{clip.field}=1"} if clip.field else {}
        return {"preset": "ultrafast", "crf": str(clip.crf), "bf": str(clip.b_frames), **order}
    if clip.codec == "libx265":
        # Of one or two pictures x265 gives decoding times only if there is nothing to reorder.
        b_frames = clip.b_frames if clip.frames > 2 else 0
        quiet = f"log-level=none:pools=1:frame-threads=1:bframes={b_frames}"
        return {"preset": "ultrafast", "crf": str(clip.crf), "x265-params": quiet}
    if clip.codec.startswith("libvpx"):
        return {"deadline": "realtime", "cpu-used": "8", "crf": "4", "b": "4M", "auto-alt-ref": "0"}
    return {"q": "2"} if clip.codec in ("mpeg2video", "mpeg4", "mjpeg") else {}


def _tag(target: Any, clip: Clip) -> None:
    color = clip.color
    if clip.pixel_format in _PACKED or clip.pixel_format.startswith("gbr"):
        color = SRGB
    target.colorspace = int(color.matrix)
    target.color_range = int(stored_range(clip.pixel_format, color.range))
    target.color_primaries = int(color.primaries)
    target.color_trc = int(color.transfer)


def _coded_frame(clip: Clip, number: int) -> VideoFrame:
    picture = _turned_back(_drawn(clip, number), clip)
    frame = frame_of(picture, clip.pixel_format, clip.color)
    if clip.tagged:
        _tag(frame, clip)
    if clip.field:
        frame = _with_field_order(frame, clip.field)
    time_base = clip.time_base or 1 / clip.rate
    frame.time_base = time_base
    ticks = clip.pts[number] if clip.pts else round(number / clip.rate / time_base)
    frame.pts = ticks + clip.first_pts
    return frame


def _drawn(clip: Clip, number: int) -> Picture:
    picture = draw(clip.clip_id, number, clip.size)
    if clip.field:
        picture = draw(clip.clip_id, 2 * number, clip.size)
        first = 1 if clip.field == "tff" else 0
        picture[first::2] = draw(clip.clip_id, 2 * number + 1, clip.size)[first::2]
    if clip.alpha:
        picture = with_alpha(picture)
    return clip.pixels(picture) if clip.pixels else picture


def _turned_back(picture: Picture, clip: Clip) -> Picture:
    """Undoes what the display matrix will do: players turn by `rotation`, then mirror."""
    if clip.hflip:
        picture = picture[:, ::-1]
    return np.rot90(picture, -clip.rotation // 90)


def _with_field_order(frame: VideoFrame, order: Field) -> VideoFrame:
    """PyAV cannot set the interlaced flags of a frame, the `setfield` filter can."""
    frame.time_base = frame.time_base or Fraction(1, 25)
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=Fraction(1, 25),
    )
    graph.link_nodes(source, graph.add("setfield", order), graph.add("buffersink")).configure()
    graph.vpush(frame)
    return graph.vpull()


def frame_of(picture: Picture, pixel_format: str, spec: ColorSpec) -> VideoFrame:
    """An `av.VideoFrame` holding a picture; packed RGB formats take it as it is."""
    height, width = picture.shape[:2]
    if pixel_format in _PACKED:
        packed = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
        named = "rgba" if packed.shape[2] == 4 else "rgb24"
        return VideoFrame.from_ndarray(np.ascontiguousarray(packed), named).reformat(
            format=pixel_format
        )
    frame = VideoFrame(width, height, pixel_format)
    for plane, values in zip(frame.planes, to_planes(picture, pixel_format, spec), strict=True):
        rows = np.frombuffer(memoryview(plane), values.dtype).reshape(plane.height, -1)
        rows[:, : values.shape[1]] = values
    return frame


def _audio_stream(output: Any, sound: Sound) -> Any:
    stream = output.add_stream(sound.codec, rate=sound.rate)
    stream.codec_context.layout = {1: "mono", 2: "stereo", 6: "5.1"}[sound.samples.shape[1]]
    return stream


def _write_sound(output: Any, stream: Any, sound: Sound) -> None:
    context = stream.codec_context
    pcm = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(sound.samples.reshape(1, -1)), "flt", stream.layout.name
    )
    pcm.sample_rate = sound.rate
    pcm.time_base = Fraction(1, sound.rate)
    pcm.pts = round(sound.start * sound.rate)
    context.open(strict=False)
    resampler = av.AudioResampler(
        context.format, context.layout, sound.rate, frame_size=context.frame_size or None
    )
    for piece in [*resampler.resample(pcm), *resampler.resample(None)]:
        output.mux(stream.encode(piece))
    output.mux(stream.encode(None))
