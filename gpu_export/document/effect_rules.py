"""What the parameters of one effect must hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.document.faults import Fault, file_keys_in_use
from gpu_export.document.model.effects import (
    ChromaKeyEffect,
    ColorMapEffect,
    DistortEffect,
    DistortKind,
    LevelsEffect,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.document.model import EffectKeys

LEAST_CUSHION = -0.3
"""Of a lens; below, the picture would fold."""

# The least difference between the channels of a colour that can be told from grey.
_LEAST_HUE = 0.02
_OWN_KEYS = {
    DistortKind.WAVE: {"amplitude", "wavelength", "phase", "angle"},
    DistortKind.RIPPLE: {"amplitude", "wavelength", "phase", "center"},
    DistortKind.BULGE: {"amount", "center", "radius"},
    DistortKind.TWIRL: {"angle", "center", "radius"},
    DistortKind.LENS: {"amount"},
}


def effect_faults(effect: EffectKeys) -> Iterator[Fault]:
    """What an effect says that cannot be meant; places count from it."""
    match effect:
        case ChromaKeyEffect(color=color) if max(color[:3]) - min(color[:3]) < _LEAST_HUE:
            yield Fault("/color", "a grey", "a colour with a hue; `lumaKey` removes dark or bright")
        case LevelsEffect(in_black=black, in_white=white) if black >= white:
            yield Fault("/inWhite", "not above `inBlack`", "more than `inBlack`")
        case ColorMapEffect(src=src) if "://" in src:
            yield Fault("/src", "a URL", "the path of a file; URLs are not supported")
        case DistortEffect():
            yield from _distortion(effect)


def _distortion(effect: DistortEffect) -> Iterator[Fault]:
    own = _OWN_KEYS[effect.kind]
    for key in sorted(file_keys_in_use(effect) - own - {"type", "kind"}):
        yield Fault(f"/{key}", f"given for a {effect.kind}", f"one of {', '.join(sorted(own))}")
    if effect.kind is DistortKind.LENS and effect.amount < LEAST_CUSHION:
        yield Fault("/amount", f"{effect.amount:g}", f"at least {LEAST_CUSHION} for a lens")
