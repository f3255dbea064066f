"""Whether the sound of a source can be used: decodes it as a mix would, and listens to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.media.samples import CHUNK, nearest, skip
from gpu_export.media.sound_file import Desk, open_file_sound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from gpu_export.core.policy import Policy
    from gpu_export.render.sound import MediaSound

_RATE = 48_000
_CHANNELS = 2


def check_sound(
    source: MediaSound, first: Fraction, last: Fraction, policy: Policy, *, where: str = ""
) -> tuple[str, ...]:
    """Decodes the beginning and the end of what lies between `first` and `last`, in seconds.

    Returns:
        What is wrong without being fatal.

    Raises:
        MediaError: the source cannot be used.
    """
    start, end = nearest(first * _RATE), nearest(last * _RATE)
    tail = max(start, end - CHUNK)
    return _decoded(source, [(start, min(end, start + CHUNK)), (tail, end)], policy, where)


def check_sound_thoroughly(
    source: MediaSound, first: Fraction, last: Fraction, policy: Policy, *, where: str = ""
) -> tuple[str, ...]:
    """Like `check_sound`, decoding everything from `first` to `last`."""
    whole = (nearest(first * _RATE), nearest(last * _RATE))
    return _decoded(source, [whole], policy, where)


def _decoded(
    source: MediaSound, parts: Iterable[tuple[int, int]], policy: Policy, where: str
) -> tuple[str, ...]:
    """Decodes half-open runs of samples; each odd thing is told once."""
    found: dict[str, None] = {}

    def warn(message: str) -> None:
        found[message] = None

    desk = Desk(policy, _RATE, _CHANNELS, warn)
    for start, end in parts:
        sound = open_file_sound(source, start, desk, where)
        try:
            skip(sound, end - start)
        finally:
            sound.close()
    return tuple(found)
