"""What a conformance case is, and the budgets that all cases draw from.

A budget is raised only with a reason that names what differs by design; a case that sits on a
rounding boundary gets another input, not another budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_export.render.frames import DecodedFrame, Target
    from gpu_export.render.scene import Scene


@dataclass(frozen=True, slots=True)
class Budget:
    """How far a compositor may be from the oracle.

    Attributes:
        max_diff: code values any sample may differ by.
        allowed_outliers: samples that may differ by more.
        reason: why it is not zero.
        mean: the greatest mean difference of a plane, where `max_diff` alone says too little.
        flat: the greatest difference where the expected picture is flat, likewise.
    """

    max_diff: float
    allowed_outliers: int
    reason: str
    mean: float | None = None
    flat: float | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """An answer that needs no oracle: sample (x, y) of a plane, one value a channel."""

    plane: int
    x: int
    y: int
    value: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One small scene with everything needed to draw and to judge it."""

    name: str
    scene: Scene
    inputs: tuple[DecodedFrame, ...]
    target: Target
    budget: Budget
    probes: tuple[Probe, ...] = ()


COPY = Budget(0, 0, "copied planes and exactly representable colours have nothing to round")
FLAT = Budget(1, 0, "one rounding of a colour to code values")
ROUNDING = Budget(2, 0, "8-bit rounding of the picture inside and of the code values outside")
TEN_BIT = Budget(2, 0, "rounding of the picture inside and of the 10-bit code values outside")


EIGHT_TO_TEN = Budget(
    4, 0, "texture units interpolate 8-bit chroma in 8 bits, whose step is four 10-bit codes"
)
CHROMA = Budget(
    3, 0, "texture units interpolate 8-bit chroma in 8 bits: half a code, up to 1.9 times in colour"
)
TURNED = Budget(
    5,
    0,
    "turned edges: coverage by distance is up to 4.3 % of the contrast off the area, at 45°",
    mean=1.0,
    flat=2,
)
ROUND = Budget(
    7,
    0,
    "a corner of few pixels: coverage by distance takes its arc for straight",
    mean=1.0,
    flat=2,
)
SCALED = Budget(4, 0, "filters round more than once where detail is fine", mean=1.0, flat=2)
NOISE = Budget(
    24,
    0,
    "every pixel is another: shrinking to whole pixels and then shifting softens twice",
    mean=1.5,
    flat=2,
)
