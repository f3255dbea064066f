"""How the file writes easings; `core.easing` has their functions."""

import re
from typing import Annotated

from gpu_export.core.easing import EASING_NAMES
from gpu_export.core.spelling import nearest
from gpu_export.document.model.forms import Form

_NUMBER = r"\s*(-?\d{0,6}(?:\.\d{1,12})?)\s*"
_BEZIER = re.compile(rf"cubic-bezier\({_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\)", re.ASCII)
_STEPS = re.compile(r"steps\(\s*[1-9]\d{0,5}\s*\)", re.ASCII)
_WORDS = "linear, ease, ease-in-out, easeOutBounce …, cubic-bezier(a, b, c, d), steps(n) or hold"


def read_easing(value: object) -> str:
    """An easing as written, once it is known to be one.

    Raises:
        ValueError: no such easing, or a curve that turns back in time.
    """
    if not isinstance(value, str):
        raise ValueError(_WORDS)
    if value in EASING_NAMES or _STEPS.fullmatch(value):
        return value
    match = _BEZIER.fullmatch(value)
    if match is None:
        close = nearest(value, EASING_NAMES)
        raise ValueError(f"did you mean `{close}`? ({_WORDS})" if close else _WORDS)
    try:
        x1, _, x2, _ = (float(part) for part in match.groups())
    except ValueError as error:
        raise ValueError(_WORDS) from error
    if not (0 <= x1 <= 1 and 0 <= x2 <= 1):
        raise ValueError("cubic-bezier(a, b, c, d) with a and c from 0 to 1")
    return value


Easing = Annotated[
    str,
    Form(
        read_easing,
        str,
        {
            "anyOf": [
                {"enum": list(EASING_NAMES)},
                {"type": "string", "pattern": r"^(cubic-bezier|steps)\(.*\)$"},
            ],
            "examples": ["ease-in-out", "cubic-bezier(0.4, 0, 0.2, 1)", "steps(4)"],
        },
    ),
]
"""How a value gets from one keyframe to the next."""
