"""What a clip's transitions must hold together: a type with its own parameters and its own file.

Neighbours and lengths are the timeline's matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from gpu_export.document.faults import Fault
from gpu_export.document.model import AdjustmentClip, LayerKeys, TransitionName
from gpu_export.document.model.transitions import BUILT_IN_TRANSITIONS, transition_params
from gpu_export.document.problems import validation_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.document.model import Transition

_WITH_FILE = (TransitionName.LUMA, TransitionName.GLSL, TransitionName.ISF)


def transition_faults(value: LayerKeys) -> Iterator[Fault]:
    """What is wrong with how a clip comes in and goes out."""
    if value.transition is None:
        return
    for key, transition in (("in", value.transition.in_), ("out", value.transition.out)):
        if transition is None:
            continue
        place = f"/transition/{key}"
        yield from _file_faults(transition, place)
        yield from _param_faults(transition, place)
        if isinstance(value, AdjustmentClip) and transition.type is not TransitionName.CROSSFADE:
            yield Fault(f"{place}/type", f"`{transition.type}` of an adjustment", "`crossfade`")


def _file_faults(transition: Transition, place: str) -> Iterator[Fault]:
    if transition.type in _WITH_FILE and transition.src is None:
        yield Fault(f"{place}/src", "missing", f"the file of a `{transition.type}` transition")
    if transition.type not in _WITH_FILE and transition.src is not None:
        found = f"given for a `{transition.type}`"
        yield Fault(f"{place}/src", found, "`src` only for `luma`, `glsl` and `isf`")


def _param_faults(transition: Transition, place: str) -> Iterator[Fault]:
    if transition.type not in BUILT_IN_TRANSITIONS:
        return
    try:
        transition_params(transition)
    except ValidationError as error:
        model = BUILT_IN_TRANSITIONS[transition.type]
        for problem in validation_problems(error, model, f"{place}/params"):
            yield Fault(problem.pointer, problem.found, problem.expected)
