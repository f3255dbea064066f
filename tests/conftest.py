"""Fixtures for the whole suite: one GL device, folders of synthetic media, fixed seeds."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings

from gpu_export.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gpu_export.gl.device import Device

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True, max_examples=50)
settings.register_profile("deep", deadline=None, print_blob=True, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

REQUIRE_GL = os.environ.get("GPU_EXPORT_REQUIRE_GL") == "1"


def pytest_configure() -> None:
    """A shell ignores Ctrl-C for what it starts in the background, and programs pass that on."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _floating_point_faults_are_errors() -> Iterator[None]:
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        yield


@pytest.fixture(autouse=True, scope="session")
def _caches_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the user has cached is neither used nor touched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def rng() -> np.random.Generator:
    """The same numbers in every run."""
    return np.random.default_rng(20260101)


@pytest.fixture(scope="module")
def media_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for synthetic media that the tests of one module share, each made once."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="session")
def gl_device() -> Iterator[Device]:
    """The one GL device of the run; skips (or fails under GPU_EXPORT_REQUIRE_GL=1) without one."""
    try:
        from gpu_export.gl.device import Device

        device = Device.open()
    except (DeviceError, ImportError) as error:
        if REQUIRE_GL:
            raise
        pytest.skip(f"no GL context: {error}")
    yield device
    device.close()
