"""Starts a child for a request and makes an answer of whatever becomes of it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

from gpu_export.machine.requests import GlFacts, GlTrial
from gpu_export.machine.verdict import Verdict

if TYPE_CHECKING:
    from gpu_export.machine.requests import Answer, Request

TIMEOUT_S = 30.0
"""Cold drivers take seconds; what takes longer hangs."""

_COMMAND = (sys.executable, "-m", "gpu_export.machine.child")
# Of a child's last words.
_LAST_LINES = 3


def ask(request: Request, timeout_s: float = TIMEOUT_S) -> Answer:
    """The child's answer, or a "no" where it crashed, hung or could not start."""
    try:
        ended = subprocess.run(
            _COMMAND,
            input=pickle.dumps(request),
            capture_output=True,
            timeout=timeout_s,
            process_group=0,  # a terminal's Ctrl-C is no crash of the driver
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _no(request, f"it did not answer within {timeout_s:g} seconds", passing=True)
    except OSError as error:
        return _no(request, f"no process could be started: {error}", passing=True)
    if ended.returncode == 0 and ended.stdout:
        answer: Answer = pickle.loads(ended.stdout)
        return answer
    return _no(request, _how_it_ended(ended.returncode, ended.stderr), passing=False)


def _how_it_ended(code: int, words: bytes) -> str:
    last = " ".join(words.decode(errors="replace").split("\n")[-_LAST_LINES:]).strip()
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"the driver crashed ({how}) {last}".strip()


def _no(request: Request, reason: str, *, passing: bool) -> Answer:
    verdict = Verdict(works=False, reason=reason, passing=passing)
    return GlFacts(probe=verdict) if isinstance(request, GlTrial) else verdict
