"""The mix: every clip of a sound plan, summed, mastered, in blocks of exact total length.

Owns when sources are open (only while heard) and the order of work: voices, sum, master. Knows
sound plans, never projects. Invariant: memory does not depend on duration, and a part of a plan
sounds as it does in the whole.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.cancel import unstoppable
from gpu_export.media.master import mastered
from gpu_export.media.samples import BlockSound, Sound, blocks_of, nearest, read_padded
from gpu_export.media.sound_file import Desk, open_file_sound
from gpu_export.media.voices import voices_of
from gpu_export.render.sound import MediaSound, SoundPlan, silence

if TYPE_CHECKING:
    from types import TracebackType

    from gpu_export.core.cancel import Check
    from gpu_export.core.policy import Policy
    from gpu_export.media.voices import Voice
    from gpu_export.render.sound import AudioBlock, Master, SoundSpan

BLOCK_SAMPLES = 4096
"""Length of the blocks that leave the mix; the last one is shorter."""


def open_mix(
    plan: SoundPlan,
    master: Master,
    policy: Policy,
    *,
    start: Fraction = Fraction(0),
    end: Fraction | None = None,
    check: Check = unstoppable,
) -> SoundStream:
    """Mixes [start, end) of a plan, all of it by default. The caller closes the stream.

    Files are opened when they are first heard, so their errors come from the iteration. With a
    loudness target the first block waits for the whole mix, which is kept on disk meanwhile.

    Args:
        plan: spans in seconds.
        master: rate, channels (1 or 2), gain, loudness target, true-peak ceiling.
        policy: what may be opened.
        start: seconds of the plan, where to begin.
        end: seconds, exclusive; None for the plan's duration. Beyond that there is silence.
        check: called again and again while a block is in the making, which takes minutes where
            sound is measured, reversed or skipped first; what it raises ends the iteration.

    Raises:
        ValueError: more than two channels were asked for.
    """
    if master.channels not in (1, 2):
        raise ValueError(f"mixes have 1 or 2 channels, not {master.channels}")
    seconds = start, plan.duration if end is None else end
    return SoundStream(plan, master, policy, seconds, check)


class SoundStream:
    """Blocks (n, channels) float32, in order; an iterator and a context manager."""

    def __init__(
        self,
        plan: SoundPlan,
        master: Master,
        policy: Policy,
        seconds: tuple[Fraction, Fraction],
        check: Check = unstoppable,
    ) -> None:
        self._warnings: dict[str, None] = {}
        first, last = (nearest(time * master.sample_rate) for time in seconds)
        self._left = max(0, last - first)
        desk = Desk(policy, master.sample_rate, master.channels, self._warn, check)
        mixer = _Mixer(plan, desk, first)
        finished = mastered(blocks_of(mixer), master, self._warn, check)
        self._sound: Sound = BlockSound(finished, master.channels, mixer)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What listeners should know so far, each once; complete after the last block."""
        return tuple(self._warnings)

    def close(self) -> None:
        """Closes every source; may be called at any time and twice."""
        self._left = 0
        self._sound.close()

    def __iter__(self) -> SoundStream:
        return self

    def __next__(self) -> AudioBlock:
        if self._left == 0:
            raise StopIteration
        block = read_padded(self._sound, min(BLOCK_SAMPLES, self._left))
        self._left -= len(block)
        if self._left == 0:
            self._sound.close()
        return block

    def __enter__(self) -> SoundStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _warn(self, message: str) -> None:
        self._warnings[message] = None


class _Mixer:
    """The sum of a plan's voices from a sample on; a `Sound` itself, so that plans nest."""

    def __init__(self, plan: SoundPlan, desk: Desk, start: int) -> None:
        self._desk = desk
        self._position = start
        self._end = nearest(plan.duration * desk.rate)
        voices = voices_of(plan, desk.rate, desk.channels, desk.check)
        self._waiting = deque(voice for voice in voices if voice.end > start)
        self._heard: list[Voice] = []

    def read(self, length: int) -> AudioBlock:
        """See `Sound.read`."""
        at = self._position
        block = silence(max(0, min(length, self._end - at)), self._desk.channels)
        self._position = at + len(block)
        while self._waiting and self._waiting[0].start < self._position:
            self._heard.append(self._waiting.popleft())
        for voice in self._heard:
            voice.add_to(block, at, self._open_source)
        self._heard = [voice for voice in self._heard if voice.end > self._position]
        return block

    def close(self) -> None:
        """See `Sound.close`."""
        for voice in self._heard:
            voice.close()
        self._heard.clear()
        self._waiting.clear()

    def _open_source(self, span: SoundSpan, start: int) -> Sound:
        match span.source:
            case MediaSound():
                return open_file_sound(span.source, start, self._desk, span.where)
            case SoundPlan():
                return _Mixer(span.source, self._desk, start)
