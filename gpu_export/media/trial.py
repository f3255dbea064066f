"""Finds out which codecs work here by writing a file with them; a name in a list proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from gpu_export.errors import EncodeError, ExportError
from gpu_export.media.codecs import CONTAINERS, VIDEO_CODECS
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.sink import open_sink

# Real encoders refuse tiny frames, so the trial is not one.
SIDE = 512
FRAMES = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """How one codec fared: whether some encoder of it works, what was found, what helps."""

    codec: str
    works: bool
    found: str
    remedy: str = ""


def try_encoders() -> list[Trial]:
    """One trial for every video codec that is written in one go."""
    return [_try_codec(codec) for codec in VIDEO_CODECS if codec != "gif"]


def _try_codec(codec: str) -> Trial:
    suffix = next(row.suffixes[0] for row in CONTAINERS.values() if codec in row.video)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"trial%d{suffix}"
        try:
            _write_some(path, codec)
        except ExportError as error:
            remedy = "Reinstall av from its wheel: pip install --force-reinstall av"
            return Trial(codec, works=False, found=str(error), remedy=remedy)
    return Trial(codec, works=True, found=f"{VIDEO_CODECS[codec][0].name}, software")


def _write_some(path: Path, codec: str) -> None:
    picture = PictureFormat(SIDE, SIDE, Fraction(25))
    spec = plan_output(path, picture, None, OutputWish(codec=codec))
    with open_sink(spec, frames=FRAMES) as sink:
        for _ in range(FRAMES):
            frame = sink.allocate()
            for plane in frame.planes:
                plane[:] = 1 << (frame.layout.bit_depth - 1)
            sink.write(frame)
        sink.finish()
    if not any(path.parent.iterdir()):
        raise EncodeError("it took pictures and gave no file", codec=codec)
