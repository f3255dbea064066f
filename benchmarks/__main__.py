"""The benchmarks: `python -m benchmarks [overlay|heavy|trim|slideshow|stages|memory|…] …`."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from statistics import median

from benchmarks import (
    calibrate,
    decode,
    heavy,
    inputs,
    jobs,
    memory,
    scaling,
    shaders,
    slideshow,
    stages,
    text,
    trim,
)
from benchmarks._harness import OUT, Contender, interleave, save, table
from benchmarks.bitstream import x264_settings, x264_settings_difference


def main() -> None:
    """Parses the command line and runs what it names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", default="overlay", choices=[*BENCHES, *OTHERS])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, for scaling")
    parser.add_argument("--folder", type=Path, default=Path(), help="of shader files")
    arguments = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    if arguments.what == "shaders":
        shaders.report(arguments.folder)
    elif arguments.what == "scaling":
        scaling.report(arguments.rounds, quick=arguments.quick)
    else:
        BENCHES[arguments.what](arguments.rounds, arguments.seconds)


def overlay(rounds: int, seconds: int) -> None:
    """The overlay job, against ffmpeg and MoviePy where they are installed."""
    contenders = jobs.overlay(seconds)
    interleave(contenders, rounds)
    reference = next((one for one in contenders if one.name == "ffmpeg"), contenders[0])
    print(f"# Overlay job, {seconds} s of 1080p{inputs.RATE}, {rounds} interleaved rounds\n")
    print(table(contenders, reference))
    print()
    _print_settings(contenders, reference)
    print(f"\nsingle runs: {save(f'overlay-{seconds}s', contenders)}")


def heavy_job(rounds: int, seconds: int) -> None:
    """The heavy job, against ffmpeg, MoviePy and MLT where they are installed."""
    del seconds
    _compare("heavy", heavy.contenders(), rounds)


def trim_job(rounds: int, seconds: int) -> None:
    """Four pieces of a film joined, encoded anew and copied."""
    del seconds
    _compare("trim", trim.contenders(), rounds)


def slideshow_job(rounds: int, seconds: int) -> None:
    """Eight photographs with music."""
    del seconds
    _compare("slideshow", slideshow.contenders(), rounds)


def _compare(name: str, contenders: list[Contender], rounds: int) -> None:
    interleave(contenders, rounds)
    reference = next((one for one in contenders if one.name == "ffmpeg"), contenders[0])
    print(f"# {name}, 1080p{inputs.RATE}, {rounds} interleaved rounds\n")
    print(table(contenders, reference))
    print(f"\nsingle runs: {save(name, contenders)}")


def memory_use(rounds: int, seconds: int) -> None:
    """Peak memory: of the overlay job by its length, and under limits."""
    del rounds
    memory.report(seconds)


def stage(rounds: int, seconds: int) -> None:
    """Every stage of the overlay job alone: milliseconds of CPU per frame."""
    del seconds
    for name, figures in stages.measure(rounds).items():
        print(f"{name:34s} {median(figures):8.3f} ms  ({min(figures):.3f}–{max(figures):.3f})")


def decoding(rounds: int, seconds: int) -> None:
    """What the reader adds to a bare decode loop."""
    for film in decode.films(seconds):
        print(f"# {film.path.name}, {film.frames} pictures, {rounds} interleaved rounds\n")
        print(decode.table(decode.measure(film, rounds)), end="\n\n")


def fields(rounds: int, seconds: int) -> None:
    """Making, loading and drawing distance fields of glyphs."""
    del seconds
    text.report(rounds)


def calibration(rounds: int, seconds: int) -> None:
    """Which rate factors look alike, on the clips that GPU_EXPORT_CLIPS names."""
    del rounds, seconds
    named = os.environ.get("GPU_EXPORT_CLIPS", "")
    calibrate.report([Path(name) for name in named.split(os.pathsep) if name])


def _print_settings(contenders: list[Contender], reference: Contender) -> None:
    """Says how the encoder settings differ: a faster preset is not a faster tool."""
    wanted = x264_settings(jobs.output_of(reference))
    for contender in contenders:
        if contender is reference:
            continue
        difference = x264_settings_difference(wanted, x264_settings(jobs.output_of(contender)))
        print(
            f"x264 settings of {contender.name} against {reference.name}: {difference or 'equal'}"
        )
        report = Path(jobs.output_of(contender)).with_suffix(".report.json")
        if report.exists():
            figures = json.loads(report.read_text())
            counts = {key: figures[key] for key in figures if key.startswith("frames")}
            print(f"  {counts}")


BENCHES = {
    "overlay": overlay,
    "heavy": heavy_job,
    "trim": trim_job,
    "slideshow": slideshow_job,
    "memory": memory_use,
    "stages": stage,
    "decode": decoding,
    "text": fields,
    "calibrate": calibration,
}
OTHERS = ("scaling", "shaders")

if __name__ == "__main__":
    main()
