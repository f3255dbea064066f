"""What the compositor does to the process it runs in."""

from __future__ import annotations

import cv2

from gpu_export.cpu.compositor import CpuCompositor
from gpu_export.render.frames import plain_allocator
from tests.builders import a_target


def test_the_callers_opencv_threads_come_back_on_close() -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    target = a_target(16, 16)
    compositor = CpuCompositor(target, plain_allocator(target))
    during = cv2.getNumThreads()
    compositor.close()
    after = cv2.getNumThreads()
    cv2.setNumThreads(before)
    assert (during, after) == (1, 2)
