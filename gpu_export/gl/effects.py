"""A layer's box through its chain of effects, surface by surface.

Owns the passes and their order; knows no layers. Invariants: a step gives back the surface it was
given, and surfaces hold one texel for each box pixel, premultiplied, in half floats, because
8 bits between two effects would show.
"""

from __future__ import annotations

from math import ceil, cos, radians, sin
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Box, Rect
from gpu_export.gl.blur import BLURRED_FORMAT, blur, plan_axis
from gpu_export.gl.color_effects import (
    MATRICES_AT_ONCE,
    Recipe,
    color_recipe,
    matrices_recipe,
)
from gpu_export.gl.pipeline import Blend
from gpu_export.gl.placement import filling_view, whole_view
from gpu_export.gl.shades import shaded
from gpu_export.gl.shot import Shot
from gpu_export.render.effects import (
    Bulge,
    ColorEffect,
    ColorMatrix,
    DirectionalBlur,
    Distortion,
    EdgeDetect,
    GaussianBlur,
    Glow,
    IsfEffect,
    Lens,
    Pixelate,
    Ripple,
    Shade,
    Twirl,
    UnsharpMask,
    Wave,
)
from gpu_export.render.scene import Scaling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gpu_export.core.geometry import Point, Size
    from gpu_export.gl.pictures import Pictures
    from gpu_export.gl.pipeline import UniformValue
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.gl.user_pictures import UserPictures
    from gpu_export.render.effects import AreaEffect, Effect
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.programs import ShaderRun

_INVISIBLE_SIGMA = 0.05
_TAPS_AT_ONCE = 24
"""Places that one pass of a directional blur reads; more take a second pass over its result."""


class EffectChain:
    """Draws effects.

    Args:
        bench: programs, surfaces, tables.
        pictures: draws surfaces at other sizes, which wide blurs need.
        user: runs the users' own filters.
    """

    def __init__(self, bench: Workbench, pictures: Pictures, user: UserPictures) -> None:
        self._bench = bench
        self._pictures = pictures
        self._user = user

    def apply(
        self,
        surface: Surface,
        effects: Sequence[Effect],
        size: Size,
        inputs: Sequence[DecodedFrame],
    ) -> Surface:
        """The box after its effects; `surface` holds it before and goes back to the pool.

        `size` is that of the box, which may be fractional; `inputs` are the frame's pictures.
        """
        for run in _runs(effects):
            first = run[0]
            if isinstance(first, IsfEffect):
                changed = self._run_filter(surface, first.run, inputs)
            else:
                changed = self._step(surface, run, size)
            if changed is not surface:
                self._bench.pool.release(surface)
            surface = changed
        return surface

    def _run_filter(
        self, surface: Surface, run: ShaderRun, inputs: Sequence[DecodedFrame]
    ) -> Surface:
        """What a user's filter makes of a surface, at the surface's size."""
        drawn = self._user.made(run, (surface,), inputs)
        if drawn.size == surface.size:
            return drawn
        target = self._bench.pool.acquire(surface.size, BLURRED_FORMAT)
        view = filling_view(
            target.size, Box(0, 0, *target.size), (float(drawn.size[0]), float(drawn.size[1]))
        )
        whole = Rect(0.0, 0.0, float(drawn.size[0]), float(drawn.size[1]))
        shot = Shot(target, view, Blend.REPLACE)
        self._pictures.draw_surface(shot, drawn, whole, Scaling.BILINEAR)
        self._bench.pool.release(drawn)
        return target

    def _step(self, surface: Surface, run: Sequence[Effect], size: Size) -> Surface:
        """What a run of matrices, or any single effect, makes of a surface, which is kept."""
        matrices = [effect for effect in run if isinstance(effect, ColorMatrix)]
        if matrices:
            return self._colored(surface, matrices_recipe(matrices))
        effect = run[0]
        assert not isinstance(effect, IsfEffect)  # told apart before
        if isinstance(effect, ColorEffect):
            return self._colored(surface, color_recipe(self._bench, effect, size))
        if isinstance(effect, Distortion):
            return self._draw(surface, "distortion.frag", _distortion_recipe(effect, size))
        if isinstance(effect, Shade):
            return shaded(self._bench, surface, effect)
        return self._area(surface, effect)

    def _area(self, surface: Surface, effect: AreaEffect) -> Surface:
        match effect:
            case GaussianBlur(sigma):
                return self._blurred(surface, sigma) if sigma > _INVISIBLE_SIGMA else surface
            case DirectionalBlur():
                return self._along(surface, effect)
            case UnsharpMask(amount, sigma):
                soft = self._blurred(surface, sigma)
                recipe = Recipe("SHARPEN", {"amount": amount}, {"blurred_map": soft})
                return self._combined(surface, recipe, soft)
            case Pixelate(cell):
                return self._pixelated(surface, cell)
            case Glow():
                return self._glowing(surface, effect)
            case EdgeDetect(amount):
                return self._around(surface, Recipe("EDGES", {"amount": amount}))

    def _along(self, surface: Surface, effect: DirectionalBlur) -> Surface:
        """Many taps as a mean of means; their product is what the line needs at least."""
        passes = ceil(effect.taps / _TAPS_AT_ONCE)
        near, far = ceil(effect.taps / passes), passes
        dx, dy = (part * effect.taps / (near * far) for part in effect.step)
        if far == 1:
            return self._around(surface, _taps_recipe((dx, dy), near, (0, 0)))
        # The second pass reads around, so the first one is wanted beyond the edges too.
        far_step = (near * dx, near * dy)
        margin = tuple(ceil(abs(part) * (far - 1) / 2) + 1 for part in far_step)
        width, height = (side + 2 * more for side, more in zip(surface.size, margin, strict=True))
        before = _taps_recipe((dx, dy), near, (-margin[0], -margin[1]))
        once = self._draw(surface, "area_effect.frag", before, (width, height))
        after = _taps_recipe(far_step, far, (margin[0], margin[1]))
        drawn = self._draw(once, "area_effect.frag", after, surface.size)
        self._bench.pool.release(once)
        return drawn

    def _pixelated(self, surface: Surface, cell: float) -> Surface:
        across, down = (int((side - 0.5) / cell) + 1 for side in surface.size)
        columns, rows = (
            Recipe("CELL_MEANS", {"direction": direction, "cell_size": cell})
            for direction in ((1, 0), (0, 1))
        )
        narrow = self._draw(surface, "area_effect.frag", columns, (across, surface.size[1]))
        small = self._draw(narrow, "area_effect.frag", rows, (across, down))
        self._bench.pool.release(narrow)
        cells = Recipe("CELLS", {"cell_size": cell})
        drawn = self._draw(small, "area_effect.frag", cells, surface.size)
        self._bench.pool.release(small)
        return drawn

    def _glowing(self, surface: Surface, effect: Glow) -> Surface:
        bright = self._around(surface, Recipe("GLOWING", {"threshold": effect.threshold}))
        light = self._blurred(bright, effect.sigma)
        self._bench.pool.release(bright)
        recipe = Recipe("GLOW", {"intensity": effect.intensity}, {"light_map": light})
        return self._combined(surface, recipe, light)

    def _blurred(self, surface: Surface, sigma: float) -> Surface:
        """Blurred at a lower resolution where that will do, and brought back."""
        width, height = surface.size
        across, down = plan_axis(width, sigma), plan_axis(height, sigma)
        whole = Rect(0.0, 0.0, float(width), float(height))
        small = self._bench.pool.acquire((across.total, down.total), BLURRED_FORMAT)
        place = Box(
            across.margin, down.margin, across.margin + across.pixels, down.margin + down.pixels
        )
        view = filling_view(small.size, place, (float(width), float(height)))
        self._pictures.draw_surface(
            Shot(small, view, Blend.REPLACE), surface, whole, Scaling.BILINEAR
        )
        small = blur(self._bench, small, (across.sigma, down.sigma))
        if small.size == surface.size:
            return small
        target = self._bench.pool.acquire(surface.size, BLURRED_FORMAT)
        inside = Rect(*(float(side) for side in (place.x0, place.y0, place.x1, place.y1)))
        readable = Rect(0.0, 0.0, float(across.total), float(down.total))
        shot = Shot(target, whole_view(surface.size), Blend.REPLACE)
        self._pictures.draw_surface(shot, small, inside, Scaling.BILINEAR, readable=readable)
        self._bench.pool.release(small)
        return target

    def _colored(self, surface: Surface, recipe: Recipe) -> Surface:
        return self._draw(surface, "color_effect.frag", recipe)

    def _around(self, surface: Surface, recipe: Recipe) -> Surface:
        return self._draw(surface, "area_effect.frag", recipe)

    def _combined(self, surface: Surface, recipe: Recipe, spent: Surface) -> Surface:
        """As `_around`; what it was combined with is not needed any more."""
        drawn = self._around(surface, recipe)
        self._bench.pool.release(spent)
        return drawn

    def _draw(
        self,
        surface: Surface,
        stage: str,
        recipe: Recipe,
        size: tuple[int, int] | None = None,
    ) -> Surface:
        """One pass over a surface, onto a new one."""
        target = self._bench.pool.acquire(size or surface.size, BLURRED_FORMAT)
        pipeline = self._bench.pipelines.get(stage, (recipe.define,), Blend.REPLACE)
        textures = {"content_map": surface, **recipe.textures}
        pipeline.draw(target, Box(0, 0, *target.size), textures, recipe.uniforms)
        return target


def _runs(effects: Sequence[Effect]) -> Iterator[Sequence[Effect]]:
    """Neighbouring matrices together, as many as one draw takes; all else alone."""
    run: list[ColorMatrix] = []
    for effect in effects:
        if isinstance(effect, ColorMatrix) and len(run) < MATRICES_AT_ONCE:
            run.append(effect)
            continue
        if run:
            yield run
        run = [effect] if isinstance(effect, ColorMatrix) else []
        if not run:
            yield [effect]
    if run:
        yield run


def _taps_recipe(step: Point, taps: int, origin: tuple[int, int]) -> Recipe:
    """`origin` is that of the target in what is read."""
    uniforms: dict[str, UniformValue] = {"step_px": step, "taps": taps}
    return Recipe("DIRECTIONAL", {**uniforms, "origin": (float(origin[0]), float(origin[1]))})


def _distortion_recipe(effect: Distortion, size: Size) -> Recipe:
    match effect:
        case Wave(amplitude, wavelength, angle, phase):
            along = (cos(radians(angle)), sin(radians(angle)))
            return Recipe(
                "WAVE",
                {
                    "amplitude": amplitude,
                    "wavelength": wavelength,
                    "phase": phase,
                    "along": along,
                },
            )
        case Ripple(center, amplitude, wavelength, phase):
            return Recipe(
                "RIPPLE",
                {
                    "center": center,
                    "amplitude": amplitude,
                    "wavelength": wavelength,
                    "phase": phase,
                },
            )
        case Bulge(center, radius, amount):
            return Recipe("BULGE", {"center": center, "radius": radius, "amount": amount})
        case Twirl(center, radius, angle):
            turn = radians(angle)
            return Recipe("TWIRL", {"center": center, "radius": radius, "angle": turn})
        case Lens(amount):
            return Recipe("LENS", {"box_size": size, "amount": amount})
