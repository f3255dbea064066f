"""The one protocol behind which GL and CPU compositing are exchangeable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.render.damage import DamagePlan
    from gpu_export.render.frames import DecodedFrame, FrameAllocator, RenderedFrame, Target


class Compositor(Protocol):
    """Turns planned scenes into rendered frames, in order.

    Up to `depth` frames may be submitted before the first is collected; the loop that drives it
    never asks which kind it has. A compositor belongs to the thread that made it.
    """

    @property
    def depth(self) -> int:
        """Frames that may be in flight; at least 1."""
        ...

    def submit(self, plan: DamagePlan, inputs: Sequence[DecodedFrame]) -> None:
        """Starts a frame. `inputs[k]` answers `plan.scene.requests[k]`.

        Raises:
            RuntimeError: `depth` frames are in flight, or after `close`.
        """
        ...

    def collect(self) -> RenderedFrame:
        """The oldest frame in flight, finished; the caller owns it.

        Raises:
            RuntimeError: nothing is in flight, or after `close`.
        """
        ...

    def trim(self) -> None:
        """Drops whatever can be made again; what is in flight stays."""
        ...

    def close(self) -> None:
        """Frees everything, frames in flight included; idempotent."""
        ...


class MakeCompositor(Protocol):
    """Builds a compositor for a target on a device that was chosen before."""

    def __call__(self, target: Target, allocate: FrameAllocator, *, cache_bytes: int) -> Compositor:
        """A compositor that remembers no more than `cache_bytes` from frame to frame."""
        ...
