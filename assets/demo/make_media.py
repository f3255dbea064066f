"""Makes the demo's own media again: a logo with alpha and twenty seconds of music.

Run from anywhere: python assets/demo/make_media.py
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEDIA = Path(__file__).parent / "media"
RATE = 48_000
SUPERSAMPLE = 8

# Am, F, C, G: two seconds each, as MIDI note numbers.
CHORDS = ((57, 60, 64, 69), (53, 57, 60, 65), (48, 55, 60, 64), (55, 59, 62, 67))
CHORD_S = 2.0
BARS = 10


def draw_logo(path: Path, size: int = 256) -> None:
    """A play button in a ring, soft edges on a transparent ground."""
    big = size * SUPERSAMPLE
    image = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((0.04 * big, 0.04 * big, 0.96 * big, 0.96 * big), fill=(16, 20, 32, 176))
    pen.ellipse(
        (0.06 * big, 0.06 * big, 0.94 * big, 0.94 * big),
        outline=(255, 255, 255, 235),
        width=big // 18,
    )
    pen.polygon(
        [(0.39 * big, 0.29 * big), (0.39 * big, 0.71 * big), (0.74 * big, 0.50 * big)],
        fill=(255, 196, 0, 255),
    )
    image.resize((size, size), Image.Resampling.BOX).save(path, optimize=True)


def compose_music() -> NDArray[np.float32]:
    """(samples, 2) float32: plucked chords over a soft bass, fading out at the end."""
    total = int(BARS * CHORD_S * RATE)
    mix = np.zeros((total, 2))
    for bar in range(BARS):
        chord = CHORDS[bar % len(CHORDS)]
        start = bar * CHORD_S
        _add(mix, _tone(chord[0] - 12, 2.0, decay=1.2), start, pan=0.5, gain=0.22)
        for step in range(8):
            note = chord[(step * 3) % len(chord)] + (12 if step % 4 == 2 else 0)
            pluck = _tone(note, 0.9, decay=5.0)
            _add(mix, pluck, start + step * CHORD_S / 8, pan=0.3 + 0.4 * (step % 2), gain=0.13)
    fade = np.clip(np.arange(total, 0, -1) / (1.5 * RATE), 0.0, 1.0)
    return (mix * fade[:, None]).astype(np.float32)


def _tone(note: int, length_s: float, *, decay: float) -> NDArray[np.float64]:
    time = np.arange(int(length_s * RATE)) / RATE
    frequency = 440.0 * 2 ** ((note - 69) / 12)
    wave = sum(
        np.sin(2 * np.pi * frequency * harmonic * time) / harmonic**2 for harmonic in (1, 2, 3)
    )
    attack = np.minimum(time / 0.008, 1.0)
    return np.asarray(wave * attack * np.exp(-decay * time))


def _add(
    mix: NDArray[np.float64], tone: NDArray[np.float64], start_s: float, *, pan: float, gain: float
) -> None:
    first = int(start_s * RATE)
    tone = tone[: len(mix) - first]
    for channel, weight in enumerate((np.cos(pan * np.pi / 2), np.sin(pan * np.pi / 2))):
        mix[first : first + len(tone), channel] += gain * weight * tone


def write_opus(path: Path, samples: NDArray[np.float32]) -> None:
    """Encodes float samples at 48 kHz."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="stereo")
        stream.bit_rate = 96_000
        for start in range(0, len(samples), 960):
            block = np.ascontiguousarray(samples[start : start + 960].reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(block, format="flt", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    draw_logo(MEDIA / "logo.png")
    write_opus(MEDIA / "music.opus", compose_music())
