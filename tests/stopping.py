"""For tests of what must end promptly although it would go on for minutes."""

from __future__ import annotations

from itertools import count
from threading import Event, Thread
from typing import TYPE_CHECKING

from av.packet import Packet

from gpu_export.errors import Cancelled
from gpu_export.media import reel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest
    from av.container import InputContainer
    from av.stream import Stream

PROMPT_S = 10.0
"""Enough for a busy machine; what is to end would go on for minutes."""

BEGUN_S = 20.0
"""How long a test waits for work to begin before it gives up."""


class Ended:
    """Work on a thread of its own; `error` is what it failed with."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.error: BaseException | None = None
        self._work = work
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def promptly(self) -> bool:
        """Whether it is over within `PROMPT_S` from now."""
        self._thread.join(PROMPT_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - looked at by the test
            self.error = error


def raising_at(call: int) -> Callable[[], None]:
    """A check that raises when it is called for the `call`-th time."""
    calls = iter(range(1, call))

    def check() -> None:
        if next(calls, None) is None:
            raise Cancelled

    return check


def endless_film(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Makes every film from now on decode for ever before its first picture; set once one does."""
    under_way = Event()

    def packets(source: InputContainer, stream: Stream) -> Iterator[Packet[Stream]]:
        del source
        for number in count():
            if number == 10:
                under_way.set()
            packet = Packet(b"no picture")
            packet.stream = stream
            yield packet

    monkeypatch.setattr(reel, "packets", packets)
    return under_way
