"""A process that tries one thing and tells how it went: `python -m gpu_export.machine.child`.

Reads a pickled request from its input, writes the pickled answer to its output. Invariant: it may
crash or hang without harm to whoever started it.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import TYPE_CHECKING, assert_never

from gpu_export.backends import gl_facts
from gpu_export.errors import DeviceError, ExportError
from gpu_export.machine.requests import EncoderTrial, GlFacts, GlTrial
from gpu_export.machine.verdict import Verdict, refusal
from gpu_export.media.trial import try_encoder

if TYPE_CHECKING:
    from gpu_export.machine.requests import Answer, Request


def answer(request: Request) -> Answer:
    """Tries what is asked for."""
    match request:
        case EncoderTrial():
            return _encoder(request)
        case GlTrial():
            return _gl(request)
        case _:
            assert_never(request)


def _encoder(request: EncoderTrial) -> Verdict:
    for spec in request.specs:
        try:
            try_encoder(spec)
        except ExportError as error:
            return refusal(error.message)
    sizes = ", ".join(f"{spec.width}×{spec.height}" for spec in request.specs)
    return Verdict(works=True, reason=f"it encoded pictures of {sizes}")


def _gl(request: GlTrial) -> GlFacts:
    try:
        return GlFacts(*gl_facts(request.device_index), Verdict(works=True, reason="drawn right"))
    except DeviceError as error:
        verdict = Verdict(works=False, reason=error.message, remedy=error.remedy)
        return GlFacts(probe=verdict)


def main() -> None:
    """Serves one request; libraries that print do so on standard error."""
    request: Request = pickle.load(sys.stdin.buffer)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    out.write(pickle.dumps(answer(request)))
    out.flush()
    os._exit(0)  # a driver's threads and exit handlers are not waited for


if __name__ == "__main__":
    main()
