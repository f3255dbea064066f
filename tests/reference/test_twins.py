"""Every function of `shaders/lib` has a float64 twin here that gives the same values."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.color import Matrix, Range, yuv_transform
from gpu_export.render.scene import BlendMode
from gpu_export.resources import shader_dir
from tests.reference.glsl import Signature, evaluate, signatures

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from gpu_export.gl.device import Device

    Array = NDArray[np.float64]
    Grid = dict[str, Array]

COUNT = 512
FILES = sorted((shader_dir() / "lib").glob("*.glsl"))
FUNCTIONS = [
    pytest.param(file.stem, signature, id=f"{file.stem}.{name}")
    for file in FILES
    for name, signature in signatures(file.read_text()).items()
]


def _twin_functions(stem: str) -> dict[str, Callable[..., Array]]:
    module = import_module(f"tests.reference.{stem}")
    return {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def _matrices(name: str) -> Array:
    transforms = [
        yuv_transform(matrix, range_, 8)
        for matrix in Matrix
        if matrix is not Matrix.RGB
        for range_ in Range
    ]
    chosen = [getattr(transform, name) for transform in transforms]
    return np.stack([chosen[index % len(chosen)] for index in range(COUNT)])


def _values(rng: np.random.Generator, low: float, high: float, *shape: int) -> Array:
    """Random values, with the ends and zero among them where zero lies between."""
    values = rng.uniform(low, high, (COUNT, *shape))
    special = [low, high, *([0.0, 1.0] if low <= 0.0 and high >= 1.0 else [])]
    for index, value in enumerate(special):
        values[index] = value
    return values


def _unit_vectors(rng: np.random.Generator) -> Array:
    angle = rng.uniform(0.0, 2 * np.pi, COUNT)
    angle[:4] = np.arange(4) * np.pi / 2
    return np.stack([np.sin(angle), -np.cos(angle)], axis=-1)


def _stops(rng: np.random.Generator) -> Grid:
    """Positions at, between and beyond two stops, a third of which coincide."""
    near = rng.integers(0, 64, COUNT) / 64.0
    far = np.where(np.arange(COUNT) % 3 == 0, near, near + rng.integers(1, 32, COUNT) / 64.0)
    position = np.where(np.arange(COUNT) % 7 == 0, near, rng.integers(-16, 128, COUNT) / 64.0)
    return {"position": position, "near": near, "far": far}


def _span(rng: np.random.Generator, name: str, low: float, high: float) -> Grid:
    near = _values(rng, -3.0, 9.0)
    return {name: _values(rng, low, high), "near": near, "far": near + _values(rng, 0.0, 9.0)}


def _rounded(rng: np.random.Generator) -> Grid:
    half = _values(rng, 1.0, 30.0, 2)
    return {
        "point": _values(rng, -40.0, 40.0, 2),
        "half_size": half,
        "radius": half.min(axis=-1) * rng.uniform(0.0, 1.0, COUNT),
    }


def _keys(rng: np.random.Generator) -> Array:
    """Colours with a hue: their channels lie well apart."""
    return rng.permuted(np.broadcast_to([0.05, 0.4, 0.9], (COUNT, 3)), axis=1)


def _waves(rng: np.random.Generator) -> Grid:
    return {
        "amplitude": _values(rng, 0.0, 9.0),
        "wavelength": _values(rng, 4.0, 50.0),
        "phase": _values(rng, -3.0, 3.0),
    }


def _around(rng: np.random.Generator) -> Grid:
    return {"at": _values(rng, 0.0, 90.0, 2), "center": _values(rng, 20.0, 60.0, 2)}


def _modes(rng: np.random.Generator) -> Grid:
    return {"cb": _values(rng, 0.0, 1.0, 3), "cs": _values(rng, 0.0, 1.0, 3)}


def _shifted_colors(rng: np.random.Generator) -> Grid:
    """Channels out of range about a luminosity that is not."""
    colors = _values(rng, 0.0, 1.0, 3)
    wanted = rng.uniform(0.05, 0.95, COUNT)
    return {"color": colors + (wanted - colors @ (0.3, 0.59, 0.11))[:, None]}


GRIDS: dict[str, Callable[[np.random.Generator], Grid]] = {
    "yuv_to_rgb": lambda rng: {
        "code": _values(rng, -20.0, 280.0, 3),
        "matrix": _matrices("to_rgb"),
        "offset": _matrices("offset"),
    },
    "rgb_to_yuv": lambda rng: {
        "rgb": _values(rng, -0.5, 1.5, 3),
        "alpha": _values(rng, 0.0, 1.0),
        "matrix": _matrices("to_yuv"),
        "offset": _matrices("offset"),
    },
    "chroma_position": lambda rng: {
        "luma": _values(rng, -3.0, 90.0, 2),
        "step": rng.integers(1, 3, (COUNT, 2)).astype(np.float64),
        "offset": rng.integers(-1, 1, (COUNT, 2)) / 2.0,
    },
    "premultiply": lambda rng: {"straight": _values(rng, -0.5, 1.5, 4)},
    "unpremultiply": lambda rng: {"premultiplied": _values(rng, -0.5, 1.5, 4)},
    "over": lambda rng: {"dst": _values(rng, -0.5, 1.5, 4), "src": _values(rng, -0.5, 1.5, 4)},
    "over_code": lambda rng: {
        "base": _values(rng, 0.0, 255.0),
        "code": _values(rng, -10.0, 265.0),
        "alpha": _values(rng, 0.0, 1.0),
    },
    "blended_source": lambda rng: {
        "dst": _values(rng, 0.0, 1.0, 4),
        "src": _values(rng, 0.0, 1.0, 4),
        "mixed": _values(rng, 0.0, 1.0, 3),
    },
    **{mode.value.replace("-", "_"): _modes for mode in BlendMode if mode is not BlendMode.NORMAL},
    "lum": lambda rng: {"color": _values(rng, -0.5, 1.5, 3)},
    "sat": lambda rng: {"color": _values(rng, -0.5, 1.5, 3)},
    "clip_color": _shifted_colors,
    "set_lum": lambda rng: {"color": _values(rng, 0.0, 1.0, 3), "light": _values(rng, 0.0, 1.0)},
    "set_sat": lambda rng: {"color": _values(rng, 0.0, 1.0, 3), "amount": _values(rng, 0.0, 1.0)},
    "code_to_light": lambda rng: {"code": _values(rng, -0.5, 1.5, 3)},
    "light_to_code": lambda rng: {"light": _values(rng, -0.5, 1.5, 3)},
    "edge_coverage": lambda rng: {
        "d_near": _values(rng, -2.0, 2.0),
        "d_far": _values(rng, -2.0, 2.0),
    },
    "rounded_box": _rounded,
    "linear_position": lambda rng: {
        "point": _values(rng, -10.0, 90.0, 2),
        "size": _values(rng, 1.0, 80.0, 2),
        "direction": _unit_vectors(rng),
    },
    "radial_position": lambda rng: {
        "point": _values(rng, -10.0, 90.0, 2),
        "size": _values(rng, 1.0, 80.0, 2),
    },
    "stop_fraction": _stops,
    "catmull_rom": lambda rng: {"t": _values(rng, 0.0, 1.0)},
    "box_overlap": lambda rng: _span(rng, "index", -5.0, 12.0),
    "clamp_position": lambda rng: _span(rng, "position", -9.0, 25.0),
    "median": lambda rng: {"channels": _values(rng, -0.5, 1.5, 3)},
    "field_coverage": lambda rng: {
        "value": _values(rng, 0.0, 1.0),
        "range": rng.uniform(2.0, 30.0, COUNT),
        "grow": _values(rng, -2.0, 9.0),
        "sharpness": rng.uniform(0.01, 3.0, COUNT),
    },
    "cell_noise": lambda rng: {
        "cell": rng.integers(0, 4096, (COUNT, 2)).astype(np.float64),
        "seed": rng.integers(0, 1_000_001, COUNT).astype(np.float64),
    },
    "ramp_strength": lambda rng: {
        "field": _values(rng, 0.0, 1.0),
        "progress": _values(rng, 0.0, 1.0),
        "softness": _values(rng, 0.01, 1.0),
    },
    "disc_position": lambda rng: {
        "point": _values(rng, -10.0, 90.0, 2),
        "centre": _values(rng, -10.0, 90.0, 2),
        "size": _values(rng, 1.0, 80.0, 2),
    },
    "opened_slats": lambda rng: {
        "position": _values(rng, -1.0, 20.0),
        "progress": _values(rng, 0.0, 1.0),
    },
    "slats_strength": lambda rng: {
        "position": _values(rng, 0.0, 20.0),
        "progress": _values(rng, 0.0, 1.0),
        "width": _values(rng, 0.05, 1.0),
    },
    "fade_through": lambda rng: {
        "before": _values(rng, 0.0, 1.0, 4),
        "after": _values(rng, 0.0, 1.0, 4),
        "color": _values(rng, 0.0, 1.0, 4),
        "progress": _values(rng, 0.0, 1.0),
    },
    "gaussian": lambda rng: {
        "distance": _values(rng, -30.0, 30.0),
        "sigma": _values(rng, 0.3, 20.0),
    },
    "recolored": lambda rng: {
        "color": _values(rng, -0.2, 1.2, 3),
        "matrix": _values(rng, -2.0, 2.0, 3, 3),
        "offset": _values(rng, -1.0, 1.0, 3),
    },
    "vignette": lambda rng: {
        "at": _values(rng, 0.0, 90.0, 2),
        "size": _values(rng, 30.0, 90.0, 2),
        "radius": _values(rng, 0.0, 1.0),
        "softness": _values(rng, 0.05, 1.0),
    },
    "glowing": lambda rng: {
        "luma": _values(rng, 0.0, 1.0),
        "threshold": _values(rng, 0.0, 0.95),
    },
    "screened": lambda rng: {
        "below": _values(rng, 0.0, 1.0, 4),
        "light": _values(rng, 0.0, 1.0, 4),
    },
    "key_luma": lambda rng: {"color": _values(rng, 0.0, 1.0, 3)},
    "key_chroma": lambda rng: {"color": _values(rng, 0.0, 1.0, 3)},
    "key_share": lambda rng: {"color": _values(rng, 0.0, 1.0, 3), "key": _keys(rng)},
    "key_ramp": lambda rng: {
        "value": _values(rng, -0.5, 1.5),
        "low": _values(rng, 0.0, 1.0),
        "width": _values(rng, 0.1, 1.0),
    },
    "despilled": lambda rng: {
        "color": _values(rng, 0.0, 1.0, 3),
        "key": _keys(rng),
        "amount": _values(rng, 0.0, 1.0),
    },
    "grain": lambda rng: {
        "cell": rng.integers(0, 8192, (COUNT, 2)).astype(np.float64),
        "channel": rng.integers(0, 3, COUNT).astype(np.float64),
        "seed": rng.integers(0, 1 << 24, COUNT).astype(np.float64),
    },
    "wave": lambda rng: {
        "at": _values(rng, 0.0, 90.0, 2),
        "along": _unit_vectors(rng),
        **_waves(rng),
    },
    "ripple": lambda rng: {**_around(rng), **_waves(rng)},
    "bulge": lambda rng: {
        **_around(rng),
        "radius": _values(rng, 1.0, 60.0),
        "amount": _values(rng, -1.0, 1.0),
    },
    "twirl": lambda rng: {
        **_around(rng),
        "radius": _values(rng, 1.0, 60.0),
        "angle": _values(rng, -7.0, 7.0),
    },
    "lens": lambda rng: {
        "at": _values(rng, 0.0, 90.0, 2),
        "size": _values(rng, 30.0, 90.0, 2),
        "amount": _values(rng, -0.3, 1.0),
    },
    "largest_axis": lambda rng: {"part": _values(rng, 0.0, 1.0, 3)},
    "two_largest_axes": lambda rng: {"part": _values(rng, 0.0, 1.0, 3)},
    "tetrahedral_weights": lambda rng: {"part": _values(rng, 0.0, 1.0, 3)},
}


def test_there_are_functions_to_compare() -> None:
    assert len(FUNCTIONS) >= len(GRIDS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_both_sides_have_the_same_functions_with_the_same_parameters(file: Path) -> None:
    shaders = {
        name: [parameter for _, parameter in signature.parameters]
        for name, signature in signatures(file.read_text()).items()
    }
    twins = {
        name: list(inspect.signature(function).parameters)
        for name, function in _twin_functions(file.stem).items()
    }
    assert shaders == twins


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_side_names_the_other(file: Path) -> None:
    module = import_module(f"tests.reference.{file.stem}")
    assert f"tests/reference/{file.stem}.py" in file.read_text()
    assert f"shaders/lib/{file.name}" in (module.__doc__ or "")


@pytest.mark.gl
@pytest.mark.parametrize(("stem", "signature"), FUNCTIONS)
def test_shader_and_twin_give_the_same_values(
    gl_device: Device, rng: np.random.Generator, stem: str, signature: Signature
) -> None:
    given = {
        name: value.astype(np.float32).astype(np.float64)
        for name, value in GRIDS[signature.name](rng).items()
    }
    alive = gl_device.live_objects
    drawn = evaluate(gl_device, shader_dir() / "lib" / f"{stem}.glsl", signature, given)
    expected = _rowwise(_twin_functions(stem)[signature.name], given)
    assert drawn == pytest.approx(expected, rel=2e-5, abs=2e-5 * np.abs(expected).max())
    assert gl_device.live_objects == alive


def _rowwise(twin: Callable[..., Array], given: Grid) -> Array:
    """Twins take one matrix and many vectors; the grid has a matrix a row."""
    return np.stack([twin(*(value[row] for value in given.values())) for row in range(COUNT)])
