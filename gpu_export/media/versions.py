"""Which libraries decode and encode here.

Knows nothing of what they are used for. Invariant: what PyAV can tell of an upgrade changes it;
encoders come with the build of FFmpeg and have no version of their own to ask for.
"""

from __future__ import annotations

import av
from av.codec.codec import UnknownCodecError


def library_versions() -> tuple[str, ...]:
    """PyAV, the build of FFmpeg, and each of its libraries."""
    parts = (
        f"{name} {'.'.join(map(str, numbers))}" for name, numbers in av.library_versions.items()
    )
    return (f"PyAV {av.__version__}", f"FFmpeg {av.ffmpeg_version_info}", *sorted(parts))


def is_built_in(encoder: str) -> bool:
    """Whether this build of FFmpeg has an encoder; whether it works is another question."""
    try:
        av.Codec(encoder, "w")
    except UnknownCodecError:
        return False
    return True
