"""The jobs as command lines of melt.

Two contenders: melt scales bilinearly unless told otherwise, which leaves out most samples of a
photograph that is shrunk; its bicubic filter is the one that shows what the other programs show.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.peers.jobs import RATE, Copy, Heavy, Overlay, Slideshow, Trim, frames
from benchmarks.peers.tools import CannotSay, Command, Tool, own_fonts, program

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.peers.jobs import Encoding, Job, Title


def _words(job: Overlay | Heavy | Trim | Slideshow) -> list[str]:
    match job:
        case Overlay():
            return _overlay(job)
        case Heavy():
            return _heavy(job)
        case Trim():
            return _trim(job)
        case Slideshow():
            return _slideshow(job)


def _command(scaling: str, job: Job, output: Path) -> Command:
    if isinstance(job, Copy):
        raise CannotSay("melt always encodes")
    return Command(
        [
            *("melt", "-silent", "-profile", "atsc_1080p_30", *_words(job)),
            *("-consumer", f"avformat:{output}", f"rescale={scaling}", "real_time=-1"),
            *_encoder(job.encoding),
            *(("an=1",) if not isinstance(job, Slideshow) else _sound(job)),
        ],
        # Its letters are drawn by Qt, which needs no display then.
        {**own_fonts(), "QT_QPA_PLATFORM": "offscreen"},
    )


def _encoder(encoding: Encoding) -> list[str]:
    gop = [f"g={encoding.gop}", f"keyint_min={encoding.gop}", "sc_threshold=0"]
    rate = [f"preset={encoding.preset}", f"crf={encoding.crf}", *gop]
    return ["vcodec=libx264", *rate, f"x264-params={encoding.params}", "pix_fmt=yuv420p"]


def _sound(job: Slideshow) -> list[str]:
    return ["acodec=aac", f"ab={job.encoding.audio_bitrate}", "frequency=48000", "channels=2"]


def _title(title: Title, last: int) -> list[str]:
    """A transparent track with the line in its middle."""
    place = f"geometry=0/{title.middle_y - title.size}:1920x{2 * title.size}:100"
    font = [f"family={title.family}", f"size={title.size}", "weight=400"]
    outline = ["olcolour=#ff000000", f"outline={title.outline}"] if title.outline else []
    return [
        *("-track", "color:#00000000", f"out={last}", "-attach-clip", "dynamictext"),
        *(f"argument={title.text}", place, *font, "fgcolour=#ffffffff", "bgcolour=#00000000"),
        *("halign=centre", "valign=middle", *outline),
    ]


def _overlay(job: Overlay) -> list[str]:
    last, inset, logo = frames(job) - 1, job.inset, job.logo_at
    end = f"out={last}"
    inset_place = f"geometry={inset.x}/{inset.y}:{inset.width}x{inset.height}:100"
    logo_place = f"geometry={logo.x}/{logo.y}:{logo.width}x{logo.height}:100"
    return [
        *(job.film, "in=0", end, "-track", job.second, "in=0", end, "-track", job.logo, end),
        *_title(job.title, last),
        *("-transition", "composite", "a_track=0", "b_track=1", end, inset_place),
        *("-transition", "composite", "a_track=0", "b_track=2", end, logo_place),
        *("-transition", "composite", "a_track=0", "b_track=3", end),
    ]


def _heavy(job: Heavy) -> list[str]:
    shot, last = round(job.shot * RATE) - 1, frames(job) - 1
    end, fade = f"out={last}", round(job.title_fade * RATE)
    zoom = ";".join(
        f"{frame}={_grown(job, factor)}" for frame, factor in ((0, 1.0), (last, job.zoom))
    )
    width, height = job.inset_size
    travel = ";".join(
        f"{frame}={x - width // 2} {y - height // 2} {width} {height} {job.opacity}"
        for frame, (x, y) in zip((0, last), job.path, strict=True)
    )
    fading = f"0=0;{fade}=1;{last - fade}=1;{last}=0"
    return [
        *(job.film, "in=0", f"out={shot}", job.second, "in=0", f"out={shot}"),
        *_mixed(job.fade),
        *("-track", job.photo, end),
        *("-transition", "affine", "a_track=0", "b_track=1", f"rect={zoom}", end),
        *("-track", job.second, "in=0", end),
        *("-transition", "affine", "a_track=0", "b_track=2", f"rect={travel}"),
        *(f"fix_rotate_x={job.turn:g}", end, "fill=1"),
        *_title(job.title, last),
        *("-attach-clip", "brightness", f"alpha={fading}", "level=1"),
        *("-transition", "composite", "a_track=0", "b_track=3", end),
    ]


def _grown(job: Heavy, factor: float) -> str:
    (width, height), (x, y) = job.photo_size, job.photo_at
    corner = f"{x - factor * width / 2:g} {y - factor * height / 2:g}"
    return f"{corner} {factor * width:g} {factor * height:g} 1"


def _mixed(fade: float) -> list[str]:
    return ["-mix", str(round(fade * RATE)), "-mixer", "luma"]


def _trim(job: Trim) -> list[str]:
    cuts = [(round(start * RATE), round(end * RATE) - 1) for start, end in job.pieces]
    return [word for first, last in cuts for word in (job.film, f"in={first}", f"out={last}")]


def _slideshow(job: Slideshow) -> list[str]:
    """Photographs of 4:3 fill the width, so that as much of their height is cut as must be."""
    last = round(job.shot * RATE) - 1
    zoom = ";".join(
        f"{frame}={960 * (1 - grown):g} {540 - 720 * grown:g} {1920 * grown:g} {1440 * grown:g} 1"
        for frame, grown in ((0, 1.0), (last, job.zoom))
    )
    words = []
    for index, photo in enumerate(job.photos):
        words += [photo, f"out={last}", "-attach-clip", "affine", f"transition.rect={zoom}"]
        words += ["transition.fill=1", "transition.distort=0"]
        words += _mixed(job.fade) if index else []
    music = ["-audio-track", job.music, "in=0", f"out={frames(job) - 1}"]
    return [*words, *music, "-transition", "mix", "a_track=0", "b_track=1"]


_missing = program("melt", "apt-get install -y melt")
BILINEAR = Tool("MLT bilinear", _missing, partial(_command, "bilinear"))
BICUBIC = Tool("MLT bicubic", _missing, partial(_command, "bicubic"))
