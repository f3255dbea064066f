"""Runs users' shaders: pictures in, passes, buffers that outlive a frame, a picture out.

Owns compiled programs and persistent buffers; knows no layers. Invariant: surfaces that come in and
go out are premultiplied with row 0 on top; what lies between is straight with y up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Box
from gpu_export.gl.device import PixelFormat
from gpu_export.gl.pipeline import Blend
from gpu_export.gl.user_programs import UserProgram

if TYPE_CHECKING:
    from collections.abc import Collection

    import moderngl

    from gpu_export.gl.device import Device
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.render.programs import ShaderPass, ShaderRun, Value

Pictures = dict[str, tuple["Surface", tuple[int, int]]]
"""By sampler: a surface, and how much of it, from the top left, is the picture."""

OnShader = Callable[["ShaderRun | None"], None]
"""Is told when a shader starts, and, with None, when the driver is done with it."""


@dataclass(slots=True)
class _History:
    """Persistent buffers before and after the frame `index`, which may be drawn repeatedly."""

    index: int | None = None
    before: dict[str, Surface] = field(default_factory=dict)
    after: dict[str, Surface] = field(default_factory=dict)

    @property
    def surfaces(self) -> set[Surface]:
        """All it holds."""
        return {*self.before.values(), *self.after.values()}


class UserShaders:
    """Programs and histories of one compositor.

    `on_shader` is for whoever has to know what a driver hangs in; it costs waiting for each run.
    """

    def __init__(self, device: Device, bench: Workbench, on_shader: OnShader | None = None) -> None:
        self._device = device
        self._on_shader = on_shader
        self._bench = bench
        self._programs: dict[str, UserProgram] = {}
        self._histories: dict[str, _History] = {}
        self._sampler: moderngl.Sampler | None = None

    def draw(self, run: ShaderRun, pictures: Pictures) -> Surface:
        """A new surface with what the shader makes; the caller gives it back to the pool.

        Images of the program that are not in `pictures` are a single transparent pixel, sounds
        are silence.

        Raises:
            ShaderError: it does not compile.
            DeviceError: a buffer is too large, or memory is short.
        """
        if self._on_shader is None:
            return self._draw(run, pictures)
        self._on_shader(run)
        drawn = self._draw(run, pictures)
        self._device.finish()
        self._on_shader(None)
        return drawn

    def _draw(self, run: ShaderRun, pictures: Pictures) -> Surface:
        program = self._program(run)
        taken: list[Surface] = []
        try:
            textures = {
                name: self._turned(*pictures[name], taken)
                if name in pictures
                else self._blank(0.5 if name in run.program.waveforms else 0.0, taken)
                for name in run.program.samplers
            }
            result = self._draw_passes(program, run, textures, taken)
            return self._finished(result)
        finally:
            for surface in taken:
                self._bench.pool.release(surface)

    @property
    def remembers(self) -> bool:
        """Whether any shader's buffers outlive a frame."""
        return bool(self._histories)

    def sweep(self, living: Collection[str]) -> None:
        """Frees the buffers of all histories but these."""
        for name in self._histories.keys() - living:
            self._forget(name)

    def close(self) -> None:
        """Frees programs and buffers; idempotent."""
        self.sweep(())
        for program in self._programs.values():
            program.close()
        self._programs.clear()
        if self._sampler is not None:
            self._device.release(self._sampler)
            self._sampler = None

    def _program(self, run: ShaderRun) -> UserProgram:
        source = run.program
        if self._sampler is None:
            self._sampler = self._device.sampler()
        if source.digest not in self._programs:
            self._programs[source.digest] = UserProgram(
                self._device, source, self._sampler, run.where
            )
        return self._programs[source.digest]

    def _draw_passes(
        self,
        program: UserProgram,
        run: ShaderRun,
        textures: dict[str, Surface],
        taken: list[Surface],
    ) -> Surface:
        history = self._history(run)
        buffers = dict(history.before)
        values = _moment_values(run) | dict(run.values)
        drawn: Surface | None = None
        for index, (step, size) in enumerate(zip(run.program.passes, run.pass_sizes, strict=True)):
            drawn = self._bench.pool.acquire(size, self._format(step))
            values["PASSINDEX"] = index
            values["RENDERSIZE"] = (float(size[0]), float(size[1]))
            program.draw(drawn, {**textures, **buffers}, values)
            if step.persistent and step.target is not None:
                self._drop(buffers.get(step.target), history)
                buffers[step.target] = drawn
            else:
                taken.append(drawn)
                textures |= {step.target: drawn} if step.target is not None else {}
        history.after = buffers
        assert drawn is not None  # a program has at least one pass
        return drawn

    def _history(self, run: ShaderRun) -> _History:
        """The run's history, `before` as it was when this frame was first drawn.

        It begins anew where frames do.
        """
        if run.history is None:
            return _History()
        history = self._histories.setdefault(run.history, _History())
        if history.index is not None and run.moment.index < history.index:
            self._forget(run.history)
            history = self._histories[run.history] = _History()
        if history.index != run.moment.index:
            history.index = run.moment.index
            history.before, history.after = history.after, history.before
        for surface in set(history.after.values()) - set(history.before.values()):
            self._bench.pool.release(surface)
        history.after = {}
        return history

    def _forget(self, name: str) -> None:
        for surface in self._histories.pop(name).surfaces:
            self._bench.pool.release(surface)

    def _drop(self, surface: Surface | None, history: _History) -> None:
        """A persistent buffer that was written twice in one frame."""
        if surface is not None and surface not in history.before.values():
            self._bench.pool.release(surface)

    def _format(self, step: ShaderPass) -> PixelFormat:
        return PixelFormat.RGBA32F if step.floating else self._whole_format

    @property
    def _whole_format(self) -> PixelFormat:
        """Samples from 0 to 1, as fine as the job's own; feedback relies on that they end there."""
        fine = self._bench.pixel_format is not PixelFormat.RGBA8
        return PixelFormat.RGBA16 if fine else PixelFormat.RGBA8

    def _turned(self, surface: Surface, size: tuple[int, int], taken: list[Surface]) -> Surface:
        turned = self._bench.pool.acquire(size, self._whole_format)
        taken.append(turned)
        self._turn("STRAIGHT", surface, turned)
        return turned

    def _finished(self, drawn: Surface) -> Surface:
        result = self._bench.surface(drawn.size)
        self._turn("PREMULTIPLIED", drawn, result)
        return result

    def _turn(self, way: str, source: Surface, target: Surface) -> None:
        pipeline = self._bench.pipelines.get("user_picture.frag", (way,), Blend.REPLACE)
        whole = Box(0, 0, *target.size)
        pipeline.draw(target, whole, {"content_map": source}, {"height": target.size[1]})

    def _blank(self, level: float, taken: list[Surface]) -> Surface:
        blank = self._bench.pool.acquire((1, 1), PixelFormat.RGBA8)
        blank.clear((level, level, level, level))
        taken.append(blank)
        return blank


def _moment_values(run: ShaderRun) -> dict[str, Value]:
    moment = run.moment
    return {
        "TIME": moment.time,
        "TIMEDELTA": moment.delta,
        "FRAMEINDEX": moment.index,
        "DATE": moment.date,
    }
