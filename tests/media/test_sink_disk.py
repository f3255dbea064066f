"""Places that cannot be written to, and disks that fill up on the way."""

from __future__ import annotations

import os
import resource
import subprocess
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.errors import OutputError
from gpu_export.media.movie_writer import write_sound
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import PictureFormat, SoundFormat
from gpu_export.media.sink import open_sink
from gpu_export.media.still_writer import write_still
from tests.disks import disk
from tests.encoding import movie_spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gpu_export.media.output_spec import OutputSpec

NAMES = ["a.mp4", "a.mkv", "f_%04d.png"]


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """This process cannot make files larger than `size` bytes meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB, where this user may mount one."""
    with disk(tmp_path / "disk", "size=256k") as place:
        yield place


def spec_of(path: Path) -> OutputSpec:
    return plan_output(path, PictureFormat(320, 180, Fraction(25)), None)


def feed_noise(spec: OutputSpec, frames: int) -> None:
    rng = np.random.default_rng(7)
    with open_sink(spec, frames=frames) as sink:
        for _ in range(frames):
            frame = sink.allocate()
            for plane in frame.planes:
                plane[...] = rng.integers(0, 255, plane.shape)
            sink.write(frame)
        sink.finish()


@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk_is_named_and_left_as_it_was(tiny_disk: Path, name: str) -> None:
    with pytest.raises(OutputError, match="no space is left") as caught:
        feed_noise(spec_of(tiny_disk / name), 100)

    assert str(tiny_disk) in caught.value.where
    assert "Free some space" in caught.value.remedy
    assert list(tiny_disk.iterdir()) == []


def test_sound_on_a_full_disk_is_named_too(tiny_disk: Path) -> None:
    spec = plan_output(tiny_disk / "a.wav", None, SoundFormat())

    with pytest.raises(OutputError, match="no space is left"):
        write_sound(spec, [], duration=Fraction(10))

    assert list(tiny_disk.iterdir()) == []


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_limit_on_file_sizes_is_named(tmp_path: Path, name: str) -> None:
    with files_up_to(100_000), pytest.raises(OutputError, match="larger than allowed"):
        feed_noise(spec_of(tmp_path / name), 60)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_folder_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="its folder does not exist") as caught:
        open_sink(spec_of(tmp_path / "nowhere" / name), frames=1)

    assert "nowhere" in caught.value.where


@pytest.mark.parametrize("name", NAMES)
def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(OutputError, match="folder"):
        open_sink(spec_of(tmp_path / "file" / name), frames=1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("name", NAMES)
def test_a_folder_without_permission_is_named(tmp_path: Path, name: str) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(OutputError, match="may not be written"):
        open_sink(spec_of(tmp_path / name), frames=1)

    tmp_path.chmod(0o700)


def test_a_read_only_file_system_is_named(tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)

    with pytest.raises(OutputError, match="read-only"):
        open_sink(spec_of(tiny_disk / "a.mp4"), frames=1)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_at_the_place_is_never_replaced(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "a.mp4").mkdir()
    (tmp_path / "a.png").mkdir()

    with pytest.raises(OutputError, match="is a folder"):
        open_sink(movie_spec(tmp_path / "a.mp4"), frames=1, overwrite=overwrite)
    with pytest.raises(OutputError, match="is a folder"):
        write_still(tmp_path / "a.png", np.zeros((2, 2, 4), np.uint8), overwrite=overwrite)


def test_a_pipe_at_the_place_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp4")

    with pytest.raises(OutputError, match="not an ordinary file"):
        open_sink(movie_spec(tmp_path / "a.mp4"), frames=1, overwrite=True)


def test_a_name_too_long_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="too long"):
        open_sink(movie_spec(tmp_path / ("x" * 300 + ".mp4")), frames=1)


def test_file_systems_without_hard_links_keep_the_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    feed_noise(spec_of(tmp_path / "a.mp4"), 1)
    with open_sink(spec_of(tmp_path / "b.mp4"), frames=1) as sink:
        sink.write(sink.allocate())
        (tmp_path / "b.mp4").write_bytes(b"mine")
        with pytest.raises(OutputError, match="exists already"):
            sink.finish()

    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]
    assert (tmp_path / "b.mp4").read_bytes() == b"mine"
