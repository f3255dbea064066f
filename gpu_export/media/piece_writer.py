"""Encodes a run of pictures into one part: closed groups that stand on their own.

Knows no files but the part's, and no timeline. Invariant: a part depends on the spec and its
pictures alone, never on the parts before it.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from gpu_export.errors import EncodeError
from gpu_export.media.encode import VideoEncoder, own_context
from gpu_export.media.packing import packer_for
from gpu_export.media.parts import CodedPacket, PartWriter, StreamFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from av.packet import Packet

    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.frames import DecodedFrame, RenderedFrame


class PieceWriter:
    """Writes the part at `place`: pictures in, then `complete` or `discard`."""

    def __init__(self, place: Path, spec: VideoSpec) -> None:
        """Opens file and encoder.

        Raises:
            EncoderUnavailable: the encoder does not work here.
            OutputError: the folder cannot be written to.
        """
        self._pack = packer_for(spec)
        self._name = spec.encoder
        with ExitStack() as undo:
            self._part = PartWriter(place)
            undo.callback(self._part.discard)
            context = own_context(spec)
            self._encoder = VideoEncoder(context, spec)
            self._part.start(StreamFacts(spec.encoder, bytes(context.extradata or b"")))
            undo.pop_all()

    def put(self, picture: RenderedFrame | DecodedFrame) -> None:
        """Encodes the next picture.

        Raises:
            EncodeError: the encoder failed.
            OutputError: the part could not be written.
        """
        self._add(self._encoder.encode(self._pack(picture)))

    def complete(self, check: Callable[[], None]) -> None:
        """Drains the encoder and puts the part in its place; `check` may raise to end it.

        Raises:
            EncodeError, OutputError: as for `put`; nothing is left behind then.
        """
        for packet in self._encoder.flush():
            check()
            self._add([packet])
        self._part.commit()

    def discard(self) -> None:
        """Removes the part unless it is complete; idempotent."""
        self._part.discard()

    def _add(self, packets: Iterable[Packet[Any]]) -> None:
        for packet in packets:
            if packet.pts is None or packet.dts is None:
                raise EncodeError("it gave a packet without a time", codec=self._name)
            self._part.add(
                CodedPacket(
                    bytes(packet),
                    packet.pts,
                    packet.dts,
                    packet.duration or 1,
                    is_keyframe=packet.is_keyframe,
                )
            )
