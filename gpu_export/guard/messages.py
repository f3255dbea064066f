"""What the two processes say to each other. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from gpu_export.core.color import ColorSpec
    from gpu_export.guard.memory import PlaneShape
    from gpu_export.render.damage import DamagePlan
    from gpu_export.render.frames import Layout, Target


@dataclass(frozen=True, slots=True)
class Open:
    """Opens the device and tries it; answered by `Opened`. Comes with the note's descriptor."""

    device_index: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The kind of compositor, the renderer's own name, and of which version its driver is."""

    name: str
    detail: str
    driver: str


@dataclass(frozen=True, slots=True)
class Make:
    """Makes compositor `number`. Comes with the descriptor of the block for finished frames."""

    number: int
    target: Target
    result: tuple[PlaneShape, ...]
    result_bytes: int
    cache_bytes: int


@dataclass(frozen=True, slots=True)
class FrameGiven:
    """A decoded frame that is called `token` from now on.

    It lies in block `block`; `block_bytes` is not 0 where that is new, and its descriptor comes
    with the message.
    """

    token: int
    block: int
    block_bytes: int
    planes: tuple[PlaneShape, ...]
    layout: Layout
    size: tuple[int, int]
    color: ColorSpec
    pts: Fraction
    opaque: bool


@dataclass(frozen=True, slots=True)
class Submit:
    """Starts a frame; `inputs` are tokens. Frames in `forgotten` are never spoken of again."""

    number: int
    plan: DamagePlan
    inputs: tuple[int, ...]
    given: tuple[FrameGiven, ...]
    forgotten: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Collect:
    """Finishes the oldest frame and puts it into the compositor's block."""

    number: int


@dataclass(frozen=True, slots=True)
class Trim:
    """Drops what a compositor can make again."""

    number: int


@dataclass(frozen=True, slots=True)
class Close:
    """Ends a compositor."""

    number: int


OPENING_S = 60.0
"""Seconds that opening a device may take at least: drivers start slowly on busy machines."""

Order = Open | Make | Submit | Collect | Trim | Close
"""What can be asked for."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was asked for is done."""


@dataclass(frozen=True, slots=True)
class Failed:
    """What was asked for failed."""

    error: Exception
