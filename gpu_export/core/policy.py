"""What a run may open and how large things may get. A value; the rooms that open things ask it.

Without roots a local user's absolute paths simply work; with roots (`--untrusted`) every file must
lie below one of them after symbolic links are resolved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that an operator may raise; see `docs/errors.md` for how they surface."""

    canvas_side: int = 16_384
    canvas_pixels: int = 8_192 * 8_192
    duration_s: int = 24 * 3600
    layers: int = 1_000
    image_pixels: int = 200_000_000
    open_decoders: int = 64
    text_characters: int = 20_000


UNTRUSTED_LIMITS = Limits(
    canvas_side=4_096,
    canvas_pixels=4_096 * 4_096,
    duration_s=3600,
    layers=200,
    image_pixels=50_000_000,
    open_decoders=16,
    text_characters=5_000,
)


@dataclass(frozen=True, slots=True)
class Policy:
    """`roots` is None where any local path is fine; paths in it are resolved already.

    `custom_shaders` tells whether code for the GPU that the project brings may be run.
    """

    roots: tuple[Path, ...] | None = None
    limits: Limits = field(default_factory=Limits)
    custom_shaders: bool = True

    def permits(self, path: Path) -> bool:
        """Whether the file `path` leads to, after symlinks, lies below a root."""
        if self.roots is None:
            return True
        real = path.resolve()
        return any(real.is_relative_to(root) for root in self.roots)


def untrusted(
    project_dir: Path, media_roots: tuple[Path, ...] = (), *, custom_shaders: bool = False
) -> Policy:
    """The policy for a stranger's project: only below its folder and the given roots."""
    roots = tuple(root.resolve() for root in (project_dir, *media_roots))
    return Policy(roots, UNTRUSTED_LIMITS, custom_shaders)
