"""The jobs as ffmpeg filter graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.peers.jobs import HEIGHT, RATE, WIDTH, Copy, Heavy, Overlay, Slideshow, Trim
from benchmarks.peers.tools import FOLDER, Command, Tool, program

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.peers.jobs import Encoding, Job, Title

_QUIET = ["ffmpeg", "-y", "-v", "error"]


def _words(job: Overlay | Heavy | Trim | Slideshow) -> list[str]:
    match job:
        case Overlay():
            return _graph([job.film, job.second, job.logo], _overlay(job))
        case Heavy():
            return _heavy(job)
        case Trim():
            return _graph([job.film], _trim(job))
        case Slideshow():
            return _slideshow(job)


def _command(job: Job, output: Path) -> Command:
    if isinstance(job, Copy):
        return Command([*_QUIET, *_copied(job), str(output)])
    length = ["-t", f"{job.seconds:g}"]
    return Command([*_QUIET, *_words(job), *length, *_encoder(job.encoding), str(output)])


def _graph(sources: list[str], graph: str) -> list[str]:
    return [*_inputs(sources), "-filter_complex", graph, "-map", "[v]"]


def _inputs(sources: list[str] | tuple[str, ...]) -> list[str]:
    return [word for source in sources for word in ("-i", source)]


def _encoder(encoding: Encoding) -> list[str]:
    return ["-c:v", "libx264", "-preset", encoding.preset, *encoding.ffmpeg_words()]


def _drawtext(title: Title) -> str:
    outline = f":borderw={title.outline}:bordercolor=black" if title.outline else ""
    middle = f"x=(w-tw)/2:y={title.baseline_y}-ascent"
    return (
        f"drawtext=fontfile={title.font}:text='{title.text}':fontsize={title.size}:fontcolor=white"
        f":{middle}{outline}"
    )


def _fade_at(seconds: float) -> str:
    """`xfade` takes the second film's first picture one picture after its offset."""
    return f"{seconds - 1 / RATE:.6f}"


def _overlay(job: Overlay) -> str:
    inset, logo = job.inset, job.logo_at
    return (
        f"[1:v]scale={inset.width}:{inset.height}[inset];"
        f"[0:v][inset]overlay={inset.x}:{inset.y}[a];"
        f"[a][2:v]overlay={logo.x}:{logo.y}[b];"
        f"[b]{_drawtext(job.title)}[v]"
    )


def _heavy(job: Heavy) -> list[str]:
    (x0, y0), (x1, y1) = job.path
    (photo_w, photo_h), (photo_x, photo_y) = job.photo_size, job.photo_at
    along = f"(t/{job.seconds})"
    grown = f"(1+{job.zoom - 1:g}*{along})"
    turn = f"{job.turn:g}*PI/180"
    shot = f"trim=duration={job.shot},setpts=PTS-STARTPTS,fps={RATE},format=yuv420p,settb=1/{RATE}"
    fading = f"min(1\\,min(t\\,{job.seconds}-t)/{job.title_fade})"
    graph = (
        f"[0:v]{shot}[a];[1:v]{shot}[b];"
        f"[a][b]xfade=fade:duration={job.fade}:offset={_fade_at(job.shot - job.fade)}[base];"
        f"[2:v]scale=w='{photo_w}*{grown}':h='{photo_h}*{grown}':eval=frame[photo];"
        f"[base][photo]overlay=x='{photo_x}-w/2':y='{photo_y}-h/2'[v0];"
        f"[3:v]scale={job.inset_size[0]}:{job.inset_size[1]},format=yuva420p,"
        f"rotate={turn}:c=none:ow='rotw({turn})':oh='roth({turn})',"
        f"colorchannelmixer=aa={job.opacity}[inset];"
        f"[v0][inset]overlay=x='{x0}+{x1 - x0}*{along}-w/2':y='{y0}+{y1 - y0}*{along}-h/2'[v1];"
        f"[v1]{_drawtext(job.title)}:alpha={fading}[v]"
    )
    still = ["-loop", "1", "-framerate", str(RATE), "-i", job.photo]
    films = _inputs((job.film, job.second))
    return [*films, *still, "-i", job.second, "-filter_complex", graph, "-map", "[v]"]


def _trim(job: Trim) -> str:
    cut = "".join(
        f"[0:v]trim={start}:{end},setpts=PTS-STARTPTS[p{index}];"
        for index, (start, end) in enumerate(job.pieces)
    )
    names = "".join(f"[p{index}]" for index in range(len(job.pieces)))
    return f"{cut}{names}concat=n={len(job.pieces)}[v]"


def _copied(job: Copy) -> list[str]:
    """It ends a piece by decoding times, which run two pictures ahead of what is shown."""
    listing = FOLDER / job.name / "pieces.ffconcat"
    listing.parent.mkdir(parents=True, exist_ok=True)
    lines = ["ffconcat version 1.0"]
    for start, end in job.pieces:
        last = end - 2.5 / RATE
        lines += [f"file '{job.film}'", f"inpoint {start}", f"outpoint {last:.6f}"]
    listing.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["-f", "concat", "-safe", "0", "-i", str(listing), "-c", "copy"]


def _slideshow(job: Slideshow) -> list[str]:
    """`zoompan` places its window on whole pixels; the larger picture before it keeps it smooth.

    Every photograph lasts a picture longer: a crossfade drops one, see `_fade_at`.
    """
    pictures = round(job.shot * RATE)
    wide, high = WIDTH * 3 // 2, HEIGHT * 3 // 2
    shots = "".join(
        f"[{index}:v]scale={wide}:{wide * 3 // 4}:flags=bicubic,crop={wide}:{high},"
        f"zoompan=z='1+{job.zoom - 1:g}*on/{pictures}':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2'"
        f":d={pictures + 1}:s={WIDTH}x{HEIGHT}:fps={RATE},format=yuv420p,settb=1/{RATE}[s{index}];"
        for index in range(len(job.photos))
    )
    fades, last = [], "s0"
    for index in range(1, len(job.photos)):
        offset = _fade_at(index * (job.shot - job.fade))
        fades.append(f"[{last}][s{index}]xfade=fade:duration={job.fade}:offset={offset}[x{index}]")
        last = f"x{index}"
    music = ["-i", job.music]
    sound = ["-map", f"{len(job.photos)}:a", "-c:a", "aac", "-b:a", str(job.encoding.audio_bitrate)]
    graph = ["-filter_complex", shots + ";".join(fades), "-map", f"[{last}]"]
    return [*_inputs(job.photos), *music, *graph, *sound]


FFMPEG = Tool("ffmpeg", program("ffmpeg", "apt-get install -y ffmpeg"), _command)
