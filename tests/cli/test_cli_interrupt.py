from __future__ import annotations

import signal

import pytest

from gpu_export.cli.exit_codes import Interrupted
from gpu_export.cli.interrupt import cancelled_by_signals
from gpu_export.engine.cancel import Cancellation
from gpu_export.errors import Cancelled


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
