"""Which share of the bitrate each segment gets: a quick look at a small version of the film.

Knows segments and weights, no encoder. Invariants: shares lie within the bounds of `output_spec`,
and the film as a whole gets the bitrate that was asked for.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import SRGB
from gpu_export.engine.choose import choose_compositor
from gpu_export.engine.pipeline import Pipeline
from gpu_export.engine.prepare import prepare
from gpu_export.engine.report import Stage
from gpu_export.media.complexity import ComplexityMeter
from gpu_export.media.output_spec import LEAST_SHARE, MOST_SHARE
from gpu_export.render.frames import Layout, Target, plain_allocator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.cancel import Check
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.plan import ExportPlan
    from gpu_export.engine.progress import ProgressMeter
    from gpu_export.engine.segments import Segment

_WIDTH = 320
"""Pixels; detail that is lost at this size costs next to nothing in comparison."""

_ROUNDS = 20


def bitrate_shares(
    planned: ExportPlan,
    segments: Sequence[Segment],
    options: ExportOptions,
    meter: ProgressMeter,
    check: Check,
) -> tuple[float, ...]:
    """The share of each segment: around 1, and 1 on average over the film.

    Raises:
        ExportError: whatever stops an export.
    """
    weights = _weights(planned, options, meter, check)
    start = planned.prepared.frames.start
    means = [
        float(np.mean(weights[segment.frames.start - start : segment.frames.end - start]))
        for segment in segments
    ]
    return shares(means, [len(segment.frames) for segment in segments])


def shares(weights: Sequence[float], lengths: Sequence[int]) -> tuple[float, ...]:
    """In proportion to the weights, within the bounds, 1 on average over the lengths."""
    wanted, part = np.array(weights), np.array(lengths) / sum(lengths)
    factor = 1.0 / float(wanted @ part)
    for _ in range(_ROUNDS):
        kept = np.clip(wanted * factor, LEAST_SHARE, MOST_SHARE)
        factor /= float(kept @ part)
    kept = np.clip(wanted * factor, LEAST_SHARE, MOST_SHARE)
    return tuple(round(float(share), 4) for share in kept)


def _weights(
    planned: ExportPlan, options: ExportOptions, meter: ProgressMeter, check: Check
) -> list[float]:
    """The weight of every frame of the export."""
    known = planned.prepared
    factor = min(Fraction(1), Fraction(_WIDTH, known.timeline.width))
    again = prepare(known.loaded, replace(options, scale=options.scale * factor), known.facts)
    small = again.in_range(known.frames)
    timeline = small.timeline
    target = Target(timeline.width, timeline.height, Layout.RGBA, SRGB)
    complexity = ComplexityMeter()
    meter.start(len(small.frames), timeline.fps, Stage.STUDY)
    weights = []
    with ExitStack() as stack:
        chosen = choose_compositor(options, small.shaders)
        stack.callback(chosen.close)
        feed = small.feed(small.frames, check)
        stack.callback(feed.close)
        surfaces = small.budget.surfaces
        compositor = chosen.make(target, plain_allocator(target), cache_bytes=surfaces)
        stack.callback(compositor.close)
        pipeline = Pipeline(timeline, target, compositor, feed)
        for picture in pipeline.frames(small.frames, check):
            weights.append(complexity.weigh(picture.planes[0]))
            meter.advance()
            meter.tell()
    return weights
