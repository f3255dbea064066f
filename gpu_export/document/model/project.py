"""The root of the project file."""

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from gpu_export.document.model.base import FileModel, Listed
from gpu_export.document.model.clips import Track
from gpu_export.document.model.colors import Color
from gpu_export.document.model.forms import number, whole
from gpu_export.document.model.layers import Flag, Free
from gpu_export.document.model.output import Output
from gpu_export.document.model.sources import Gain
from gpu_export.document.model.times import ProjectDuration, Rate

VERSION = 1
"""The format version this code reads and writes."""


class Font(FileModel):
    """A font file and the name it goes by."""

    family: str
    """What `fontFamily` calls it."""
    src: str
    """Path relative to the project file."""
    weight: Annotated[int, whole(1, 1000)] = 400
    """400 is regular, 700 bold."""
    style: Literal["normal", "italic", "oblique"] = "normal"
    """Upright or slanted."""


class AudioMaster(FileModel):
    """The sum of all sound."""

    volume: Gain = 1.0
    """Gain of the whole."""
    loudness: Annotated[float, number(-70, 0)] | None = None
    """Integrated loudness to reach, in LUFS (EBU R 128); left as it is by default."""
    true_peak: Annotated[float, number(-20, 0)] = -1.0
    """Ceiling of the limiter, in dBTP."""
    sample_rate: Annotated[int, whole(8_000, 192_000)] = 48_000
    """Samples a second."""
    channels: Annotated[int, whole(1, 8)] = 2
    """1 is mono, 2 stereo."""


class Project(FileModel):
    """A whole project: canvas, tracks, and what to write.

    `Project(tracks=[Track(clips=[VideoClip(src="a.mp4")])])` is the shortest that means
    something.
    """

    version: Literal[1] = 1
    """Format version."""
    width: Annotated[int, whole(1)] = 1920
    """Canvas width in pixels."""
    height: Annotated[int, whole(1)] = 1080
    """Canvas height in pixels."""
    fps: Rate = Fraction(30)
    """Frames a second; 23.976, 29.97 and 59.94 mean n·1000/1001."""
    duration: ProjectDuration = "auto"
    """Length of the whole; `auto` is the end of the last clip."""
    background: Color = (0.0, 0.0, 0.0, 1.0)
    """What lies under everything; may be transparent where the output keeps alpha."""
    linear_light: Flag = False
    """Blends in linear light (IEC 61966-2-1) instead of gamma-coded values: opacity, soft edges,
    blend modes and compositions; what a clip shows by itself, effects included, stays as it is."""
    tracks: Listed[Track]
    """The tracks; the last one is on top."""
    variables: dict[str, Free] = Field(default_factory=dict)
    """Values for the `{{name}}` placeholders of the file."""
    fonts: Listed[Font] = ()
    """Font files that text may use."""
    audio: AudioMaster = AudioMaster()
    """Gain, loudness and format of the sum of all sound."""
    output: Output | Listed[Output] = Output()
    """What is written: one file, or several."""

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What is written, as a list in any case."""
        return self.output if isinstance(self.output, tuple) else (self.output,)

    @model_serializer(mode="wrap")
    def _with_version(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Required in a file although code need not say it.
        return {"version": self.version, **handler(self)}
