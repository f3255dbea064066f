"""A transition under way: which drawings it joins at a frame, and how far it has come.

Owns its frames, its pace and the picture of a `luma`; how it looks is `crossings.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.core.easing import easing
from gpu_export.core.time import FrameRange
from gpu_export.document.model.transitions import LumaParams, transition_params
from gpu_export.render.looks import Luma
from gpu_export.render.scene import Layer, Picture, SourceRequest
from gpu_export.timeline.crossings import Meeting, crossed, passing, run_through
from gpu_export.timeline.moment import Moment
from gpu_export.timeline.overlaps import coming_in, going_out, own_frames
from gpu_export.usershaders.gl_transition import PROGRESS, RATIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from gpu_export.document.model import Transition
    from gpu_export.render.programs import Value
    from gpu_export.timeline.clock import ClipClock
    from gpu_export.timeline.stage import ScheduledClip, ScheduledTrack
    from gpu_export.timeline.user_shaders import ShaderOnTimeline
    from gpu_export.timeline.visuals import Visual

    Params = Mapping[str, object]

    FieldOf = Callable[
        [ScheduledClip, Transition, FrameRange], "FieldPicture | PassageShader | None"
    ]
    """The picture or shader that a clip's transition over some frames needs, if it needs one."""


@dataclass(frozen=True, slots=True)
class FieldPicture:
    """The picture of a `luma` transition: the reader that delivers it, and at which times."""

    reader: int
    clock: ClipClock


@dataclass(frozen=True, slots=True)
class PassageShader:
    """The shader of a `glsl` or `isf` transition, and the rate of its timeline."""

    shader: ShaderOnTimeline
    fps: Fraction

    def draw(
        self, meeting: Meeting, moment: Moment, requests: list[SourceRequest], params: Params
    ) -> tuple[Layer, ...]:
        """The layers at a moment; asks for the pictures that the shader reads."""
        slots = self.shader.ask(moment, requests)
        width, height = meeting.canvas
        given: dict[str, Value] = {PROGRESS: meeting.progress, RATIO: width / height}
        return run_through(meeting, self.shader.run(params, meeting.canvas, moment, slots, given))


@dataclass(frozen=True, slots=True)
class Passage:
    """Two drawings of one canvas that a transition joins; None is transparency.

    Attributes:
        frames: those it takes.
        before, after: what is drawn meanwhile.
        canvas: of the timeline it stands in, pixels.
        transition: which one, and its pace.
        field: of a `luma`, `glsl` or `isf`.
    """

    frames: FrameRange
    before: Visual | None
    after: Visual | None
    canvas: tuple[int, int]
    transition: Transition
    field: FieldPicture | PassageShader | None = None

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`; asks for the pictures of both drawings."""
        before = self.before.draw(frame, requests) if self.before is not None else ()
        after = self.after.draw(frame, requests) if self.after is not None else ()
        share = (frame - self.frames.start + 0.5) / len(self.frames)
        progress = min(max(easing(self.transition.easing)(share), 0.0), 1.0)
        meeting = Meeting(self.canvas, before, after, progress)
        if isinstance(self.field, PassageShader):
            moment = Moment(frame, self.frames, self.field.fps)
            return self.field.draw(meeting, moment, requests, self.transition.params)
        params = transition_params(self.transition)
        if isinstance(params, LumaParams):
            picture = self._field_picture(frame, requests)
            return crossed(meeting, Luma(picture, params.softness, params.invert))
        return passing(meeting, params)

    def _field_picture(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """What says when each point changes, filling the canvas."""
        assert isinstance(self.field, FieldPicture)  # the timeline gives one to every `luma`
        time = self.field.clock.at(frame - self.frames.start)
        requests.append(SourceRequest(self.field.reader, time))
        width, height = self.canvas
        return (Layer(Picture(len(requests) - 1), (float(width), float(height))),)


def passages(
    scheduled: ScheduledTrack,
    visuals: Sequence[Visual | None],
    canvas: tuple[int, int],
    field_of: FieldOf,
) -> Iterator[Passage]:
    """The transitions of a track: between joined clips, else from and to transparency.

    `visuals` has one for each clip, None where it shows nothing. Beside a hidden clip there is
    transparency.
    """
    joined = {join.after: join for join in scheduled.joins}
    left = {join.before for join in scheduled.joins if visuals[join.after] is not None}
    for index, (clip, visual) in enumerate(zip(scheduled.clips, visuals, strict=True)):
        coming, going, frames = coming_in(clip.clip), going_out(clip.clip), clip.frames
        if visual is None:
            continue
        if coming is not None:
            join = joined.get(index)
            before = None if join is None else visuals[join.before]
            length = own_frames(clip, coming) if join is None else len(join.frames)
            span = FrameRange(frames.start, frames.start + length)
            field = field_of(clip, coming, span)
            yield Passage(span, before, visual, canvas, coming, field)
        if going is not None and index not in left:
            span = FrameRange(frames.end - own_frames(clip, going), frames.end)
            field = field_of(clip, going, span)
            yield Passage(span, visual, None, canvas, going, field)
