"""One switch that ends an export from anywhere: a signal handler, another thread, a caller."""

from __future__ import annotations

from threading import Event

from gpu_export.errors import Cancelled


class Cancellation:
    """Set once, seen by every loop of the export within a moment."""

    def __init__(self) -> None:
        self._event = Event()

    def cancel(self) -> None:
        """Asks the export to stop; safe from signal handlers and any thread."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether stopping was asked for."""
        return self._event.is_set()

    def check(self) -> None:
        """Raises `Cancelled` once stopping was asked for."""
        if self._event.is_set():
            raise Cancelled
