"""What one output file is to be: plain values, complete and already checked.

Knows no tables and no libraries. `output_plan` makes these from a user's words; encoder, muxer and
sinks obey them without further choices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.render.frames import Target

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from gpu_export.core.color import ColorSpec
    from gpu_export.render.frames import Layout

NUMBER_PATTERN = re.compile(r"%(?:0\d+)?d")
"""The place of the frame number in the name of a sequence."""

Pairs = tuple[tuple[str, str], ...]
"""Keys and values in order; a mapping that can be hashed."""


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """The picture of an output.

    Attributes:
        codec: name in `codecs.VIDEO_CODECS`, such as `h264`.
        encoder: libav's name of the encoder, such as `libx264`.
        width, height: the visible canvas; see `Target.coded_size`.
        rate: frames a second, constant.
        quality: 0..100 (higher is better), or None where `bitrate` or the codec decides.
        bitrate: bits a second, or None.
        preset, profile: the encoder's own words, or None for its default.
        keyframe_interval: frames from one keyframe to the next; every group is closed.
        threads: encoder threads, 0 for as many as there are processors.
        options: further encoder options, from the encoder's allow-list.
        alpha: transparency is written.
        lookahead: pictures the encoder may look ahead, or None for its preset's own.
        header_id: number of the parameter sets (H.264), where another stream's stand beside them.
    """

    codec: str
    encoder: str
    layout: Layout
    width: int
    height: int
    rate: Fraction
    color: ColorSpec
    quality: int | None = None
    bitrate: int | None = None
    preset: str | None = None
    profile: str | None = None
    keyframe_interval: int = 30
    threads: int = 0
    options: Pairs = ()
    alpha: bool = False
    lookahead: int | None = None
    header_id: int = 0

    @property
    def target(self) -> Target:
        """The picture format that compositors are to draw."""
        return Target(self.width, self.height, self.layout, self.color)


@dataclass(frozen=True, slots=True)
class AudioSpec:
    """The sound of an output: codec name, samples a second, channels, bits a second or None.

    `rate` and `channels` are what the mixer has to deliver.
    """

    codec: str
    rate: int
    channels: int
    bitrate: int | None = None


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One output file, or a sequence, where the number pattern in `path` counts the frames.

    `container` is a name in `codecs.CONTAINERS`; at least one of `video` and `audio` is there.
    """

    path: Path
    container: str
    video: VideoSpec | None = None
    audio: AudioSpec | None = None
    metadata: Pairs = ()
    is_sequence: bool = False
