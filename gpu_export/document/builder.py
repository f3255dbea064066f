"""`Clip`: the ways to make clips in Python, each with its source first and all keys completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from gpu_export.document.model import (
    AdjustmentClip,
    AudioClip,
    CompositionClip,
    FramesClip,
    Gradient,
    GradientClip,
    ImageClip,
    ShaderClip,
    ShapeClip,
    SolidClip,
    SubtitlesClip,
    TextClip,
    VideoClip,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gpu_export.core.facts import MakeFrame
    from gpu_export.document.keywords import (
        AudioOptions,
        ColorLike,
        CompositionOptions,
        FillOptions,
        FramesOptions,
        ImageOptions,
        Plain,
        RateLike,
        ShaderOptions,
        ShapeOptions,
        SubtitlesOptions,
        TextOptions,
        VideoOptions,
    )
    from gpu_export.document.model import Track


class Clip:
    """Makes clips; `Clip.video("a.mp4", duration=3)` is `VideoClip(src="a.mp4", duration=3)`.

    Keyword arguments are the keys of the project format in snake_case (`fade_in`; `in_` with an
    underscore), in any of its notations. Every function raises `pydantic.ValidationError`, a
    `ValueError`, that names the key which cannot be meant.
    """

    @staticmethod
    def video(src: str | Path, **keys: Unpack[VideoOptions]) -> VideoClip:
        """A video file, with its sound."""
        return VideoClip(src=str(src), **keys)

    @staticmethod
    def image(src: str | Path, **keys: Unpack[ImageOptions]) -> ImageClip:
        """A still or animated picture, or a numbered sequence (`shot_%04d.png`)."""
        return ImageClip(src=str(src), **keys)

    @staticmethod
    def audio(src: str | Path, **keys: Unpack[AudioOptions]) -> AudioClip:
        """Sound from a file."""
        return AudioClip(src=str(src), **keys)

    @staticmethod
    def text(text: str, **keys: Unpack[TextOptions]) -> TextClip:
        """Styled text."""
        return TextClip(text=text, **keys)

    @staticmethod
    def subtitles(src: str | Path | None = None, **keys: Unpack[SubtitlesOptions]) -> SubtitlesClip:
        """Timed text: a `.srt`, `.vtt` or `.ass` file, or `cues`."""
        return SubtitlesClip(src=None if src is None else str(src), **keys)

    @staticmethod
    def solid(color: ColorLike, **keys: Unpack[FillOptions]) -> SolidClip:
        """One colour."""
        return SolidClip(color=color, **keys)

    @staticmethod
    def gradient(gradient: Gradient | Plain, **keys: Unpack[FillOptions]) -> GradientClip:
        """A gradient: kind, angle and stops."""
        return GradientClip(gradient=gradient, **keys)

    @staticmethod
    def shape(
        shape: Literal["rect", "ellipse", "line", "path"], **keys: Unpack[ShapeOptions]
    ) -> ShapeClip:
        """A vector shape, with a `fill`, a `stroke` or both."""
        return ShapeClip(shape=shape, **keys)

    @staticmethod
    def shader(src: str | Path, **keys: Unpack[ShaderOptions]) -> ShaderClip:
        """A picture that a shader generates: an ISF generator or a GLSL file."""
        return ShaderClip(src=str(src), **keys)

    @staticmethod
    def adjustment(**keys: Unpack[FillOptions]) -> AdjustmentClip:
        """No picture: its `effects` work on everything below it in its composition."""
        return AdjustmentClip(**keys)

    @staticmethod
    def composition(tracks: Sequence[Track], **keys: Unpack[CompositionOptions]) -> CompositionClip:
        """A nested timeline, used like a video."""
        return CompositionClip(tracks=tracks, **keys)

    @staticmethod
    def from_frames(
        make: MakeFrame, *, fps: RateLike | None = None, **keys: Unpack[FramesOptions]
    ) -> FramesClip:
        """Pictures that a function of your own makes. Cannot be written to a project file.

        Args:
            make: takes a frame index from 0 and returns that picture: (H, W, 4) uint8, straight
                RGBA, or (H, W, 3) for an opaque one, all of one shape. It must be a function of
                the index alone: it may be asked for any of them, in any order, more than once;
                frame 0 is asked for beforehand, to learn the size. All calls come from the thread
                that exports, one at a time.
            fps: frame indices a second; the project's rate by default.
            keys: `duration`, time keys and layer keys, as of a video. Frames have no end of their
                own, so `duration` or `out` is needed; `speed` below 0 counts down to `in_`.

        Raises:
            FramesFailed: while exporting, if it raises an exception or returns anything else.

        Example:
            >>> import numpy as np
            >>> from gpu_export import Clip, Project, Track, render_frame
            >>> def fade(index):
            ...     return np.full((36, 64, 3), 10 * index, np.uint8)
            >>> clip = Clip.from_frames(fade, duration=1)
            >>> project = Project(width=64, height=36, tracks=[Track(clips=[clip])])
            >>> render_frame(project, "7f")[18, 32].tolist()
            [70, 70, 70, 255]
        """
        return FramesClip(make=make, fps=fps, **keys)
