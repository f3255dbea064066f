"""Renders segments in worker processes, each with its own context, decoders and encoder.

Knows no output file. Invariant: whatever happens to a worker, its run ends in an outcome; closing
leaves no process behind.
"""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO, cast

from gpu_export.engine.pool import Outcome, RunFailed, RunMade
from gpu_export.engine.wire import receive, send
from gpu_export.errors import WorkerDied
from gpu_export.media.parts import remove_unfinished

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.cancel import Check
    from gpu_export.engine.segments import Segment
    from gpu_export.engine.wire import Task

_POLL_S = 0.05
_COMMAND = (sys.executable, "-m", "gpu_export.engine.worker")


class _Worker:
    """One process and the thread that listens to it."""

    def __init__(self, task: Task, told: Queue[tuple[_Worker, Outcome | None]]) -> None:
        self.is_busy = False
        self._process = subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=-1,
            process_group=0,  # a terminal's Ctrl-C is for the pool's owner, who then ends this
        )
        self._orders = cast("BinaryIO", self._process.stdin)
        self._reports = cast("BinaryIO", self._process.stdout)
        self._told = told
        self._folders = {place.parent for place in task.places.values()}
        with suppress(OSError):  # its end is told by the thread
            send(self._orders, task)
        self._thread = Thread(target=self._listen, name="worker", daemon=True)
        self._thread.start()

    def render(self, run: Sequence[Segment]) -> None:
        """Hands it a run."""
        self.is_busy = True
        with suppress(OSError):
            send(self._orders, tuple(run))

    def end_of(self) -> str:
        """How the process ended, in words."""
        code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    def kill(self) -> None:
        """Ends it at once, and removes the part it was at."""
        self._process.kill()
        with suppress(OSError):
            self._orders.close()
        self._process.wait()
        self._thread.join()
        self._reports.close()
        for folder in self._folders:
            remove_unfinished(folder, self._process.pid)

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._told.put((self, receive(self._reports)))
        self._told.put((self, None))


class ProcessPool:
    """A `Pool` of `count` processes that all serve `task`."""

    def __init__(self, task: Task, count: int) -> None:
        self._task = task
        self._count = count
        self._told: Queue[tuple[_Worker, Outcome | None]] = Queue()
        self._workers: list[_Worker] = []
        self._waiting: deque[Sequence[Segment]] = deque()

    def submit(self, run: Sequence[Segment]) -> None:
        """Takes a run; see `Pool.submit`."""
        self._waiting.append(run)
        self._hand_out()

    def next(self, check: Check) -> Outcome:
        """Waits for what happens next; see `Pool.next`."""
        while True:
            check()
            with suppress(Empty):
                worker, outcome = self._told.get(timeout=_POLL_S)
                if outcome is None:
                    outcome = self._bury(worker)
                if outcome is None:
                    continue
                if isinstance(outcome, RunMade | RunFailed):
                    worker.is_busy = False
                    self._hand_out()
                return outcome

    def close(self) -> None:
        """Kills the workers; idempotent."""
        while self._workers:
            self._workers.pop().kill()

    def _bury(self, worker: _Worker) -> Outcome | None:
        """A worker ended; None if it was idle."""
        if worker not in self._workers:
            return None
        self._workers.remove(worker)
        how = worker.end_of()
        worker.kill()
        if not worker.is_busy:
            return None
        return RunFailed(
            WorkerDied(
                f"a worker process ended by {how}",
                remedy="Free some memory, or use fewer workers (--jobs).",
            )
        )

    def _hand_out(self) -> None:
        while self._waiting:
            idle = next((worker for worker in self._workers if not worker.is_busy), None)
            if idle is None:
                if len(self._workers) >= self._count:
                    return
                idle = _Worker(self._task, self._told)
                self._workers.append(idle)
            idle.render(self._waiting.popleft())
