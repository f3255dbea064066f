"""Several files of one project in one pass."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.cli.main import main
from gpu_export.engine.export import export
from gpu_export.engine.load import load_data
from gpu_export.engine.options import ExportOptions
from gpu_export.engine.plan import plan
from gpu_export.engine.validate import validate
from gpu_export.errors import EncodeError, OptionError, OutputError, ProjectError
from gpu_export.media import reader
from gpu_export.media.encode import VideoEncoder
from gpu_export.media.staging import StagedFile
from tests.encoding import decode_planes, demux_video
from tests.engine.exporting import CPU, data
from tests.synth import make_video, make_wav, read_counters, tone

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.engine.report import ExportReport

FRAMES = 30


@pytest.fixture(scope="module")
def film(media_dir: Path) -> Path:
    return make_video(media_dir / "several.mp4", frames=FRAMES, clip_id=5)


def project(film: Path, *outputs: dict[str, Any]) -> dict[str, Any]:
    clip = {"type": "video", "src": str(film)}
    dot = {"type": "solid", "color": "#ffffff40", "width": 9, "height": 9, "x": 300, "y": 150}
    return data([clip], [{**dot, "duration": f"{FRAMES}f"}], output=list(outputs))


def written(
    project: dict[str, Any],
    folder: Path,
    options: ExportOptions = CPU,
    output: Path | None = None,
) -> ExportReport:
    return export(load_data(project, options, folder=folder), output, options)


def counters(path: Path) -> list[int]:
    """The numbers of the source's pictures that a file shows."""
    return [found[1] for found in read_counters(path) if found is not None]


FAST = {"preset": "ultrafast", "quality": 90}
ALL = (
    {"path": "film.mp4", **FAST},
    {"path": "film.webm", "preset": "8"},
    {"path": "teaser.mkv", "codec": "ffv1", "range": {"start": "20f", "duration": "6f"}},
    {"path": "early.mp4", **FAST, "range": {"start": "3f", "duration": "4f"}},
)


def test_every_file_has_its_own_frames_of_one_timeline(film: Path, tmp_path: Path) -> None:
    report = written(project(film, *ALL), tmp_path)

    assert counters(tmp_path / "film.mp4") == list(range(FRAMES))
    assert counters(tmp_path / "film.webm") == list(range(FRAMES))
    assert counters(tmp_path / "teaser.mkv") == list(range(20, 26))
    assert counters(tmp_path / "early.mp4") == [3, 4, 5, 6]
    assert [one.frames for one in report.outputs] == [FRAMES, FRAMES, 6, 4]
    assert [one.encoder.used for one in report.outputs] == [
        *("libx264", "libvpx-vp9", "ffv1", "libx264")
    ]
    assert report.output == report.outputs[0].output == str(tmp_path / "film.mp4")


def test_a_file_is_the_same_alone_and_beside_others(film: Path, tmp_path: Path) -> None:
    written(project(film, *ALL), tmp_path)
    alone = project(film)
    alone["output"] = {**ALL[3], "path": "alone.mp4"}
    written(alone, tmp_path)

    packets = [demux_video(tmp_path / name).packets for name in ("early.mp4", "alone.mp4")]
    assert packets[0] == packets[1]


def test_frames_are_drawn_once_for_files_of_one_format(film: Path, tmp_path: Path) -> None:
    two = project(film, {"path": "a.mp4", **FAST}, {"path": "b.mp4", "quality": "draft"})
    assert written(two, tmp_path).frames_rendered == FRAMES
    assert counters(tmp_path / "a.mp4") == counters(tmp_path / "b.mp4") == list(range(FRAMES))


def test_frames_are_decoded_once_for_all(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = reader.open_reader

    def counted(*args: Any, **keys: Any) -> Any:
        opened.append("film")
        return real(*args, **keys)

    monkeypatch.setattr("gpu_export.engine.sources.open_reader", counted)
    written(project(film, *ALL), tmp_path)
    assert opened == ["film"]


def test_sound_alone_stands_beside_pictures(film: Path, tmp_path: Path) -> None:
    music = make_wav(tmp_path / "tone.wav", tone(1.2, lambda _: 440))
    wanted = project(film, {"path": "a.mp4", **FAST}, {"path": "a.flac"})
    wanted["tracks"].append({"clips": [{"type": "audio", "src": str(music)}]})
    report = written(wanted, tmp_path)

    assert [one.encoder.used for one in report.outputs] == ["libx264", "flac"]
    assert report.outputs[1].coded_size is None
    assert (tmp_path / "a.flac").stat().st_size > 10_000


def test_posters_go_with_their_files(film: Path, tmp_path: Path) -> None:
    def named(name: str, frame: int) -> dict[str, Any]:
        return {
            "path": f"{name}.mp4",
            **FAST,
            "poster": {"time": f"{frame}f", "path": f"{name}.png"},
        }

    written(project(film, named("a", 4), named("b", 9)), tmp_path)
    assert counters(tmp_path / "a.png") == [4]
    assert counters(tmp_path / "b.png") == [9]


def test_two_passes_of_one_file_leave_the_others_alone(film: Path, tmp_path: Path) -> None:
    twice = {"path": "twice.mp4", "bitrate": "300k", "passes": 2, "preset": "veryfast"}
    written(project(film, ALL[0], twice), tmp_path)
    assert len(decode_planes(tmp_path / "twice.mp4")) == FRAMES
    assert counters(tmp_path / "film.mp4") == list(range(FRAMES))


def test_a_failure_of_one_leaves_none_and_old_ones_as_they_were(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "film.mp4").write_bytes(b"old")
    take = VideoEncoder.encode

    def failing(self: VideoEncoder, picture: Any) -> Any:
        if self._name == "libvpx-vp9" and self._count == 20:
            raise EncodeError("it would not", codec=self._name, frame=20)
        return take(self, picture)

    monkeypatch.setattr(VideoEncoder, "encode", failing)
    with pytest.raises(EncodeError, match="it would not"):
        written(project(film, *ALL), tmp_path, ExportOptions(overwrite=True))
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    assert (tmp_path / "film.mp4").read_bytes() == b"old"


def test_no_file_is_in_its_place_before_all_are_complete(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[list[int]] = []
    real = StagedFile.commit

    def watched(self: StagedFile) -> None:
        sizes.append([path.stat().st_size for path in tmp_path.iterdir()])
        real(self)

    monkeypatch.setattr(StagedFile, "commit", watched)
    report = written(project(film, *ALL), tmp_path)
    assert len(sizes) == len(ALL)
    assert sorted(sizes[0]) == sorted(one.output_bytes for one in report.outputs)


def test_a_device_that_draws_and_fails_is_replaced(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from gpu_export import backends
    from gpu_export.errors import DeviceError

    real = backends.cpu_compositor("asked for")

    class Dying:
        depth = 1

        def __init__(self, *args: Any, **keys: Any) -> None:
            self._inner = real.make(*args, **keys)
            self._left = 5

        def submit(self, plan: Any, inputs: Any) -> None:
            self._left -= 1
            if not self._left:
                raise DeviceError("the device is gone")
            self._inner.submit(plan, inputs)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

    dying = replace(real, name="gl-hardware", make=Dying)
    monkeypatch.setattr("gpu_export.engine.export.choose_compositor", lambda *_: dying)
    report = written(project(film, *ALL), tmp_path, ExportOptions())
    assert report.compositor.used.startswith("cpu")
    assert any("the device is gone" in warning for warning in report.warnings)
    assert counters(tmp_path / "film.mp4") == list(range(FRAMES))


def test_what_is_not_done_together_is_said(film: Path, tmp_path: Path) -> None:
    report = written(project(film, *ALL), tmp_path, ExportOptions(jobs=2))
    assert any("--jobs and --cache change nothing" in warning for warning in report.warnings)


def test_names_must_differ(film: Path, tmp_path: Path) -> None:
    poster = {"time": 0, "path": "b.mp4"}
    wanted = project(
        film, {"path": "a.mp4"}, {"path": "./a.mp4"}, {"path": "b.mp4", "poster": poster}
    )
    with pytest.raises(ProjectError) as caught:
        written(wanted, tmp_path)
    pointers = [problem.pointer for problem in caught.value.problems]
    assert pointers == ["/output/1/path", "/output/2/poster/path"]
    assert "/output/0/path" in caught.value.problems[0].found


def test_several_go_into_a_folder_that_is_asked_for(film: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with pytest.raises(OptionError, match="4 outputs"):
        written(project(film, *ALL), tmp_path, output=folder)
    folder.mkdir()
    written(project(film, *ALL), tmp_path, output=folder)
    assert {path.name for path in folder.iterdir()} == {one["path"] for one in ALL}


def test_a_word_of_one_output_is_pointed_at(film: Path, tmp_path: Path) -> None:
    wanted = project(film, ALL[0], {"path": "b.mp4", "codec": "gif"})
    with pytest.raises(ProjectError) as caught:
        plan(load_data(wanted, CPU, folder=tmp_path), None, CPU)
    assert caught.value.problems[0].pointer == "/output/1/codec"
    with pytest.raises(ProjectError, match="range holds no frame") as outside:
        written(project(film, ALL[0], {"path": "b.mp4", "range": {"start": 99}}), tmp_path)
    assert outside.value.problems[0].pointer == "/output/1/range"


def test_a_taken_place_stops_all_before_the_first_frame(film: Path, tmp_path: Path) -> None:
    (tmp_path / "teaser.mkv").write_bytes(b"mine")
    with pytest.raises(OutputError):
        written(project(film, *ALL), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["teaser.mkv"]


def test_the_command_plans_writes_and_reports_all(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "p.json"
    place.write_text(json.dumps(project(film, *ALL[2:])))
    assert main([str(place), "--dry-run", "--progress", "json"]) == 0
    planned = json.loads(capsys.readouterr().out)["outputs"]
    assert [one["frames"] for one in planned] == [[20, 26], [3, 7]]
    assert main(["validate", str(place)]) == 0
    report = tmp_path / "report.json"
    assert main([str(place), "--report", str(report), "--compositor", "cpu"]) == 0
    said = capsys.readouterr().err
    assert "teaser.mkv · 0.24 s" in said
    assert "early.mp4 · 0.16 s" in said
    outputs = json.loads(report.read_text())["outputs"]
    assert [one["frames"] for one in outputs] == [6, 4]


def test_an_array_of_one_goes_into_a_folder_or_gets_a_name(film: Path, tmp_path: Path) -> None:
    single = project(film, {"path": "own.mp4", **FAST})
    (tmp_path / "folder").mkdir()
    for asked, place in (("folder", "folder/own.mp4"), ("other.mp4", "other.mp4")):
        report = written(single, tmp_path, output=tmp_path / asked)
        assert report.output == str(tmp_path / place)
    assert counters(tmp_path / "other.mp4") == list(range(FRAMES))


def test_no_output_at_all_is_a_problem_of_the_project(film: Path, tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as caught:
        written(project(film), tmp_path)
    assert [problem.pointer for problem in caught.value.problems] == ["/output"]


def test_all_options_of_an_encoder_that_are_wrong_are_told_at_once(
    film: Path, tmp_path: Path
) -> None:
    wrong = {"tune": "animatoin", "aq-mode": 99, "crf": 3, "bframes": 2}
    with pytest.raises(ProjectError) as caught:
        written(project(film, ALL[0], {"path": "b.mp4", "encoderOptions": wrong}), tmp_path)
    pointers = [problem.pointer for problem in caught.value.problems]
    assert pointers == [f"/output/1/encoderOptions/{name}" for name in ("tune", "aq-mode", "crf")]


def test_validation_looks_at_every_range(film: Path, tmp_path: Path) -> None:
    late = {"path": "b.mp4", "range": {"start": 99}}
    found = validate(load_data(project(film, ALL[0], late), CPU, folder=tmp_path), CPU)
    assert ["/output/1/range" in str(problem) for problem in found.problems] == [True]
