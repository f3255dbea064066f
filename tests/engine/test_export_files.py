"""What an export leaves behind: the right file, or nothing; pictures, sound and report."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from PIL import Image

from gpu_export.core.time import TimeSpec, parse_time
from gpu_export.engine.cancel import Cancellation
from gpu_export.engine.export import export
from gpu_export.engine.load import load_data
from gpu_export.engine.options import ExportOptions, TimeRange, Trust
from gpu_export.engine.plan import plan
from gpu_export.engine.report import Stage
from gpu_export.engine.stills import SheetLayout, render_frame, write_sheet
from gpu_export.engine.validate import validate, validate_deep
from gpu_export.errors import (
    Cancelled,
    MediaError,
    MissingMedia,
    OptionError,
    OutputError,
    ProjectError,
    SeveralMediaErrors,
    UnsupportedMedia,
)
from tests.engine.exporting import CPU, FAST, data, exported
from tests.synth import Sound, clicks, decode_audio, decode_rgb, make_video, make_wav, read_counters

if TYPE_CHECKING:
    from gpu_export.engine.report import Progress

RED = {"type": "solid", "color": "#ff0000", "duration": "10f"}


def _files(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def _clicking(media_dir: Path) -> Path:
    sound = Sound(clicks(2.0, [0.25, 1.0, 1.5]))
    return make_video(media_dir / "clicking.mp4", clip_id=9, frames=50, size=(160, 90), sound=sound)


def _click_times(path: Path) -> list[float]:
    samples, rate = decode_audio(path)
    loud = np.abs(samples).max(axis=1)
    peaks = np.flatnonzero(loud > 0.4 * loud.max())
    groups = np.split(peaks, np.flatnonzero(np.diff(peaks) > rate // 100) + 1)
    return [float(group[np.argmax(loud[group])]) / rate for group in groups]


def test_colours_of_a_solid_survive_to_the_decoded_file(tmp_path: Path) -> None:
    exported(data([{**RED, "color": "#c86432"}]), tmp_path / "out.mp4")
    picture = decode_rgb(tmp_path / "out.mp4", [5])[0]
    np.testing.assert_allclose(picture.mean(axis=(0, 1)), (200, 100, 50), atol=2)


def test_the_report_counts_frames_by_how_they_came_about(media_dir: Path, tmp_path: Path) -> None:
    source = make_video(media_dir / "plain.mp4", frames=20, size=(320, 180))
    clips = [
        {"type": "video", "src": str(source), "duration": "20f"},
        {"type": "solid", "color": "#336699", "duration": "10f"},
    ]
    report = exported(data(clips), tmp_path / "out.mp4")
    assert report.frames == 30
    assert (report.frames_passed_through, report.frames_rendered, report.frames_reused) == (
        20,
        1,
        9,
    )
    assert report.output_bytes == (tmp_path / "out.mp4").stat().st_size
    assert report.compositor.used.startswith("cpu")
    assert report.encoder.used == "libx264"


def test_passed_through_frames_have_keyframes_only_where_planned(
    media_dir: Path, tmp_path: Path
) -> None:
    source = make_video(media_dir / "gop5.mp4", frames=40, size=(320, 180), gop=5)
    exported(data([{"type": "video", "src": str(source)}]), tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        packets = [(packet.pts or 0, packet) for packet in container.demux(video=0) if packet.size]
    keys = sorted(pts for pts, packet in packets if packet.is_keyframe)
    ticks = sorted(pts for pts, _ in packets)
    assert [ticks.index(key) for key in keys] == [0, 25]


def test_clicks_land_where_the_project_puts_them(media_dir: Path, tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(_clicking(media_dir)), "start": "0.4", "in": "0.2"}
    exported(data([clip]), tmp_path / "out.mp4")
    assert _click_times(tmp_path / "out.mp4") == pytest.approx([0.45, 1.2, 1.7], abs=0.001)


def test_sound_ends_with_the_picture(media_dir: Path, tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(_clicking(media_dir)), "duration": "37f"}
    exported(data([clip]), tmp_path / "out.mp4")
    samples, rate = decode_audio(tmp_path / "out.mp4")
    assert len(samples) / rate == pytest.approx(37 / 25, abs=1024 / 48_000)


def test_range_keeps_sound_and_picture_together(media_dir: Path, tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(_clicking(media_dir))}
    options = replace(CPU, range=TimeRange(parse_time(0.8), parse_time(1.6)))
    exported(data([clip]), tmp_path / "out.mp4", options)
    assert _click_times(tmp_path / "out.mp4") == pytest.approx([0.2, 0.7], abs=0.001)
    counters = [counter[1] for counter in read_counters(tmp_path / "out.mp4") if counter]
    assert counters == list(range(20, 40))


def test_wav_output_holds_the_mix_sample_by_sample(tmp_path: Path) -> None:
    samples = clicks(1.0, [0.5]) * 0.5
    make_wav(tmp_path / "in.wav", samples)
    project = data([{"type": "audio", "src": "in.wav"}], output={})
    report = exported(project, tmp_path / "out.wav")
    mixed, rate = decode_audio(tmp_path / "out.wav")
    assert (rate, mixed.shape) == (48_000, (48_000, 2))
    assert int(np.argmax(np.abs(mixed[:, 0]))) == 24_000
    assert report.encoder.used.startswith("pcm")


def test_png_sequence_is_numbered_and_complete(tmp_path: Path) -> None:
    exported(data([{**RED, "duration": "3f"}], output={}), tmp_path / "f_%03d.png")
    assert len(_files(tmp_path)) == 3
    assert all(name.startswith("f_00") for name in _files(tmp_path))


def test_transparent_background_is_written_where_the_codec_keeps_it(tmp_path: Path) -> None:
    project = data(
        [{**RED, "duration": "1f", "width": 160, "opacity": 0.5, "fit": "fill"}],
        background="transparent",
        output={},
    )
    exported(project, tmp_path / "f_%d.png")
    (name,) = _files(tmp_path)
    with av.open(str(tmp_path / name)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgba")
    assert picture[90, 10].tolist() == [0, 0, 0, 0]
    assert picture[90, 160].tolist() == pytest.approx([255, 0, 0, 128], abs=1)


def test_transparent_background_without_alpha_is_an_error_that_names_codecs(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"/background.*png"):
        exported(data([RED], background="transparent"), tmp_path / "out.mp4")
    assert _files(tmp_path) == []


def test_existing_output_is_kept_without_overwrite_and_replaced_with_it(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"precious")
    with pytest.raises(OutputError, match="overwrite"):
        exported(data([RED]), output)
    assert output.read_bytes() == b"precious"
    exported(data([RED]), output, replace(CPU, overwrite=True))
    assert output.stat().st_size > 100


def test_output_that_is_a_source_is_refused(media_dir: Path, tmp_path: Path) -> None:
    source = make_video(tmp_path / "own.mp4", frames=5)
    before = source.read_bytes()
    with pytest.raises(OptionError, match="own sources"):
        exported(data([{"type": "video", "src": "own.mp4"}]), source, replace(CPU, overwrite=True))
    assert source.read_bytes() == before


def test_cancelling_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"precious")
    cancel = Cancellation()

    def stop(progress: Progress) -> None:
        if progress.stage is Stage.RENDER:
            cancel.cancel()

    loaded = load_data(data([{**RED, "duration": 60}]), CPU, folder=tmp_path)
    with pytest.raises(Cancelled):
        export(loaded, output, replace(CPU, overwrite=True), on_progress=stop, cancel=cancel)
    assert _files(tmp_path) == ["out.mp4"]
    assert output.read_bytes() == b"precious"


def test_missing_media_names_clip_and_file_and_leaves_nothing(tmp_path: Path) -> None:
    clip = {"type": "video", "src": "gone.mp4", "name": "intro"}
    with pytest.raises(MissingMedia, match=r'"intro".*gone\.mp4'):
        exported(data([clip]), tmp_path / "out.mp4")
    assert _files(tmp_path) == []


def test_damage_found_in_mid_export_surfaces_once_and_leaves_nothing(tmp_path: Path) -> None:
    source = make_video(tmp_path / "short.mp4", frames=30, size=(160, 90))

    def truncate(progress: Progress) -> None:
        if progress.stage is Stage.PROBE:
            return
        source.unlink(missing_ok=True)

    clips: list[dict[str, Any]] = [{**RED, "duration": 3}, {"type": "video", "src": "short.mp4"}]
    loaded = load_data(data(clips), CPU, folder=tmp_path)
    with pytest.raises(MediaError, match=r"short\.mp4"):
        export(loaded, tmp_path / "out.mp4", CPU, on_progress=truncate)
    assert _files(tmp_path) == []


def test_a_sound_clip_without_sound_is_refused_by_name(media_dir: Path, tmp_path: Path) -> None:
    source = make_video(media_dir / "mute.mp4", frames=5)
    clip = {"type": "audio", "src": str(source), "name": "song"}
    with pytest.raises(UnsupportedMedia, match=r'"song".*no sound'):
        exported(data([clip]), tmp_path / "out.mp4")


def test_an_empty_range_is_refused(tmp_path: Path) -> None:
    options = replace(CPU, range=TimeRange(parse_time(50), None))
    with pytest.raises(OptionError, match="no frame"):
        exported(data([RED]), tmp_path / "out.mp4", options)


def test_progress_counts_up_to_the_end(tmp_path: Path) -> None:
    seen: list[Progress] = []
    loaded = load_data(data([{**RED, "duration": 2}]), CPU, folder=tmp_path)
    export(loaded, tmp_path / "out.mp4", CPU, on_progress=seen.append)
    done = [progress.frames_done for progress in seen]
    assert done == sorted(done)
    assert (seen[-1].stage, seen[-1].frames_done, seen[-1].frames_total) == (Stage.DONE, 50, 50)


def test_progress_of_sound_alone_counts_the_frames_it_would_go_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_export.engine.progress.INTERVAL_S", 0.0)
    make_wav(tmp_path / "song.wav", np.zeros((96_000, 1), np.float32), 48_000)
    project = data([{"type": "audio", "src": "song.wav"}], output={})
    seen: list[Progress] = []
    loaded = load_data(project, CPU, folder=tmp_path)
    export(loaded, tmp_path / "out.wav", CPU, on_progress=seen.append)
    done = [moment.frames_done for moment in seen if moment.stage is Stage.RENDER]
    assert done == sorted(done)
    assert done[0] == 0
    assert done[-1] >= 45
    assert 0 < done[len(done) // 2] < 50


def test_odd_canvas_repeats_its_last_column_and_row(tmp_path: Path) -> None:
    project = data([{**RED, "color": "#3264c8"}], width=321, height=181)
    report = exported(project, tmp_path / "out.mp4")
    picture = decode_rgb(tmp_path / "out.mp4", [0])[0]
    assert picture.shape[:2] == (182, 322)
    assert (report.width, report.height, report.coded_size) == (321, 181, (322, 182))
    assert [text for text in report.warnings if "the file is 322×182" in text]
    np.testing.assert_allclose(picture[-1, -1], (50, 100, 200), atol=3)


def test_scale_renders_a_smaller_picture(tmp_path: Path) -> None:
    report = exported(data([RED]), tmp_path / "out.mp4", replace(CPU, scale=Fraction(1, 2)))
    assert (report.width, report.height) == (160, 90)
    assert decode_rgb(tmp_path / "out.mp4", [0])[0].shape[:2] == (90, 160)


def test_plan_tells_all_and_writes_nothing(tmp_path: Path) -> None:
    loaded = load_data(data([RED]), CPU, folder=tmp_path)
    planned = plan(loaded, tmp_path / "out.mp4", CPU)[0].to_dict()
    assert planned["frames"] == [0, 10]
    assert planned["video"] == {
        "codec": "h264",
        "encoder": "libx264",
        "pixel_format": "yuv420p",
        "width": 320,
        "height": 180,
        "coded_width": 320,
        "coded_height": 180,
        "quality": 90,
        "bitrate": None,
        "preset": "ultrafast",
        "encoder_options": {},
        "keyframe_interval": 25,
    }
    assert _files(tmp_path) == []


def test_frame_is_straight_rgba_of_the_frame_on_screen(media_dir: Path, tmp_path: Path) -> None:
    clips = [{**RED, "color": "#ff0000"}, {**RED, "color": "#0000ff"}]
    loaded = load_data(data(clips, width=16, height=16), CPU, folder=tmp_path)
    first = render_frame(loaded, TimeSpec(Fraction(39, 100)), CPU)
    second = render_frame(loaded, TimeSpec(Fraction(40, 100)), CPU)
    assert first[8, 8].tolist() == [255, 0, 0, 255]
    assert second[8, 8].tolist() == [0, 0, 255, 255]


def test_contact_sheet_shows_the_middle_of_each_part(tmp_path: Path) -> None:
    colors = ["#ff0000", "#00ff00", "#0000ff", "#ffffff"]
    clips = [{**RED, "color": color} for color in colors]
    loaded = load_data(data(clips), CPU, folder=tmp_path)
    place = tmp_path / "sheet.png"
    write_sheet(loaded, place, CPU, SheetLayout(columns=2, count=4, tile_width=32))
    sheet = np.asarray(Image.open(place))
    middles = [sheet[8 + 9, 8 + 16], sheet[17, 64], sheet[8 + 18 + 8 + 9, 24], sheet[43, 64]]
    assert [pixel.tolist()[:3] for pixel in middles] == [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [255, 255, 255],
    ]


def test_validate_collects_all_problems(media_dir: Path, tmp_path: Path) -> None:
    clips: list[dict[str, Any]] = [
        {"type": "video", "src": "gone.mp4"},
        {"type": "image", "src": "gone.png", "duration": 1},
    ]
    loaded = load_data(data(clips), CPU, folder=tmp_path)
    report = validate(loaded, CPU)
    assert [type(problem) for problem in report.problems] == [MissingMedia, MissingMedia]


def test_an_export_tells_all_unusable_sources_at_once(tmp_path: Path) -> None:
    make_wav(tmp_path / "quiet.wav", np.zeros((4800, 1), np.float32), 48_000)
    clips: list[dict[str, Any]] = [
        {"type": "video", "src": "gone.mp4", "name": "intro"},
        {"type": "video", "src": "quiet.wav", "duration": 1},
        {"type": "image", "src": "gone.png", "duration": 1},
    ]
    with pytest.raises(
        SeveralMediaErrors, match=r'(?s)"intro".*gone\.mp4.*quiet.*gone\.png'
    ) as caught:
        exported(data(clips), tmp_path / "out.mp4")
    assert [type(error) for error in caught.value.errors] == [
        MissingMedia,
        UnsupportedMedia,
        MissingMedia,
    ]
    told = caught.value.to_dict()
    assert [Path(error["path"]).name for error in told["errors"]] == [
        "gone.mp4",
        "quiet.wav",
        "gone.png",
    ]


def test_validate_leaves_an_output_alone_that_nobody_named(tmp_path: Path) -> None:
    clear = data([RED], background="transparent", output={})
    loaded = load_data(clear, CPU, folder=tmp_path)
    assert validate(loaded, CPU).ok
    assert validate(loaded, CPU, tmp_path / "out.png").ok
    [problem] = validate(loaded, CPU, tmp_path / "out.mp4").problems
    assert "alpha" in str(problem) or "transparen" in str(problem)
    loaded = load_data({**clear, "output": {"path": "out.mp4"}}, CPU, folder=tmp_path)
    assert not validate(loaded, CPU).ok


def test_validate_accepts_a_good_project(media_dir: Path, tmp_path: Path) -> None:
    loaded = load_data(
        data([{"type": "video", "src": str(_clicking(media_dir))}]), CPU, folder=tmp_path
    )
    assert validate(loaded, CPU).ok
    assert validate_deep(loaded, CPU).ok


def test_untrusted_projects_read_only_below_their_folder(media_dir: Path, tmp_path: Path) -> None:
    source = make_video(media_dir / "outside.mp4", frames=5)
    loaded = load_data(data([{"type": "video", "src": str(source)}]), CPU, folder=tmp_path)
    options = ExportOptions(trust=Trust.UNTRUSTED)
    with pytest.raises(MediaError, match=r"outside\.mp4"):
        export(loaded, tmp_path / "out.mp4", options)
    allowed = replace(options, media_roots=(media_dir,))
    assert export(loaded, tmp_path / "out.mp4", allowed).frames == 5


def test_faults_of_placing_are_project_errors_with_pointers(tmp_path: Path) -> None:
    clips = [{**RED, "start": 0, "name": "a"}, {**RED, "start": 0, "name": "b"}]
    with pytest.raises(ProjectError, match=r'"a" and .*"b" overlap'):
        exported(data(clips, output=FAST), tmp_path / "out.mp4")


def test_poster_is_the_frame_on_screen_at_its_time(tmp_path: Path) -> None:
    clips = [{**RED, "color": "#ff0000"}, {**RED, "color": "#0000ff"}]
    output = {**FAST, "poster": {"time": "0.5", "path": "poster.png"}}
    exported(data(clips, output=output), tmp_path / "out.mp4")
    with av.open(str(tmp_path / "poster.png")) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert picture[90, 160].tolist() == [0, 0, 255]


def test_poster_whose_place_is_taken_stops_the_export_before_it_starts(tmp_path: Path) -> None:
    (tmp_path / "poster.png").write_bytes(b"precious")
    output = {**FAST, "poster": {"path": "poster.png"}}
    with pytest.raises(OutputError, match="poster exists"):
        exported(data([RED], output=output), tmp_path / "out.mp4")
    assert _files(tmp_path) == ["poster.png"]


@pytest.mark.parametrize(
    ("keys", "pointer"),
    [
        ({"output": {"hardware": "required"}}, "/output/hardware"),
        ({"output": {"passes": 2}}, "/output/passes"),
        ({"output": {"quality": "high", "bitrate": "4M"}}, "/output/bitrate"),
        ({"output": {"preset": "fastest"}}, "/output/preset"),
        ({"audio": {"channels": 6}}, "/audio/channels"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_impossible_outputs_are_faults_of_the_project_with_a_pointer(
    tmp_path: Path, keys: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(ProjectError) as caught:
        exported(data([RED], **keys), tmp_path / "out.mp4")
    assert caught.value.problems[0].pointer == pointer
    assert _files(tmp_path) == []


def test_pcm_sound_goes_into_a_mov(tmp_path: Path) -> None:
    make_wav(tmp_path / "in.wav", clicks(1.0, [0.5]) * 0.5)
    clips = [{**RED, "duration": 1}]
    output = {**FAST, "audio": {"codec": "pcm"}}
    exported(data(clips, [{"type": "audio", "src": "in.wav"}], output=output), tmp_path / "out.mov")
    samples, _ = decode_audio(tmp_path / "out.mov")
    assert int(np.argmax(np.abs(samples[:, 0]))) == 24_000


def test_more_open_sources_than_allowed_is_told_before_anything_is_rendered(
    media_dir: Path, tmp_path: Path
) -> None:
    source = make_video(media_dir / "many.mp4", frames=5, size=(64, 36))
    clip = {"type": "video", "src": str(source)}
    options = ExportOptions(trust=Trust.UNTRUSTED, media_roots=(media_dir,))
    with pytest.raises(ProjectError, match=r"17 sources .* at most 16"):
        exported(data(*([clip] for _ in range(17))), tmp_path / "out.mp4", options)
    assert exported(data(*([clip] for _ in range(16))), tmp_path / "out.mp4", options).frames == 5
