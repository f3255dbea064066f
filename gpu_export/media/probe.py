"""Probing: what the timeline has to know of a source, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.media.inspection import inspect

if TYPE_CHECKING:
    from gpu_export.core.facts import MediaFacts, MediaRef
    from gpu_export.core.policy import Policy


def probe(ref: MediaRef, policy: Policy, *, where: str = "") -> MediaFacts:
    """The facts of a source: sizes, duration and rate from its frames, colour, sound.

    Cached while the file keeps its size and time of change.

    Raises:
        MissingMedia: there is no such file, or it cannot be read.
        UnsupportedMedia: nothing in it can be decoded, or policy forbids it.
        CorruptMedia: it is damaged so that not one picture or sound comes out.
    """
    return inspect(ref, policy, where=where).facts()
