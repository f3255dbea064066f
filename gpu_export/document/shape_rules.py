"""What the keys of a vector shape must hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.document.faults import Fault
from gpu_export.vector.path_data import PathDataError, parse_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.core.policy import Limits
    from gpu_export.document.model import ShapeClip

_CALLED = {"rect": "a rect", "ellipse": "an ellipse", "line": "a line", "path": "a path"}


def shape_faults(shape: ShapeClip, limits: Limits) -> Iterator[Fault]:
    """What a shape says that cannot be meant."""
    kind, called = shape.shape, _CALLED[shape.shape]
    if kind != "path" and shape.d is not None:
        yield Fault("/d", f"given for {called}", '`d` only with `"shape": "path"`')
    elif shape.d is not None:
        yield from _path_faults(shape.d, limits)
    found = f"given for {called}"
    for key, point in (("from", shape.from_), ("to", shape.to)):
        if kind != "line" and point is not None:
            yield Fault(f"/{key}", found, f'`{key}` only with `"shape": "line"`')
    if kind != "rect" and shape.radius > 0.0:
        yield Fault("/radius", found, '`radius` only with `"shape": "rect"`')
    if kind == "line" and shape.fill is not None:
        yield Fault("/fill", "given for a line", "a `stroke`; a line has no inside")


def shape_omissions(shape: ShapeClip) -> Iterator[Fault]:
    """What a shape should have said, given what else it says."""
    if shape.shape == "path" and shape.d is None:
        yield Fault("/d", "missing", "the outline of the path, as in SVG")
    for key, point, other in (("from", shape.from_, shape.to), ("to", shape.to, shape.from_)):
        if point is None and other is not None:
            yield Fault(f"/{key}", "missing", "both ends of the line, or neither")
    if shape.stroke is None and shape.fill is None:
        expected = "a `stroke`" if shape.shape == "line" else "a `fill`, a `stroke` or both"
        yield Fault("", "a shape that draws nothing", expected)


def _path_faults(data: str, limits: Limits) -> Iterator[Fault]:
    if len(data) > limits.text_characters:
        yield Fault("/d", f"{len(data)} characters", f"at most {limits.text_characters}")
        return
    try:
        parse_path(data)
    except PathDataError as error:
        yield Fault("/d", str(error), error.expected)
