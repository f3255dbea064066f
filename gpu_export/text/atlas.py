"""Keeps glyph fields: in memory for this run, on disk for the next.

Owns the cache's files and their layout; the only place of this room that writes any. A field is
named by everything that decides its pixels, so nothing ever has to be invalidated. Several
processes may share a folder: files appear whole under their final name, and one that is missing,
foreign or damaged is simply made again. A folder that cannot be written to costs time, never an
export.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.resources import user_cache
from gpu_export.text.field import DEFAULT_RANGE_PX, GlyphField
from gpu_export.text.msdf import GENERATOR_VERSION, generate
from gpu_export.text.outline import outline_of

if TYPE_CHECKING:
    from gpu_export.text.field import Face

_MAGIC = b"GXF1"
# Magic, CRC-32 of what follows the header, height, width, range, px per em, left, top.
_HEADER = struct.Struct("<4sIIIdddd")
_SUFFIX = ".field"
_CHANNELS = 4
# Counting a folder takes a while; it is done once in so many files written.
_WRITES_PER_SWEEP = 256


@dataclass(frozen=True, slots=True)
class CacheLimits:
    """Bytes kept in memory and on disk; beyond them what was used longest ago goes first."""

    memory_bytes: int = 256 << 20
    disk_bytes: int = 512 << 20


def default_cache_dir() -> Path:
    """Where this user's fields belong on this system; it need not exist."""
    return user_cache("glyphs")


class FieldCache:
    """Hands out fields, making those it does not have yet. Safe to share between threads.

    Args:
        directory: its folder on disk, made when first needed; None keeps fields in memory only.
        limits: how much it may hold.
    """

    def __init__(self, directory: Path | None, limits: CacheLimits | None = None) -> None:
        self._disk = None if directory is None else _Folder(directory, limits or CacheLimits())
        self._limit = (limits or CacheLimits()).memory_bytes
        self._held = 0
        self._fields: OrderedDict[str, GlyphField | None] = OrderedDict()
        self._lock = Lock()

    def get(
        self, face: Face, glyph_id: int, px_per_em: float, range_px: float = DEFAULT_RANGE_PX
    ) -> GlyphField | None:
        """The field of a glyph; None for one without an outline, such as a space."""
        name = _name(face, glyph_id, px_per_em, range_px)
        with self._lock:
            if name in self._fields:
                self._fields.move_to_end(name)
                return self._fields[name]
        field = self._disk.load(name) if self._disk else None
        if field is None:
            outline = outline_of(face, glyph_id)
            if outline is not None:
                field = generate(outline, face.units_per_em, px_per_em, range_px)
                if self._disk:
                    self._disk.store(name, field)
        self._keep(name, field)
        return field

    def _keep(self, name: str, field: GlyphField | None) -> None:
        with self._lock:
            self._held += _size(field) - _size(self._fields.pop(name, None))
            self._fields[name] = field
            while self._held > self._limit and len(self._fields) > 1:
                self._held -= _size(self._fields.popitem(last=False)[1])


def _size(field: GlyphField | None) -> int:
    return 0 if field is None else field.pixels.nbytes


def _name(face: Face, glyph_id: int, px_per_em: float, range_px: float) -> str:
    parts = (
        GENERATOR_VERSION,
        face.blob_hash,
        face.variation,
        face.units_per_em,
        glyph_id,
        float(px_per_em),
        float(range_px),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]


class _Folder:
    """One file a field, in subfolders by the first digits of its name."""

    def __init__(self, root: Path, limits: CacheLimits) -> None:
        self._root = root
        self._limit = limits.disk_bytes
        self._writes = 0

    def load(self, name: str) -> GlyphField | None:
        """None where there is no sound file of that name."""
        path = self._path(name)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        return _decoded(data)

    def store(self, name: str, field: GlyphField) -> None:
        """Writes beside the final name and renames, which replaces in one step."""
        path = self._path(name)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
                part.write(_encoded(field))
            Path(part.name).replace(path)
        self._writes += 1
        if self._writes % _WRITES_PER_SWEEP == 1:
            self.sweep()

    def sweep(self) -> None:
        """Removes the oldest files beyond the limit, whatever process wrote them."""
        with suppress(OSError):
            files = [(path, path.stat()) for path in self._root.glob("*/*") if path.is_file()]
            excess = sum(facts.st_size for _, facts in files) - self._limit
            for path, facts in sorted(files, key=lambda file: file[1].st_mtime_ns):
                if excess <= 0:
                    break
                path.unlink(missing_ok=True)
                excess -= facts.st_size

    def _path(self, name: str) -> Path:
        return self._root / name[:2] / (name[2:] + _SUFFIX)


def _encoded(field: GlyphField) -> bytes:
    pixels = field.pixels.astype("<f2").tobytes()
    height, width = field.pixels.shape[:2]
    place = (field.range_px, field.px_per_em, field.left, field.top)
    return _HEADER.pack(_MAGIC, zlib.crc32(pixels), height, width, *place) + pixels


def _decoded(data: bytes) -> GlyphField | None:
    """None unless the data are a whole field."""
    if len(data) < _HEADER.size:
        return None
    magic, checksum, height, width, *place = _HEADER.unpack_from(data)
    body = memoryview(data)[_HEADER.size :]
    is_whole = len(body) == height * width * _CHANNELS * 2 and zlib.crc32(body) == checksum
    if magic != _MAGIC or not is_whole:
        return None
    pixels = np.frombuffer(body, "<f2").reshape(height, width, _CHANNELS).astype(np.float32)
    pixels.flags.writeable = False
    return GlyphField(pixels, *place)
