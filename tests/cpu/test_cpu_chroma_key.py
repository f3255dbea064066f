"""How well a key separates what stood before a screen, on pictures whose alpha is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.cpu.effects.chain import affected
from gpu_export.cpu.effects.pixels import Pixels
from gpu_export.render.effects import ChromaKey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba

    Floats = NDArray[np.float32]

GREEN: Rgba = (0.12, 0.7, 0.25, 1.0)
BLUE: Rgba = (0.1, 0.25, 0.8, 1.0)
HAIR = {
    "brown": (0.28, 0.18, 0.1),
    "blond": (0.8, 0.68, 0.45),
    "black": (0.06, 0.05, 0.06),
    "grey": (0.6, 0.6, 0.62),
}
SKIN = (0.85, 0.62, 0.52)


def strands(width: int = 96, height: int = 24) -> Floats:
    """Alpha of fine hair: every value between none and all, many pixels of each."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    wave = 0.5 + 0.5 * np.sin(0.9 * x + 0.4 * y) * np.cos(0.23 * x - 0.7 * y)
    return wave.astype(np.float32)


def keyed(colors: Floats, screen: Rgba, **numbers: float) -> Pixels:
    key = ChromaKey(screen, **{"tolerance": 0.15, "softness": 0.7, "spill": 1.0} | numbers)
    height, width = colors.shape[:2]
    return affected(Pixels(colors, None, (float(width), float(height))), (key,))


def before(screen: Rgba, color: tuple[float, float, float], alpha: Floats) -> Floats:
    back, front = np.array(screen[:3]), np.array(color)
    mixed = alpha[..., None] * front + (1.0 - alpha[..., None]) * back
    result: Floats = mixed.astype(np.float32)
    return result


def excess(pixels: Pixels, channel: int) -> float:
    """By how much the screen's channel exceeds both others, premultiplied; the most anywhere."""
    others = [c for c in range(3) if c != channel]
    return float((pixels.colors[..., channel] - pixels.colors[..., others].max(axis=-1)).max())


@pytest.mark.parametrize("hair", HAIR)
@pytest.mark.parametrize(
    ("screen", "channel", "bound"), [(GREEN, 1, 0.14), (BLUE, 2, 0.23)], ids=["green", "blue"]
)
def test_hair_stays_about_as_transparent_as_it_was_and_has_no_fringe(
    hair: str, screen: Rgba, channel: int, bound: float
) -> None:
    # Blond is the opposite of blue, so half of it before blue is grey and taken for opaque.
    alpha = strands()
    result = keyed(before(screen, HAIR[hair], alpha), screen)
    assert result.alpha is not None
    error = np.abs(result.alpha - alpha)
    assert error.mean() < bound
    assert error[alpha < 0.1].max() < 0.2
    partial = (result.alpha > 0.05) & (result.alpha < 0.95)
    assert partial.mean() > 0.25
    assert excess(result, channel) < 0.05


def test_the_screen_vanishes_where_it_is_lit_unevenly_and_noisy() -> None:
    rng = np.random.default_rng(1)
    light = np.linspace(0.95, 1.05, 64)[None, :, None]
    noise = rng.normal(0.0, 0.01, (32, 64, 3))
    colors = (np.array(GREEN[:3]) * light + noise).astype(np.float32)
    result = keyed(colors, GREEN)
    assert result.alpha is not None
    assert result.alpha.max() < 0.02


@pytest.mark.parametrize("color", [*HAIR.values(), SKIN, (0.9, 0.1, 0.1), (0.95, 0.95, 0.95)])
def test_what_has_other_hues_stays_opaque_and_as_it_was(color: tuple[float, float, float]) -> None:
    result = keyed(np.full((4, 4, 3), color, np.float32), GREEN)
    assert result.alpha is not None
    assert result.alpha.min() == pytest.approx(1.0)
    np.testing.assert_allclose(result.colors, np.full((4, 4, 3), color), atol=0.02)


def test_removing_spill_keeps_the_luma() -> None:
    spilled = np.array([[[0.5, 0.62, 0.52]]], np.float32)
    result = keyed(spilled, GREEN, tolerance=0.0, softness=0.01)
    weights = np.array([0.2126, 0.7152, 0.0722])
    assert result.colors[0, 0] @ weights == pytest.approx(spilled[0, 0] @ weights, abs=1e-3)
    red, green, blue = result.colors[0, 0]
    assert green <= max(red, blue) + 0.02
