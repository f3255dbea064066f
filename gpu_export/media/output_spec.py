"""What one output file is to be: plain values, complete and already checked.

Knows no tables and no libraries. `output_plan` makes these from a user's words; encoder, muxer and
sinks obey them without further choices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING

from gpu_export.core.color import SRGB
from gpu_export.render.frames import Layout, Target

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from gpu_export.core.color import ColorSpec

NUMBER_PATTERN = re.compile(r"%(?:0\d+)?d")
"""The place of the frame number in the name of a sequence."""

Pairs = tuple[tuple[str, str], ...]
"""Keys and values in order; a mapping that can be hashed."""


LEAST_SHARE, MOST_SHARE = 0.5, 2
"""Of the bitrate: what a segment gets at least and at most where it follows the content."""


class RateControl(StrEnum):
    """What an encoder holds."""

    QUALITY = "quality"
    BITRATE = "bitrate"
    ADAPTIVE = "adaptive"
    """A bitrate that every segment gets as much of as its pictures need."""


class Study(Enum):
    """What has to be learnt of all pictures before the first is written."""

    STATISTICS = auto()
    """What each costs the encoder, for its second pass."""
    PALETTE = auto()
    """Which colours stand for all."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Where a study's findings lie, and whether they are complete and may be used."""

    path: Path
    complete: bool = False

    @property
    def encoding_pass(self) -> int:
        """1 while they are made, 2 when they are used."""
        return 2 if self.complete else 1


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """The picture of an output.

    Attributes:
        codec: name in `codecs.VIDEO_CODECS`, such as `h264`.
        encoder: libav's name of the encoder, such as `libx264`.
        layout: what compositors draw.
        packed: the pixel format the encoder gets where that is not the layout's own.
        width, height: the visible canvas; see `coded_size`.
        rate: frames a second, constant.
        quality: 0..100 (higher is better), or None where `bitrate` or the codec decides.
        bitrate: bits a second, or None.
        ceiling: bits a second that hard scenes may take, where segments differ in bitrate: it
            decides the level in the stream's header, which they share.
        rate_control: which of the two is held, and whether it follows the content.
        preset, profile: the encoder's own words, or None for its default.
        keyframe_interval: frames from one keyframe to the next; every group is closed.
        threads: encoder threads, 0 for as many as there are processors.
        options: what the project adds, as options of libav; see `tuning`.
        alpha: transparency is written; the layout is RGBA then.
        shares: of the bitrate, for each segment of a film by its index; empty for equal ones.
        study: what has to be learnt first, or None.
        notes: where that is; None before there is a place for it.
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
    ceiling: int | None = None
    rate_control: RateControl = RateControl.QUALITY
    preset: str | None = None
    profile: str | None = None
    keyframe_interval: int = 30
    threads: int = 0
    options: Pairs = ()
    alpha: bool = False
    packed: str | None = None
    shares: tuple[float, ...] = ()
    study: Study | None = None
    notes: Notes | None = None
    lookahead: int | None = None
    header_id: int = 0

    def of_segment(self, index: int) -> VideoSpec:
        """How one segment is encoded: with its share of the bitrate, where it has one."""
        if not self.shares or self.bitrate is None:
            return self
        return replace(self, bitrate=round(self.bitrate * self.shares[index]), shares=())

    @property
    def target(self) -> Target:
        """The picture format that compositors are to draw."""
        color = self.color if self.layout.is_yuv else SRGB
        return Target(self.width, self.height, self.layout, color)

    @property
    def pixel_format(self) -> str:
        """Libav's name of what the encoder gets."""
        return self.packed or self.layout.pixel_format

    @property
    def coded_size(self) -> tuple[int, int]:
        """(width, height) of the encoder's pictures: even where chroma is subsampled."""
        if self.packed == "yuva420p":
            return self.width + self.width % 2, self.height + self.height % 2
        return self.target.coded_size


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
