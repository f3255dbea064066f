"""Judges a rendered frame against the oracle, and leaves evidence where it fails.

Owns no tolerance: those are the case's. RGBA is compared premultiplied, because the colour under
a faint alpha is neither visible nor well rounded; everything else as code values.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gpu_export.render.frames import Layout
from tests.reference.planes import code_values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from gpu_export.render.frames import Plane
    from tests.conformance.case import Case

    Array = NDArray[np.float64]

_AMPLIFICATION = 32.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one plane compares; `complaints` is empty where it keeps to the budget."""

    plane: int
    max_diff: float
    mean_diff: float
    outliers: int
    worst_at: tuple[int, ...]
    complaints: tuple[str, ...]


def judge(case: Case, expected: Sequence[Array], actual: Sequence[Plane]) -> tuple[Verdict, ...]:
    """Compares all planes; `expected` are code values, `actual` stored samples."""
    layout = case.target.layout
    drawn = code_values(layout, actual)
    pairs = zip(_comparable(layout, expected), _comparable(layout, drawn), strict=True)
    return tuple(
        _judge_plane(case, index, want, got, drawn[index])
        for index, (want, got) in enumerate(pairs)
    )


def is_accepted(verdicts: Sequence[Verdict]) -> bool:
    """Whether no plane has a complaint."""
    return not any(verdict.complaints for verdict in verdicts)


def require(case: Case, expected: Sequence[Array], actual: Sequence[Plane], evidence: Path) -> None:
    """Fails with what is wrong and where the pictures of it lie.

    Raises:
        AssertionError: a plane exceeds its budget or misses a probe.
    """
    __tracebackhide__ = True
    verdicts = judge(case, expected, actual)
    if is_accepted(verdicts):
        return
    write_evidence(case, expected, actual, verdicts, evidence)
    lines = [
        f"plane {verdict.plane}: {'; '.join(verdict.complaints)} (worst at {verdict.worst_at})"
        for verdict in verdicts
        if verdict.complaints
    ]
    raise AssertionError("\n".join([case.name, *lines, f"evidence in {evidence}"]))


def write_evidence(
    case: Case,
    expected: Sequence[Array],
    actual: Sequence[Plane],
    verdicts: Sequence[Verdict],
    folder: Path,
) -> None:
    """One PNG each of expected, actual and amplified difference a plane, and the numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    peak = float((1 << case.target.layout.bit_depth) - 1)
    drawn = code_values(case.target.layout, actual)
    for index, (want, got) in enumerate(zip(expected, drawn, strict=True)):
        difference = np.abs(got - want) * _AMPLIFICATION
        pictures = {"expected": want, "actual": got, "difference": difference}
        for name, plane in pictures.items():
            _as_image(plane / peak).save(folder / f"plane{index}_{name}.png")
    facts = {
        "case": case.name,
        "budget": asdict(case.budget),
        "planes": list(map(asdict, verdicts)),
    }
    (folder / "verdict.json").write_text(json.dumps(facts, indent=2))


def _judge_plane(case: Case, index: int, want: Array, got: Array, drawn: Array) -> Verdict:
    if want.shape != got.shape:
        complaint = f"shape {got.shape} instead of {want.shape}"
        return Verdict(index, float("inf"), float("inf"), 0, (), (complaint,))
    difference = np.abs(got - want)
    worst = np.unravel_index(int(difference.argmax()), difference.shape)
    outliers = int((_by_pixel(difference) > case.budget.max_diff + 0.5).sum())
    return Verdict(
        plane=index,
        max_diff=float(difference.max()),
        mean_diff=float(difference.mean()),
        outliers=outliers,
        worst_at=tuple(int(place) for place in worst),
        complaints=(
            *_budget_complaints(case, want, difference, outliers),
            *_probe_complaints(case, index, drawn),
        ),
    )


def _budget_complaints(
    case: Case, want: Array, difference: Array, outliers: int
) -> tuple[str, ...]:
    """`want` is not rounded, so half a code value more than the budget is still within it."""
    budget, complaints = case.budget, []
    if outliers > budget.allowed_outliers:
        complaints.append(
            f"{outliers} pixels beyond {budget.max_diff}, {budget.allowed_outliers} allowed, "
            f"largest {difference.max():.1f}"
        )
    if budget.mean is not None and difference.mean() > budget.mean:
        complaints.append(f"mean {difference.mean():.2f} above {budget.mean}")
    if budget.flat is not None:
        calm = _flat_areas(want)
        worst = float(difference[calm].max()) if calm.any() else 0.0
        if worst > budget.flat + 0.5:
            complaints.append(f"flat areas differ by {worst:.1f}, {budget.flat} allowed")
    return tuple(complaints)


def _probe_complaints(case: Case, index: int, drawn: Array) -> tuple[str, ...]:
    complaints = []
    for probe in case.probes:
        if probe.plane != index:
            continue
        found = np.atleast_1d(drawn[probe.y, probe.x])
        if np.abs(found - np.array(probe.value)).max() > case.budget.max_diff + 0.5:
            place = f"({probe.x}, {probe.y})"
            complaints.append(f"{place} is {found.tolist()} instead of {list(probe.value)}")
    return tuple(complaints)


def _comparable(layout: Layout, planes: Sequence[Array]) -> tuple[Array, ...]:
    if layout is not Layout.RGBA:
        return tuple(planes)
    rgba = planes[0]
    alpha = rgba[..., 3:]
    return (np.concatenate([rgba[..., :3] * alpha / 255.0, alpha], axis=-1),)


def _by_pixel(difference: Array) -> Array:
    """The greatest difference of a pixel's channels."""
    most: Array = difference.max(axis=-1) if difference.ndim == 3 else difference
    return most


def _flat_areas(plane: Array) -> NDArray[np.bool_]:
    """Where a pixel and its eight neighbours are within one code value."""
    height, width = plane.shape[:2]
    padding = ((1, 1), (1, 1), (0, 0))[: plane.ndim]
    padded = np.pad(plane, padding, mode="edge")
    around = np.stack(
        [padded[dy : dy + height, dx : dx + width] for dy in range(3) for dx in range(3)]
    )
    calm: NDArray[np.bool_] = around.max(axis=0) - around.min(axis=0) < 1.0
    return calm


def _as_image(plane: Array) -> Image.Image:
    samples = (plane.clip(0.0, 1.0) * 255).round().astype(np.uint8)
    if samples.ndim == 3 and samples.shape[2] == 2:
        samples = np.concatenate([samples[..., 0], samples[..., 1]], axis=1)
    return Image.fromarray(samples)
