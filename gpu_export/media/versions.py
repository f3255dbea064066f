"""Which libraries decode and encode here.

Knows nothing of what they are used for. Invariant: what PyAV can tell of an upgrade changes it;
encoders come with the build of FFmpeg and have no version of their own to ask for.
"""

from __future__ import annotations

import av


def library_versions() -> tuple[str, ...]:
    """PyAV, the build of FFmpeg, and each of its libraries."""
    parts = (
        f"{name} {'.'.join(map(str, numbers))}" for name, numbers in av.library_versions.items()
    )
    return (f"PyAV {av.__version__}", f"FFmpeg {av.ffmpeg_version_info}", *sorted(parts))
