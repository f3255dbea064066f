"""Reads the settings that x264 writes into its stream, to prove that two encodes are one work."""

from __future__ import annotations

import re
from pathlib import Path

_OPTIONS = re.compile(rb"x264 - core \d+.*? - options: ([ -~]+)", re.DOTALL)


def x264_settings(path: str | Path) -> dict[str, str]:
    """Key and value of every setting; empty if the file holds no x264 stream."""
    match = _OPTIONS.search(Path(path).read_bytes())
    if match is None:
        return {}
    pairs = (word.partition("=") for word in match[1].decode().split())
    return {key: value for key, _, value in pairs}


def x264_settings_difference(wanted: dict[str, str], found: dict[str, str]) -> str:
    """What differs, as `key: wanted -> found`; empty if nothing does."""
    keys = sorted(wanted.keys() | found.keys())
    return ", ".join(
        f"{key}: {wanted.get(key, '-')} -> {found.get(key, '-')}"
        for key in keys
        if wanted.get(key) != found.get(key)
    )
