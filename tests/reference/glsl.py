"""Reads function signatures of `shaders/lib` and runs one function over a grid of arguments.

Test support: knows GLSL's types and nothing of what the functions mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from gpu_export.gl.device import Device

    Array = NDArray[np.float64]

_FUNCTION = re.compile(r"^(float|vec[234]|mat3)\s+(\w+)\s*\(([^)]*)\)\s*\{", re.MULTILINE)
_COMPONENTS = {"float": 1, "vec2": 2, "vec3": 3, "vec4": 4}
_SWIZZLES = {"float": ".x", "vec2": ".xy", "vec3": ".xyz", "vec4": ""}

_VERTEX = """#version 330 core
void main() {
    gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0, 0.0, 1.0);
}
"""


@dataclass(frozen=True, slots=True)
class Signature:
    """A GLSL function: what it returns, its name and its (type, name) parameters in order."""

    returns: str
    name: str
    parameters: tuple[tuple[str, str], ...]


def signatures(source: str) -> dict[str, Signature]:
    """All functions of a file, by name."""
    found = {}
    for returns, name, inside in _FUNCTION.findall(source):
        words = [parameter.split() for parameter in inside.split(",") if parameter.strip()]
        found[name] = Signature(returns, name, tuple((word[-2], word[-1]) for word in words))
    return found


def evaluate(
    device: Device, file: Path, signature: Signature, arguments: Mapping[str, Array]
) -> Array:
    """The function's value for each row of arguments.

    Arguments are (N,) for float, (N, k) for vectors and (N, 3, 3) for matrices, of which row i
    is row i of the matrix. Returns (N,) or (N, k).
    """
    from gpu_export.gl.device import PixelFormat

    rows = _argument_rows(signature, arguments)
    count = rows.shape[1]
    program = device.program(_VERTEX, _harness(file.read_text(), signature))
    inputs = device.texture((count, rows.shape[0]), PixelFormat.RGBA32F)
    outputs = device.texture((count, 1), PixelFormat.RGBA32F)
    target = device.framebuffer(outputs)
    vertices = device.vertex_array(program)
    inputs.write(rows.astype(np.float32).tobytes())
    inputs.use(0)
    target.use()
    device.context.disable(device.context.BLEND)
    vertices.render(device.context.TRIANGLE_STRIP, vertices=4)
    values = np.frombuffer(target.read(components=4, dtype="f4"), np.float32).reshape(count, 4)
    for made in (vertices, target, outputs, inputs, program):
        device.release(made)
    components = _COMPONENTS[signature.returns]
    result = values[:, :components].astype(np.float64)
    return result[:, 0] if components == 1 else result


def _argument_rows(signature: Signature, arguments: Mapping[str, Array]) -> Array:
    """(rows, N, 4): one row a scalar or vector, three a matrix (its columns)."""
    rows = []
    for kind, name in signature.parameters:
        value = arguments[name]
        if kind == "mat3":
            rows += [_four(value[:, :, column]) for column in range(3)]
        else:
            rows.append(_four(value.reshape(len(value), -1)))
    return np.stack(rows)


def _four(vectors: Array) -> Array:
    return np.pad(vectors, ((0, 0), (0, 4 - vectors.shape[1])))


def _harness(library: str, signature: Signature) -> str:
    fetched, row = [], 0
    for kind, _ in signature.parameters:
        if kind == "mat3":
            columns = ", ".join(f"{_fetch(row + k)}.xyz" for k in range(3))
            fetched.append(f"mat3({columns})")
            row += 3
        else:
            fetched.append(_fetch(row) + _SWIZZLES[kind])
            row += 1
    padding = ", 0.0" * (4 - _COMPONENTS[signature.returns])
    call = f"{signature.name}({', '.join(fetched)})"
    value = call if signature.returns == "vec4" else f"vec4({call}{padding})"
    return "\n".join(
        [
            "#version 330 core",
            "uniform sampler2D argument_map;",
            "out vec4 value;",
            library,
            f"void main() {{ value = {value}; }}",
        ]
    )


def _fetch(row: int) -> str:
    return f"texelFetch(argument_map, ivec2(int(gl_FragCoord.x), {row}), 0)"
