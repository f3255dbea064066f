from __future__ import annotations

import moderngl
import pytest

from gpu_export.errors import DeviceError
from gpu_export.gl.device import Device, PixelFormat

pytestmark = pytest.mark.gl


def test_device_says_who_draws(device: Device) -> None:
    assert device.vendor
    assert device.version
    assert device.max_texture_size >= 4096
    software = any(word in device.renderer.lower() for word in ("llvmpipe", "softpipe", "swrast"))
    assert device.is_software == software


def test_every_kind_of_object_counts_until_released(device: Device) -> None:
    texture = device.texture((4, 4), PixelFormat.RGBA8)
    framebuffer = device.framebuffer(texture)
    buffer = device.buffer(16)
    assert device.live_objects == 3
    for made in (framebuffer, texture, buffer, buffer):
        device.release(made)
    assert device.live_objects == 0


def test_a_texture_beyond_the_drivers_limit_is_refused_in_words(device: Device) -> None:
    side = device.max_texture_size + 1
    with pytest.raises(DeviceError, match=f"{side}×1 pixels exceed the") as error:
        device.texture((side, 1), PixelFormat.R8)
    assert "smaller canvas" in error.value.remedy


def test_a_released_target_may_have_been_the_last_one_drawn_to(device: Device) -> None:
    for _ in range(2):
        texture = device.texture((4, 4), PixelFormat.R8)
        framebuffer = device.framebuffer(texture)
        framebuffer.use()
        device.release(framebuffer)
        device.release(texture)
        device.check("making the next one")


def test_a_pending_error_is_raised_with_the_pass_name(device: Device) -> None:
    texture = device.texture((4, 4), PixelFormat.RGBA8)
    framebuffer = device.framebuffer(texture)
    buffer = device.buffer(1)
    framebuffer.read_into(buffer, components=4)
    with pytest.raises(DeviceError, match="GL_INVALID_OPERATION in reading too much"):
        device.check("reading too much")
    device.check("afterwards")
    for made in (framebuffer, texture, buffer):
        device.release(made)


def test_opening_a_device_that_does_not_exist_says_what_was_tried(device: Device) -> None:
    with pytest.raises(DeviceError, match="no OpenGL") as error:
        Device.open(device_index=99)
    assert any("99" in reason for reason in error.value.reasons)
    assert "libegl1" in error.value.remedy
    assert "NVIDIA_DRIVER_CAPABILITIES" in error.value.remedy


def test_no_driver_at_all_is_a_device_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("libEGL.so.1 not loaded")

    monkeypatch.setattr(moderngl, "create_context", refuse)
    with pytest.raises(DeviceError) as error:
        Device.open()
    assert len(error.value.reasons) == 3
    assert all("libEGL.so.1 not loaded" in reason for reason in error.value.reasons)


def test_closing_frees_what_is_left_and_use_afterwards_raises(device: Device) -> None:
    second = Device.open()
    second.texture((4, 4), PixelFormat.R8)
    second.close()
    second.close()
    assert second.live_objects == 0
    with pytest.raises(RuntimeError, match="closed"):
        second.make_current()
    device.make_current()
    texture = device.texture((2, 2), PixelFormat.R8)
    device.check("using the first device again")
    device.release(texture)
