"""Ctrl-C and SIGTERM during an export: the first asks it to end, the second ends the process."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gpu_export.cli.exit_codes import Interrupted
from gpu_export.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from gpu_export.engine.cancel import Cancellation

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def cancelled_by_signals(cancellation: Cancellation) -> Iterator[None]:
    """Lets signals cancel what runs inside; only in the main thread.

    Raises:
        Interrupted: the work ended because of one.
    """
    received: list[int] = []

    def handle(signum: int, _frame: FrameType | None) -> None:
        if received:
            signal.signal(signum, signal.SIG_DFL)
            os.kill(os.getpid(), signum)
        received.append(signum)
        cancellation.cancel()

    previous = {name: signal.signal(name, handle) for name in _SIGNALS}
    try:
        yield
    except Cancelled as error:
        if received:
            raise Interrupted(received[0]) from error
        raise
    finally:
        for name, handler in previous.items():
            signal.signal(name, handler)
