from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gpu_export.cli.exit_codes import Interrupted
from gpu_export.cli.interrupt import cancelled_by_signals
from gpu_export.engine.cancel import Cancellation
from gpu_export.errors import Cancelled
from tests.stopping import PROMPT_S
from tests.synth import make_video

if TYPE_CHECKING:
    from tests.cli.conftest import Desk


def _interrupted_work(signum: signal.Signals) -> None:
    cancellation = Cancellation()
    with cancelled_by_signals(cancellation):
        signal.raise_signal(signum)
        cancellation.check()


def _cancelled_work() -> None:
    cancellation = Cancellation()
    with cancelled_by_signals(cancellation):
        cancellation.cancel()
        cancellation.check()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_cancels_and_is_remembered(signum: signal.Signals) -> None:
    with pytest.raises(Interrupted) as raised:
        _interrupted_work(signum)
    assert raised.value.signum == signum


def test_a_cancellation_without_a_signal_stays_what_it_is() -> None:
    with pytest.raises(Cancelled) as raised:
        _cancelled_work()
    assert type(raised.value) is Cancelled


def test_work_that_finished_before_the_signal_was_seen_counts_as_done() -> None:
    with cancelled_by_signals(Cancellation()):
        signal.raise_signal(signal.SIGINT)


def test_the_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with cancelled_by_signals(Cancellation()):
        pass
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


_ENDLESS_FILM = """
import pytest
from tests.stopping import endless_film
from threading import Thread
under_way = endless_film(pytest.MonkeyPatch())
Thread(target=lambda: under_way.wait() and print("decoding", flush=True), daemon=True).start()
from gpu_export.cli.main import run
run()
"""


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("frame", ["--at", "0", "--compositor", "cpu"]),
        ("sheet", ["--compositor", "cpu"]),
        ("validate", []),
        ("export", ["-o", "out.mp4", "--compositor", "cpu"]),
    ],
)
def test_ctrl_c_ends_every_command_in_the_middle_of_a_decode(
    command: str, options: list[str], desk: Desk
) -> None:
    make_video(desk.folder / "film.mp4", frames=10)
    project = desk.project(tracks=[{"clips": [{"type": "video", "src": "film.mp4"}]}])
    running = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS_FILM, command, project, *options],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline() == "decoding\n"
            running.send_signal(signal.SIGINT)
            _, err = running.communicate(timeout=PROMPT_S)
        finally:
            running.kill()
    assert running.returncode == 130
    assert err.startswith("cancelled")
    assert desk.files() == {"film.mp4", "red.json"}
