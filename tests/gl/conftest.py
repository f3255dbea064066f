"""Every GL test ends without a pending GL error and without a live GL object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.gl.device import Device


@pytest.fixture
def device(gl_device: Device) -> Iterator[Device]:
    """The run's device, checked for errors and leaks after the test."""
    gl_device.make_current()
    yield gl_device
    gl_device.make_current()
    gl_device.check("this test")
    assert gl_device.live_objects == 0
