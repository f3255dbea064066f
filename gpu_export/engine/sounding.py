"""Runs the mix ahead of the encoder, on its own thread, a bounded distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.core.cancel import Cancellation
from gpu_export.engine.threads import Prefetched
from gpu_export.media.mix import open_mix
from gpu_export.render.sound import AudioBlock, Master

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.core.cancel import Check
    from gpu_export.engine.prepare import Prepared
    from gpu_export.media.mix import SoundStream
    from gpu_export.media.output_spec import AudioSpec

# Blocks of a few thousand samples: about a second of sound ahead.
MIX_AHEAD = 12


class Sounding:
    """The mixed sound of an export, block by block.

    `closing` is what the stream's check looks at: a mix may take minutes to its first block.
    """

    def __init__(self, stream: SoundStream, closing: Cancellation) -> None:
        self._stream = stream
        self._closing = closing
        self._prefetched: Prefetched[AudioBlock] = Prefetched(
            iter(stream), depth=MIX_AHEAD, name="mix"
        )

    @property
    def blocks(self) -> Iterator[AudioBlock]:
        """All of it, once."""
        return self._prefetched

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was odd about the sources."""
        return self._stream.warnings

    def close(self) -> None:
        """Stops mixing and closes the sources; idempotent."""
        self._closing.cancel()
        self._prefetched.close()
        self._stream.close()


def open_sounding(prepared: Prepared, audio: AudioSpec, check: Check) -> Sounding:
    """Starts mixing the part of the timeline that is exported, until `check` raises."""
    closing = Cancellation()

    def still_wanted() -> None:
        check()
        closing.check()

    timeline, frames = prepared.timeline, prepared.frames
    wishes = prepared.loaded.project.audio
    master = Master(
        sample_rate=audio.rate,
        channels=audio.channels,
        gain=wishes.volume,
        loudness=wishes.loudness,
        true_peak=wishes.true_peak,
    )
    stream = open_mix(
        timeline.sound,
        master,
        prepared.policy,
        start=frames.start / timeline.fps,
        end=frames.end / timeline.fps,
        check=still_wanted,
    )
    return Sounding(stream, closing)
