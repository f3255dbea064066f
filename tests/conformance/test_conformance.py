"""Every case on every backend, against the oracle."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.conformance.backends import REQUIRE_GL, Backend, backends, drawn, gl_renderer, opened
from tests.conformance.cases import CASES
from tests.conformance.comparator import require
from tests.reference.oracle import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.conformance.case import Case

_BY_NAME = {case.name: case for case in CASES}

_RUNS = [
    pytest.param(name, backend, id=f"{name}[{backend.name}]", marks=backend.marks)
    for backend in backends()
    for name in _BY_NAME
]


@cache
def _expected(name: str) -> tuple[NDArray[np.float64], ...]:
    """The oracle is slow, and its answer is the same for every backend."""
    case = _BY_NAME[name]
    return render(case.scene, case.inputs, case.target)


@pytest.mark.gl
def test_states_which_renderer_ran(record_property: Callable[[str, object], None]) -> None:
    renderer = gl_renderer()
    record_property("gl_renderer", renderer.description)
    print(f"\n{renderer.backend}: {renderer.description}")  # noqa: T201 - it is what this test is for
    if renderer.backend == "gl-missing":
        pytest.fail(renderer.description) if REQUIRE_GL else pytest.skip(renderer.description)
    assert renderer.backend in ("gl-software", "gl-hardware")


def test_case_names_are_unique() -> None:
    assert len(_BY_NAME) == len(CASES)


@pytest.mark.parametrize(("name", "backend"), _RUNS)
def test_case(name: str, backend: Backend, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    case = _BY_NAME[name]
    before = _copies(case)
    with opened(backend, case.target, request) as compositor:
        frame = drawn(compositor, case.scene, case.inputs, case.target)
    assert frame.color == case.target.color
    require(case, _expected(name), frame.planes, tmp_path / "evidence")
    for plane, copy in zip(_planes(case), before, strict=True):
        assert np.array_equal(plane, copy), "an input was written to"


def _planes(case: Case) -> list[NDArray[np.generic]]:
    return [plane for frame in case.inputs for plane in frame.planes]


def _copies(case: Case) -> list[NDArray[np.generic]]:
    return [plane.copy() for plane in _planes(case)]
