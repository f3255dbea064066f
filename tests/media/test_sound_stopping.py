"""Whatever keeps a mix from its first block looks up meanwhile, and can be ended."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from gpu_export.core.policy import Policy
from gpu_export.errors import Cancelled
from gpu_export.media.mix import open_mix
from gpu_export.render.sound import Master
from tests.mixing import heard, make_sound, plan, span, steady
from tests.stopping import raising_at
from tests.synth import tone

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.render.sound import SoundPlan

# Half a minute are 88 chunks; the files below are opened and read in fewer calls than this.
SOME_WAY_IN = 60


@pytest.fixture
def short(media_dir: Path) -> Path:
    """A fifth of a second, which loops keep in memory."""
    return make_sound(media_dir / "stopping.wav", tone(0.2, steady(440)))


def _stopped(of: SoundPlan, master: Master | None = None, *, start: int = 0) -> None:
    """Fails unless the first block was given up."""
    check = raising_at(SOME_WAY_IN)
    with (
        open_mix(of, master or Master(), Policy(), start=Fraction(start), check=check) as stream,
        pytest.raises(Cancelled),
    ):
        next(stream)


def test_measuring_loudness_can_be_stopped(short: Path) -> None:
    _stopped(plan(span(heard(short), 0, 30, loop=True)), Master(loudness=-16))


def test_turning_sound_round_can_be_stopped(short: Path) -> None:
    _stopped(plan(span(heard(short), 0, 30, loop=True, speed=-1)))


def test_skipping_to_a_far_start_can_be_stopped(short: Path) -> None:
    _stopped(plan(span(heard(short), 0, 31, loop=True, speed="11/10")), start=30)


def test_nested_plans_can_be_stopped(short: Path) -> None:
    inner = plan(span(heard(short), 0, 30, loop=True, speed=-1))
    _stopped(plan(span(inner, 0, 30)))


def test_walking_through_a_file_without_an_index_can_be_stopped(media_dir: Path) -> None:
    path = make_sound(media_dir / "walked.mp3", tone(6.0, steady(440)), codec="libmp3lame")
    _stopped(plan(span(heard(path), 0, 6)), start=5)


def test_a_check_that_never_raises_changes_nothing(short: Path) -> None:
    calls = []
    of = plan(span(heard(short), 0, 1, loop=True, speed=-1))
    with open_mix(of, Master(), Policy(), check=lambda: calls.append(1)) as stream:
        assert sum(len(block) for block in stream) == 48_000
    assert calls
