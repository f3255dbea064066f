"""Loading without looking for garbage leaves the collector as it was."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest

from gpu_export.cli.loading import loading, without_plugins
from gpu_export.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


def test_nothing_is_collected_while_modules_load_and_all_is_after() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with loading():
        pass
    assert not gc.isenabled()


def test_a_load_that_fails_turns_the_collector_on_again() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()


def test_what_was_loaded_is_not_looked_through_later() -> None:
    with loading():
        pass
    assert gc.get_freeze_count() > 0


def test_a_command_line_leaves_nothing_out_of_the_collectors_sight() -> None:
    assert main(["--version"]) == 0
    assert gc.get_freeze_count() == 0
    assert gc.isenabled()


def test_no_plugin_sees_a_projects_values_unless_somebody_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PYDANTIC_DISABLE_PLUGINS", raising=False)
    without_plugins()
    assert os.environ["PYDANTIC_DISABLE_PLUGINS"] == "__all__"
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "one")
    without_plugins()
    assert os.environ["PYDANTIC_DISABLE_PLUGINS"] == "one"
