"""Effects on a picture of many bands are those on its pixels one by one."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_export.core.cube import Cube
from gpu_export.cpu.effects import bands
from gpu_export.cpu.effects.chain import affected
from gpu_export.cpu.effects.pixels import Pixels
from gpu_export.render.effects import (
    ChromaKey,
    ColorCube,
    DirectionalBlur,
    Effect,
    Glow,
    Grain,
    Lens,
    ToneCurves,
    Twirl,
    Vignette,
)

WIDTH, HEIGHT = 40, 33
EFFECTS: dict[str, Effect] = {
    "curves": ToneCurves((0.0, 1.0), (0.2, 0.9), (1.0, 0.0)),
    "vignette": Vignette(0.8, 0.5, 0.6, (0.0, 0.0, 1.0, 1.0)),
    "grain": Grain(0.2, 1.0, 7, colored=False),
    "coarse_grain": Grain(0.2, 2.5, 7, colored=True),
    "chroma_key": ChromaKey((0.1, 0.8, 0.2, 1.0), 0.1, 0.8, 1.0),
    "glow": Glow(2.0, 1.0, 0.3),
    "lens": Lens(0.4),
    "twirl": Twirl((20.0, 16.0), 15.0, 90.0),
}


def a_box(*, opaque: bool, width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    rng = np.random.default_rng(4)
    colors = rng.random((height, width, 3), dtype=np.float32)
    size = (float(width), float(height))
    if opaque:
        return Pixels(colors, None, size)
    alpha = rng.random((height, width), dtype=np.float32)
    return Pixels(colors * alpha[..., None], alpha, size)


@pytest.mark.parametrize("opaque", [True, False], ids=["opaque", "soft"])
@pytest.mark.parametrize("name", EFFECTS)
def test_where_bands_are_cut_shows_nowhere(
    name: str, monkeypatch: pytest.MonkeyPatch, *, opaque: bool
) -> None:
    box, effects = a_box(opaque=opaque), (EFFECTS[name],)
    whole = affected(box, effects)
    monkeypatch.setattr(bands, "_BAND_PIXELS", 7 * WIDTH)
    cut = affected(box, effects)
    np.testing.assert_allclose(cut.colors, whole.colors, atol=1e-6)
    assert (cut.alpha is None) == (whole.alpha is None)
    if whole.alpha is not None and cut.alpha is not None:
        np.testing.assert_allclose(cut.alpha, whole.alpha, atol=1e-6)


@pytest.mark.parametrize("size", [2, 3, 17, 33, 64, 65, 130])
def test_a_table_that_changes_nothing_does_so_at_every_size(size: int) -> None:
    axis = np.linspace(0.0, 1.0, size, dtype=np.float32)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    box = a_box(opaque=True)
    corners = np.array([[0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 1], [0, 0, 1]], np.float32)
    box.colors[0, : len(corners)] = corners
    found = affected(box, (ColorCube(Cube(np.stack([red, green, blue], axis=-1)), 1.0),))
    np.testing.assert_allclose(found.colors, box.colors, atol=0.4 / 255)
    np.testing.assert_array_equal(found.colors[0, : len(corners)], corners)


@pytest.mark.parametrize("angle", [0.0, 90.0, 45.0, 20.0, -70.0, 180.0])
@pytest.mark.parametrize("length", [1.0, 12.0, 40.5, 300.0])
def test_a_streak_spreads_a_dot_along_its_line_alone(length: float, angle: float) -> None:
    side = 361
    dot = np.zeros((side, side, 3), np.float32)
    dot[side // 2, side // 2] = 1.0
    streak = affected(Pixels(dot, None, (side, side)), (DirectionalBlur(length, angle),)).colors
    y, x = np.mgrid[:side, :side] - side // 2
    dx, dy = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    along, across = x * dx + y * dy, x * dy - y * dx
    seen = streak[..., 0] > 1e-5
    assert streak[..., 0].sum() == pytest.approx(1.0, abs=1e-4)
    assert np.abs(across[seen]).max() < np.sqrt(2.0)
    assert length / 2 - 1.5 < along[seen].max() < length / 2 + 1.0
    spread = float((streak[..., 0] * along**2).sum())
    taps = int(np.ceil(length))
    exact = (length / taps) ** 2 * (taps * taps - 1) / 12
    assert spread == pytest.approx(exact, abs=0.51)
