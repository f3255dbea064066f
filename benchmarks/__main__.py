"""The benchmarks: `python -m benchmarks [peers|stages|memory|decode|…] …`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from statistics import median

from benchmarks import calibrate, decode, memory, scaling, shaders, stages, text
from benchmarks.inputs import OUT
from benchmarks.peers import command as peers


def main() -> None:
    """Parses the command line and runs what it names; `peers` has arguments of its own."""
    if sys.argv[1:2] in ([], ["peers"]):
        peers.main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", choices=["peers", *BENCHES, *OTHERS])
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


BENCHES = {
    "memory": memory_use,
    "stages": stage,
    "decode": decoding,
    "text": fields,
    "calibrate": calibration,
}
OTHERS = ("scaling", "shaders")

if __name__ == "__main__":
    main()
