"""Project + MediaFacts → Timeline → one Scene per frame. Pure: opens nothing, keeps no state."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import IDENTITY, Transform, scaling
from gpu_export.core.time import FrameRange
from gpu_export.errors import ProjectError
from gpu_export.render.scene import Below, Group, Layer, Light, Scene, SourceRequest
from gpu_export.timeline.building import build_lanes
from gpu_export.timeline.flatten import laid_on
from gpu_export.timeline.light import in_linear_light
from gpu_export.timeline.materials import Materials
from gpu_export.timeline.schedule import schedule
from gpu_export.timeline.site import Workshop
from gpu_export.timeline.sounds import sound_plan
from gpu_export.timeline.stage import Canvas, Context, Stage
from gpu_export.timeline.visuals import Lane, Reader, draw_lanes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gpu_export.core.color import Rgba
    from gpu_export.core.facts import MediaFacts, Source
    from gpu_export.document.model import Project
    from gpu_export.render.sound import SoundPlan


@dataclass(frozen=True, slots=True)
class Timeline:
    """All of a project that depends on time.

    Attributes:
        width, height: the output canvas, after scaling.
        frames: number of output frames.
        readers: the uses of sources that scenes refer to by index.
        sound: what is heard.
        warnings: what is odd but can be exported.
        stage: the clips as scheduled, which all of this was made from.
        histories: frames over which every frame builds on the one before it.
        light: what layers are blended in.
    """

    width: int
    height: int
    fps: Fraction
    frames: int
    background: Rgba
    lanes: tuple[Lane, ...]
    readers: tuple[Reader, ...]
    sound: SoundPlan
    zoom: Transform | None
    warnings: tuple[str, ...]
    stage: Stage
    histories: tuple[FrameRange, ...] = ()
    light: Light = Light.GAMMA

    @property
    def duration(self) -> Fraction:
        """Length in seconds, whole frames."""
        return self.frames / self.fps

    def with_lead_in(self, frames: FrameRange) -> FrameRange:
        """Frames with those before them that have to be rendered, in order, to get them right."""
        start = frames.start
        while (
            first := min((s.start for s in self.histories if start in s), default=start)
        ) < start:
            start = first
        return FrameRange(start, frames.end)

    def evaluate(self, frame: int) -> Scene:
        """The scene of output frame `frame`, 0 <= frame < frames."""
        requests: list[SourceRequest] = []
        layers = draw_lanes(self.lanes, frame, requests)
        background = self.background
        if self.zoom is not None:
            if any(isinstance(layer.content, Below) for layer in layers):
                layers, background = (self._whole(layers),), TRANSPARENT
            layers = tuple(laid_on(layer, self.zoom) for layer in layers)
        if self.light is Light.LINEAR:
            layers = in_linear_light(layers)
        size = (self.width, self.height)
        return Scene(*size, background, layers, tuple(requests), self.light)

    def _whole(self, layers: tuple[Layer, ...]) -> Layer:
        """The project's canvas as one layer: adjustments change its pixels, not the output's."""
        width, height = self.stage.width, self.stage.height
        canvas = Group(width, height, self.background, layers)
        return Layer(canvas, (float(width), float(height)))


def resolve(
    project: Project,
    folder: Path,
    facts: Mapping[Source, MediaFacts],
    scale: Fraction = Fraction(1),
    name: str = "project",
    materials: Materials | None = None,
) -> Timeline:
    """Places every clip in time and space.

    `facts` must hold what `sources.source_uses` lists. `scale` sizes the output relative to the
    project's canvas; `name` is what errors call the project. Without `materials` texts are set in
    the fonts that come along, and there are no shaders.

    Raises:
        ProjectError: clips that cannot be placed, all at once.
        AssetError: a font that a text names is unknown or damaged.
    """
    materials = materials or Materials()
    context = Context(folder, facts, materials.typesetter.captions)
    stage = _staged(project, context, name)
    width, height = _scaled_size(project, scale)
    zoom = None if scale == 1 else scaling(width / project.width, height / project.height)
    workshop = Workshop(context, materials, scale, zoom or IDENTITY)
    lanes = _built(stage, workshop, name)
    return Timeline(
        width,
        height,
        project.fps,
        stage.frames,
        project.background,
        lanes,
        tuple(workshop.readers),
        sound_plan(stage),
        zoom,
        tuple(context.warnings),
        stage,
        tuple(workshop.shaders.histories),
        Light.LINEAR if project.linear_light else Light.GAMMA,
    )


def _staged(project: Project, context: Context, name: str) -> Stage:
    canvas = Canvas(project.width, project.height, project.fps, project.background)
    stage = schedule(project.tracks, canvas, project.duration, "", context)
    _refuse_faults(context, name)
    return stage


def _built(stage: Stage, workshop: Workshop, name: str) -> tuple[Lane, ...]:
    lanes = build_lanes(stage, (), workshop)
    _refuse_faults(workshop.context, name)
    return lanes


def _refuse_faults(context: Context, name: str) -> None:
    if context.problems:
        raise ProjectError(context.problems, source=name)


def _scaled_size(project: Project, scale: Fraction) -> tuple[int, int]:
    """The output size; even sides, because most encoders need them, unless nothing is scaled."""
    if scale == 1:
        return project.width, project.height
    return _even(project.width * scale), _even(project.height * scale)


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))
