"""Joins parts as they get ready, in order, on a thread of its own.

Owns the output file of a segmented export. Invariant: the file appears complete or not at all,
and the parts stand in it in the order of the timeline however they come in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.engine.threads import Consumer
from gpu_export.errors import MuxFailed
from gpu_export.media.joiner import Joiner, UnjoinableParts
from gpu_export.media.parts import Part, UnusablePart, read_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from gpu_export.core.cancel import Check
    from gpu_export.engine.segments import Segment
    from gpu_export.media.joiner import Copied
    from gpu_export.media.output_spec import OutputSpec
    from gpu_export.render.sound import AudioBlock


class Assembly:
    """The output file coming together.

    Args:
        spec: what is written.
        segments: all of them, in order.
        sound: see `media.sink.open_sink`.
        check: ends the work by raising.
        copied: where parts come from that no encoder made.
        overwrite: replace what stands at the output's place.

    Raises:
        EncoderUnavailable, OutputError: the file cannot be opened; nothing is left behind.
    """

    def __init__(
        self,
        spec: OutputSpec,
        segments: Sequence[Segment],
        sound: Iterable[AudioBlock] | None,
        check: Check,
        *,
        copied: Copied | None = None,
        overwrite: bool,
    ) -> None:
        frames = sum(len(segment.frames) for segment in segments)
        self._segments = segments
        self._check = check
        self._container = spec.container
        self._joiner = Joiner(spec, frames, sound, copied=copied, overwrite=overwrite)
        self._ready: dict[int, Path | Part] = {}
        self._next = 0
        self._thread: Consumer[tuple[int, Path | Part]] = Consumer(
            self._take, depth=len(segments) + 1, name="join"
        )

    def add(self, index: int, part: Path | Part) -> None:
        """The part of a segment is there and stays until the end.

        One that was read already is taken as it is; another is proved whole first.

        Raises:
            OutputError, MuxFailed: joining failed meanwhile.
        """
        self._thread.put((index, part), check=self._check)

    def finish(self, verify: Callable[[Path], None] | None = None) -> None:
        """Completes the file once every part was added; `verify` sees it before, and may raise.

        Raises:
            OutputError, MuxFailed: it could not be written; nothing is left behind.
        """
        self._thread.drain(check=self._check)
        self._joiner.complete(verify)

    def discard(self) -> None:
        """Removes the file unless it is complete; idempotent."""
        self._thread.close()
        self._joiner.discard()

    def _take(self, item: tuple[int, Path | Part]) -> None:
        index, part = item
        self._ready[index] = part
        while self._next in self._ready:
            self._join(self._segments[self._next], self._ready.pop(self._next))
            self._next += 1

    def _join(self, segment: Segment, part: Path | Part) -> None:
        try:
            whole = part if isinstance(part, Part) else read_part(part)
            self._joiner.append(whole, len(segment.frames), self._check)
        except (UnjoinableParts, UnusablePart) as error:
            raise MuxFailed(f"parts do not fit together: {error}", codec=self._container) from error
