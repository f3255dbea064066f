"""An export that is cancelled or fails ends at once, whatever its threads are in the middle of."""

from __future__ import annotations

from dataclasses import replace
from threading import Event, current_thread
from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.core.time import parse_time
from gpu_export.engine.cancel import Cancellation
from gpu_export.engine.export import export
from gpu_export.engine.load import load_data
from gpu_export.engine.options import TimeRange
from gpu_export.engine.threads import Prefetched
from gpu_export.errors import Cancelled
from gpu_export.media.samples import skip
from gpu_export.media.spool import Spool
from tests.engine.exporting import CPU, data
from tests.stopping import BEGUN_S, Ended, endless_film
from tests.synth import ladder, make_video, make_wav

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.engine.options import ExportOptions
    from gpu_export.render.sound import AudioBlock

RED = {"type": "solid", "color": "#ff0000", "duration": 7200}
FAR = replace(CPU, range=TimeRange(parse_time(7000), parse_time(7001)))


@pytest.fixture
def song(media_dir: Path) -> dict[str, Any]:
    """Two hours of sound from a second of it."""
    path = make_wav(media_dir / "stopped.wav", ladder(1.0))
    return {"type": "audio", "src": str(path), "loop": True, "duration": 7200}


@pytest.fixture
def spooling(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set once sound goes to disk, to be measured or turned round."""
    begun, write = Event(), Spool.write

    def noticed(spool: Spool, block: AudioBlock) -> None:
        begun.set()
        write(spool, block)

    monkeypatch.setattr(Spool, "write", noticed)
    return begun


@pytest.fixture
def skipping(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set once sound is read only to get past it."""
    begun = Event()

    def noticed(*args: Any) -> None:
        begun.set()
        skip(*args)

    monkeypatch.setattr("gpu_export.media.voices.skip", noticed)
    return begun


def _cancelled(
    project: dict[str, Any], output: Path, begun: Event, options: ExportOptions = CPU
) -> None:
    """Cancels an export once `begun`; fails unless that ends it, promptly and without a trace."""
    cancel = Cancellation()
    loaded = load_data(project, options, folder=output.parent)
    running = Ended(lambda: export(loaded, output, options, cancel=cancel))
    assert begun.wait(BEGUN_S), running.error
    cancel.cancel()
    assert running.promptly()
    assert isinstance(running.error, Cancelled)
    assert list(output.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["out.mp4", "out.wav"])
def test_while_loudness_is_measured(
    name: str, song: dict[str, Any], spooling: Event, tmp_path: Path
) -> None:
    project = data([RED], [song], audio={"loudness": -16})
    _cancelled(project, tmp_path / name, spooling)


def test_while_sound_is_turned_round(song: dict[str, Any], spooling: Event, tmp_path: Path) -> None:
    _cancelled(data([{**song, "speed": -1}]), tmp_path / "out.wav", spooling)


def test_while_sound_before_the_range_is_skipped(
    song: dict[str, Any], skipping: Event, tmp_path: Path
) -> None:
    _cancelled(data([{**song, "speed": 1.1}]), tmp_path / "out.wav", skipping, FAR)


def test_while_a_film_is_decoded_up_to_its_first_picture(
    media_dir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = make_video(media_dir / "stopped.mp4", frames=10)
    clip = {"type": "video", "src": str(path)}
    _cancelled(data([clip]), tmp_path / "out.mp4", endless_film(monkeypatch))


def test_while_the_poster_waits_for_its_picture(
    media_dir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = make_video(media_dir / "stopped.mp4", frames=10)
    project = data([{"type": "video", "src": str(path)}])
    project["output"] = {**project["output"], "poster": {"path": "poster.png", "time": 0.2}}
    _cancelled(project, tmp_path / "out.mp4", endless_film(monkeypatch))


def test_ctrl_c_in_a_script_does_not_wait_for_the_sound(
    song: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    encoder_waits, following = Event(), Prefetched.__next__

    def noticed(stream: Prefetched[AudioBlock]) -> AudioBlock:
        encoder_waits.set()
        return following(stream)

    class CtrlC(Cancellation):
        """Interrupts the thread that exports, as Python does without a handler of signals."""

        def check(self) -> None:
            if current_thread().name != "mix" and encoder_waits.is_set():
                raise KeyboardInterrupt

    monkeypatch.setattr(Prefetched, "__next__", noticed)
    loaded = load_data(data([RED], [song], audio={"loudness": -16}), CPU, folder=tmp_path)
    running = Ended(lambda: export(loaded, tmp_path / "out.mp4", CPU, cancel=CtrlC()))
    assert encoder_waits.wait(BEGUN_S), running.error
    assert running.promptly()
    assert isinstance(running.error, KeyboardInterrupt)
    assert list(tmp_path.iterdir()) == []
