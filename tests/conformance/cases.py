"""All conformance cases, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.blend_cases import blend_cases
from tests.conformance.color_cases import color_cases
from tests.conformance.crossing_cases import crossing_cases
from tests.conformance.deep_cases import deep_cases
from tests.conformance.effect_cases import effect_cases
from tests.conformance.geometry_cases import geometry_cases
from tests.conformance.glyph_cases import glyph_cases
from tests.conformance.layer_cases import layer_cases
from tests.conformance.mask_cases import mask_cases
from tests.conformance.mean_cases import mean_cases
from tests.conformance.shade_cases import shade_cases

if TYPE_CHECKING:
    from tests.conformance.case import Case

CASES = (
    *geometry_cases(),
    *color_cases(),
    *layer_cases(),
    *mask_cases(),
    *deep_cases(),
    *effect_cases(),
    *mean_cases(),
    *blend_cases(),
    *shade_cases(),
    *glyph_cases(),
    *crossing_cases(),
)


def case_named(name: str) -> Case:
    """The one case of that name."""
    (found,) = (case for case in CASES if case.name == name)
    return found
