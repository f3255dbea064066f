"""A clip's keys over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from gpu_export.document.model import LayerKeys

if TYPE_CHECKING:
    from gpu_export.timeline.moment import Moment

K = TypeVar("K", bound=LayerKeys)
K_co = TypeVar("K_co", bound=LayerKeys, covariant=True)


class KeysOverTime(Protocol[K_co]):
    """What a clip's keys are at every moment."""

    def at(self, moment: Moment) -> K_co:
        """The keys as plain values; the same object as long as they do not change."""
        ...


@dataclass(frozen=True, slots=True)
class StillKeys(Generic[K]):
    """Keys that never change."""

    keys: K

    def at(self, moment: Moment) -> K:
        """The keys."""
        return self.keys
