from __future__ import annotations

import doctest
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import gpu_export
from gpu_export import api

if TYPE_CHECKING:
    from pathlib import Path


def test_importing_the_package_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import gpu_export, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"numpy", "av", "pydantic", "moderngl", "cv2", "PIL"}.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("name", gpu_export.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(gpu_export, name) is not None
    assert name in dir(gpu_export)


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'exprot'"):
        gpu_export.exprot  # noqa: B018 - looking is the test


EXAMPLES = [test for test in doctest.DocTestFinder().find(api) if test.examples]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_docstring_examples_run(
    example: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(example, out=told.append)
    assert results.failed == 0, "".join(told)
    assert results.attempted > 0


def test_each_public_function_has_an_example() -> None:
    names = {example.name.rpartition(".")[2] for example in EXAMPLES}
    quick = {"export", "render_frame", "validate", "validate_deep", "probe"}
    assert names == {*quick, "capabilities"}


def test_a_project_can_be_built_from_typed_models(tmp_path: Path) -> None:
    green = gpu_export.SolidClip.model_validate({"color": "#00ff00", "duration": 0.2})
    project = gpu_export.Project(
        width=32, height=32, fps=10, tracks=[gpu_export.Track(clips=[green])]
    )
    picture = gpu_export.render_frame(project, 0)
    assert picture.shape == (32, 32, 4)
    assert picture[16, 16].tolist() == [0, 255, 0, 255]
    report = gpu_export.export(project, tmp_path / "green.mp4")
    assert (report.frames, report.fps) == (2, "10")


def test_progress_is_told_and_ends_with_everything_done(tmp_path: Path) -> None:
    red = {"type": "solid", "color": "red", "duration": "5f"}
    heard: list[gpu_export.Progress] = []
    gpu_export.export(
        {"version": 1, "width": 32, "height": 32, "tracks": [{"clips": [red]}]},
        tmp_path / "red.mp4",
        on_progress=heard.append,
    )
    assert heard[-1].stage == "done"
    assert (heard[-1].frames_done, heard[-1].frames_total) == (5, 5)
    assert [one.frames_done for one in heard] == sorted(one.frames_done for one in heard)


def test_a_cancelled_export_leaves_nothing_behind(tmp_path: Path) -> None:
    red = {"type": "solid", "color": "red", "duration": 5}
    cancel = gpu_export.Cancellation()
    cancel.cancel()
    with pytest.raises(gpu_export.errors.Cancelled):
        gpu_export.export(
            {"version": 1, "tracks": [{"clips": [red]}]}, tmp_path / "red.mp4", cancel=cancel
        )
    assert list(tmp_path.iterdir()) == []


def test_a_time_that_is_none_is_an_option_error() -> None:
    with pytest.raises(gpu_export.errors.OptionError, match="'soon' is not a time"):
        gpu_export.render_frame({"version": 1, "tracks": []}, "soon")
