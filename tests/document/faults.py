"""What is wrong with a project, as short text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.document.parse import validate_data
from gpu_export.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.core.policy import Limits


def faults_of(
    data: Any, *, overrides: Mapping[str, str] | None = None, limits: Limits | None = None
) -> dict[str, str]:
    """Pointer to "found; expected" of every problem; fails where there is none."""
    with pytest.raises(ProjectError) as caught:
        validate_data(data, overrides=overrides, limits=limits)
    return {
        problem.pointer: f"{problem.found}; {problem.expected}" for problem in caught.value.problems
    }
