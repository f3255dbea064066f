"""The process that owns the GL context, seen from the one that uses it.

Owns starting, asking within a time limit, and ending it; knows no frames. Invariant: a call either
gets its answer in time or the process is gone.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from gpu_export.errors import DeviceError, ShaderStopped
from gpu_export.guard.channel import Channel
from gpu_export.guard.messages import OPENING_S, Done, Failed, Open, Opened
from gpu_export.guard.note import Note

if TYPE_CHECKING:
    from gpu_export.guard.messages import Order


class GuardProcess:
    """One GL device in a process of its own.

    Attributes:
        limit_s: seconds that one answer may take; what the kernel does at last counts from the
            value given at the start.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        ours, theirs = socket.socketpair()
        with theirs:
            command = (sys.executable, "-m", "gpu_export.guard.worker", str(theirs.fileno()))
            self._process = subprocess.Popen(
                (*command, str(limit_s)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                process_group=0,  # a terminal's Ctrl-C is for the one who asked, who then ends this
            )
        self._channel = Channel(ours)
        self._note = Note.new()
        self._owes_answer = False

    def open(self, device_index: int) -> Opened:
        """Opens and tries the device.

        Raises:
            DeviceError: it does not work, or did not answer in time.
        """
        limit_s, self.limit_s = self.limit_s, max(self.limit_s, OPENING_S)
        answer = self.ask(Open(device_index), (self._note.descriptor,))
        self.limit_s = limit_s
        assert isinstance(answer, Opened)  # the one answer to this order
        return answer

    def post(self, order: Order, descriptors: tuple[int, ...] = ()) -> None:
        """Sends an order and leaves its answer to be looked at before the next one.

        Raises:
            DeviceError: the process has ended.
            ExportError: what the order before this failed with.
        """
        self.settle()
        try:
            self._channel.send(order, descriptors)
        except OSError as error:
            raise self._death() from error
        self._owes_answer = True

    def ask(self, order: Order, descriptors: tuple[int, ...] = ()) -> Opened | Done:
        """Sends an order and waits for its answer.

        Raises:
            ShaderStopped, DeviceError, ExportError: as `settle`.
        """
        self.post(order, descriptors)
        self._owes_answer = False
        return self._answer()

    def settle(self) -> None:
        """Waits until the last order is done.

        Raises:
            ShaderStopped: a shader took longer than the limit; names file and clip.
            DeviceError: the process has ended, or the driver hangs.
            ExportError: what the order failed with.
        """
        if self._owes_answer:
            self._owes_answer = False
            self._answer()

    def _answer(self) -> Opened | Done:
        try:
            answer, _ = self._channel.receive(self.limit_s)
        except TimeoutError as error:
            raise self._stopped() from error
        except EOFError as error:
            raise self._death() from error
        if isinstance(answer, Failed):
            raise answer.error
        assert isinstance(answer, Opened | Done)  # nothing else is ever sent
        return answer

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def close(self) -> None:
        """Ends the process; idempotent."""
        self._channel.close()
        self._process.kill()
        self._process.wait()
        self._note.close()

    def _stopped(self) -> ShaderStopped | DeviceError:
        self._process.kill()
        self._process.wait()
        running = self._note.read()
        if running is None:
            return DeviceError(f"the GL driver did not answer for {self.limit_s:g} seconds")
        file, where = running
        return ShaderStopped(file=file, clip=where, seconds=self.limit_s)

    def _death(self) -> DeviceError:
        code = self._process.wait()
        how = f"signal {-code}" if code < 0 else f"exit status {code}"
        running = self._note.read()
        at = "" if running is None else f" while it ran {running[0]} for {running[1]}"
        return DeviceError(
            f"the process that draws with GL ended by {how}{at}",
            remedy="The driver may be at fault: update it, or change the shader.",
        )
