"""What `gpu-export probe` prints for people: one line per thing worth knowing about a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.media.describe import ColorReport, PictureReport, SoundReport, SourceReport


def source_lines(report: SourceReport) -> Iterator[str]:
    """The report in words; what is as usual goes unsaid."""
    yield f"file     {report.path} ({report.container})"
    if (picture := report.picture) is not None:
        yield f"picture  {', '.join(_picture(picture))}"
        yield f"colour   {_color(picture.color)}"
    if (sound := report.sound) is not None:
        yield f"sound    {', '.join(_sound(sound))}"
    for stream in report.streams:
        header = f" ({stream.header})" if stream.header else ""
        yield f"stream   {stream.index}: {stream.kind} {stream.codec}{header}, {stream.use}"
    for warning in dict.fromkeys(report.warnings):
        yield f"warning  {warning}"


def _picture(picture: PictureReport) -> Iterator[str]:
    yield f"{picture.codec} {picture.kind}"
    yield f"{picture.width}×{picture.height}"
    if picture.rate is not None and picture.duration is not None:
        pace = "" if picture.constant_rate else " on average"
        yield f"{picture.rate} fps{pace}"
        yield f"{picture.duration:.3f} s"
        yield f"{picture.frames} frames"
    yield picture.pixel_format
    yield from _oddities(picture)


def _oddities(picture: PictureReport) -> Iterator[str]:
    if picture.rotation:
        yield f"turned {picture.rotation}° clockwise"
    if picture.mirrored:
        yield "mirrored"
    if picture.pixel_aspect != "1:1":
        yield f"pixels of {picture.pixel_aspect}"
    if picture.fields != "progressive":
        yield f"interlaced {picture.fields}"
    if picture.alpha:
        yield "with transparency"


def _color(color: ColorReport) -> str:
    parts = (f"{color.matrix} {color.range}", f"transfer {color.transfer}")
    places = (f"primaries {color.primaries}", f"chroma {color.chroma_location}")
    return f"{', '.join((*parts, *places))} ({color.decided})"


def _sound(sound: SoundReport) -> Iterator[str]:
    yield sound.codec
    yield f"{sound.rate} Hz"
    yield sound.layout
    yield f"{sound.duration:.3f} s"
    if sound.offset:
        yield f"starts at {sound.offset:+.3f} s against the picture"
