"""How work is stopped from outside: whatever takes long calls a check, which raises to end it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from gpu_export.errors import Cancelled

Check = Callable[[], None]
"""Raises once the work is no longer wanted; costs next to nothing, so that loops can call it."""


def unstoppable() -> None:
    """The check of work that nobody stops."""


class Cancellation:
    """A switch, set once, seen by every loop of the work within a moment."""

    def __init__(self) -> None:
        self._event = Event()

    def cancel(self) -> None:
        """Asks the work to stop; safe from signal handlers and any thread."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether stopping was asked for."""
        return self._event.is_set()

    def check(self) -> None:
        """Raises `Cancelled` once stopping was asked for."""
        if self._event.is_set():
            raise Cancelled
