"""Remembers trials between runs, for as long as machine, drivers and libraries stay the same."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING

from gpu_export.machine.asking import ask
from gpu_export.machine.requests import GlFacts, GlTrial
from gpu_export.machine.signs import fingerprint
from gpu_export.machine.verdict import Verdict
from gpu_export.resources import user_cache

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.machine.requests import Answer, EncoderTrial, Request


def tried_encoder(trial: EncoderTrial, *, refresh: bool = False) -> Verdict:
    """The verdict on an encoder, remembered where there is one."""
    answer = _tried(trial, refresh=refresh)
    return answer if isinstance(answer, Verdict) else answer.probe


def tried_gl(trial: GlTrial, *, refresh: bool = False) -> GlFacts:
    """The facts about GL, remembered where there are some."""
    answer = _tried(trial, refresh=refresh)
    return answer if isinstance(answer, GlFacts) else GlFacts(probe=answer)


def _tried(request: Request, *, refresh: bool) -> Answer:
    place = _place(request)
    known = None if refresh else _read(place, request)
    if known is not None:
        return known
    answer = ask(request)
    if not _verdict(answer).passing:
        _write(place, answer)
    return answer


def _verdict(answer: Answer) -> Verdict:
    return answer.probe if isinstance(answer, GlFacts) else answer


def _place(request: Request) -> Path:
    name = sha256(repr(request).encode()).hexdigest()[:24]
    return user_cache("capabilities") / fingerprint() / f"{name}.json"


def _read(place: Path, request: Request) -> Answer | None:
    """What is remembered; nothing where it is missing or damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        data = json.loads(place.read_text())
        if isinstance(request, GlTrial):
            return GlFacts(**{**data, "probe": Verdict(**data["probe"])})
        return Verdict(**data)
    return None


def _write(place: Path, answer: Answer) -> None:
    """Remembers; a cache that cannot be written is no reason to stop."""
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(asdict(answer)))
        temporary.replace(place)
