"""A worker process: gets a task and runs of segments on its input, tells outcomes on its output.

Started as `python -m gpu_export.engine.worker`, so the program that exports needs no guard for
its own start. Invariant: it ends when its input does, so an export that was killed leaves no
worker behind.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from gpu_export.engine.choose import choose_compositor
from gpu_export.engine.local_pool import LocalPool
from gpu_export.engine.pool import RunFailed, RunMade
from gpu_export.engine.prepare import prepare
from gpu_export.engine.wire import receive, send
from gpu_export.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.engine.segments import Segment
    from gpu_export.engine.wire import Task


def work(orders: BinaryIO, reports: BinaryIO) -> None:
    """Serves one export until `orders` ends."""
    task: Task = receive(orders)
    try:
        prepared = prepare(task.loaded, task.options, task.facts)
        chosen = choose_compositor(task.options, prepared.shaders)
    except ExportError as error:
        receive(orders)
        send(reports, RunFailed(error))
        return
    pool = LocalPool(prepared, task.video, chosen.make, lambda segment: task.places[segment.index])
    try:
        while True:
            _render(pool, receive(orders), reports)
    finally:
        pool.close()
        chosen.close()


def _render(pool: LocalPool, run: Sequence[Segment], reports: BinaryIO) -> None:
    pool.submit(run)
    while True:
        outcome = pool.next(lambda: None)
        send(reports, outcome)
        if isinstance(outcome, RunMade | RunFailed):
            return


def main() -> None:
    """Serves on standard input and output; libraries that print do so on standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the export itself answers Ctrl-C
    orders = os.fdopen(os.dup(0), "rb")
    reports = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with suppress(EOFError, BrokenPipeError):
        work(orders, reports)
    # Whatever threads are still at: nobody is listening any more.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
