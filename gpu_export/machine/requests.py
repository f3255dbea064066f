"""What can be tried, and what is told of it: values that travel between processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gpu_export.machine.verdict import Verdict

if TYPE_CHECKING:
    from gpu_export.media.output_spec import VideoSpec


@dataclass(frozen=True, slots=True)
class EncoderTrial:
    """Encode some pictures of each spec, in order, until one fails."""

    specs: tuple[VideoSpec, ...]


@dataclass(frozen=True, slots=True)
class GlTrial:
    """Open a GL context and render the probe scene."""

    device_index: int = 0


@dataclass(frozen=True, slots=True)
class GlFacts:
    """What a GL context says of itself; empty where none could be opened.

    Attributes:
        vendor, renderer, version: in the driver's words.
        hardware: it is drawn by a device, not by the processor.
        max_texture: pixels a side.
        probe: whether the probe scene came out right.
    """

    vendor: str = ""
    renderer: str = ""
    version: str = ""
    hardware: bool = False
    max_texture: int = 0
    probe: Verdict = field(default_factory=lambda: Verdict(works=False))


Request = EncoderTrial | GlTrial
Answer = Verdict | GlFacts
