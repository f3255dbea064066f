"""A sound by sample index, as far as it has been read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gpu_export.render.sound import silence

if TYPE_CHECKING:
    from gpu_export.media.samples import Sound
    from gpu_export.render.sound import AudioBlock


class Tape:
    """Samples by their index, silent before its start and after its end, read as needed."""

    def __init__(self, source: Sound) -> None:
        self._source = source
        self._held = source.read(0)
        self._first = 0
        self.channels = self._held.shape[1]
        self.length: int | None = None
        """Known once the end has been read."""

    def at(self, start: int, stop: int) -> AudioBlock:
        """Samples [start, stop); what was forgotten reads as silence."""
        self._read_to(stop)
        held = self._held[max(0, start - self._first) : max(0, stop - self._first)]
        if len(held) == stop - start:
            return held
        padded = silence(stop - start, self.channels)
        offset = max(0, self._first - start)
        padded[offset : offset + len(held)] = held
        return padded

    def presence(self, start: int, stop: int) -> slice:
        """Which of [start, stop) exist, as a slice relative to `start`."""
        end = stop if self.length is None else min(stop, self.length)
        return slice(max(0, -start), max(0, end - start))

    def forget(self, before: int) -> None:
        """Drops samples that are not asked for again."""
        surplus = before - self._first
        if surplus > 0:
            self._held = self._held[surplus:]
            self._first = before

    def _read_to(self, stop: int) -> None:
        missing = stop - self._first - len(self._held)
        if missing <= 0 or self.length is not None:
            return
        block = self._source.read(missing)
        self._held = np.concatenate([self._held, block])
        if len(block) < missing:
            self.length = self._first + len(self._held)
