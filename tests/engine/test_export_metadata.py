"""Nothing that sources say of persons, places or devices reaches the output."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import av
import pytest
from av.sidedata.sidedata import Type
from PIL import Image, PngImagePlugin

from tests.engine.exporting import FAST, data, exported
from tests.shared_media import SHARED, needs_shared
from tests.synth import Sound, make_video, tone

if TYPE_CHECKING:
    from pathlib import Path

# What muxers write on their own account.
OWN_KEYS = {
    *("major_brand", "minor_version", "compatible_brands", "encoder", "duration"),
    *("language", "handler_name", "vendor_id"),
}

SECRETS = {
    "location": "+48.1351+011.5820/",
    "com.apple.quicktime.model": "Spyphone-9",
    "com.android.version": "14-spy",
    "creation_time": "2031-02-03T04:05:06Z",
    "title": "private-title",
    "artist": "Jane-Private",
    "comment": "private-comment",
}

REAL_WITH_SECRETS = (
    "bt601.mov",
    "hlg10-color-test.mp4",
    "sample_empty_track.mp4",
    "sample_portrait.mp4",
    "sample_rotate_and_reflect.mp4",
    "sample_shorter_audio.mp4",
    "trim_optimization_failure.mp4",
)


@pytest.fixture
def telling_film(tmp_path: Path) -> Path:
    """A film with metadata of every sort on the file, its streams and its chapters."""
    sound = Sound(tone(1.0, lambda _: 440))
    plain = make_video(tmp_path / "plain.mp4", frames=10, size=(160, 90), sound=sound)
    path = tmp_path / "telling.mp4"
    options = {"movflags": "use_metadata_tags"}
    with av.open(str(plain)) as source, av.open(str(path), "w", options=options) as copy:
        copy.metadata.update(SECRETS)
        streams: dict[int, Any] = {}
        for stream in source.streams:
            streams[stream.index] = copy.add_stream_from_template(stream)
            streams[stream.index].metadata["handler_name"] = "private-track"
        chapter = {"title": "private-chapter"}
        times = {"id": 1, "start": 0, "end": 400, "time_base": Fraction(1, 1000)}
        copy.set_chapters([{**times, "metadata": chapter}])  # type: ignore[typeddict-item]  # built in parts
        for packet in source.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                copy.mux(packet)
    return path


def _keys(path: Path) -> set[str]:
    """Every metadata key of a file and its streams."""
    with av.open(str(path)) as container:
        owners = (container, *container.streams)
        return {key.lower() for owner in owners for key in owner.metadata}


def _chapters(path: Path) -> int:
    with av.open(str(path)) as container:
        return len(container.chapters())


def _told(path: Path, secrets: set[str]) -> list[str]:
    """Which secrets are somewhere in the bytes of a file."""
    written = path.read_bytes()
    return sorted(secret for secret in secrets if secret.encode() in written)


def test_the_film_of_these_tests_tells_its_secrets(telling_film: Path) -> None:
    assert set(SECRETS) <= _keys(telling_film)
    assert _chapters(telling_film) == 1
    assert "private-track" in _told(telling_film, {"private-track"})


@pytest.mark.parametrize("name", ["out.mp4", "out.mov", "out.mkv", "out.wav", "out.m4a", "out.mp3"])
def test_metadata_of_a_film_stays_behind(name: str, telling_film: Path, tmp_path: Path) -> None:
    output = tmp_path / name
    picture = name not in ("out.wav", "out.m4a", "out.mp3")
    clip = {"type": "video", "src": str(telling_film)}
    exported(data([clip], output=FAST if picture else {}), output)
    assert _keys(output) <= OWN_KEYS
    assert _chapters(output) == 0
    assert _told(output, {*SECRETS.values(), "private-track", "private-chapter"}) == []


def test_metadata_of_a_photograph_stays_behind(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0110] = "Spyphone-9"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (32, 32), "red").save(tmp_path / "photo.jpg", exif=exif, comment=b"private")
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Jane-Private")
    Image.new("RGB", (32, 32), "red").save(tmp_path / "drawn.png", pnginfo=text)
    clips = [
        {"type": "image", "src": name, "duration": "1f"} for name in ("photo.jpg", "drawn.png")
    ]
    for name in ("out.mp4", "still_%d.png", "still_%d.jpg"):
        exported(data(clips, output={}), tmp_path / name)
    written = [tmp_path / "out.mp4", *tmp_path.glob("still_*")]
    assert len(written) == 5
    assert [_told(path, {"Spyphone-9", "Jane-Private", "private", "Exif"}) for path in written] == [
        []
    ] * 5


def test_metadata_of_the_project_is_written(tmp_path: Path) -> None:
    clip = {"type": "solid", "color": "#336699", "duration": "5f"}
    output = tmp_path / "out.mp4"
    exported(data([clip], output={**FAST, "metadata": {"title": "My film"}}), output)
    with av.open(str(output)) as container:
        assert container.metadata["title"] == "My film"


@needs_shared
@pytest.mark.parametrize("name", REAL_WITH_SECRETS)
def test_places_and_devices_of_real_films_stay_behind(name: str, tmp_path: Path) -> None:
    source = SHARED / "real" / "video" / name
    with av.open(str(source)) as container:
        found = {key: value for key, value in container.metadata.items() if key not in OWN_KEYS}
    assert found
    output = tmp_path / "out.mp4"
    exported(data([{"type": "video", "src": str(source), "duration": "5f"}]), output)
    assert _keys(output) <= OWN_KEYS
    assert _told(output, {value for value in found.values() if len(value) > 3}) == []


@needs_shared
def test_captions_inside_a_film_stay_behind(tmp_path: Path) -> None:
    source = SHARED / "real" / "video" / "fragmented_captions.mp4"
    assert _captions(source) > 0
    output = tmp_path / "out.mp4"
    exported(data([{"type": "video", "src": str(source)}], width=416, height=234), output)
    assert _captions(output) == 0


def _captions(path: Path) -> int:
    """How many pictures carry CEA-608 or CEA-708 data."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    # PyAV's stub says a dictionary; what it is iterates over its entries.
    kinds = [[cast("Any", entry).type for entry in frame.side_data] for frame in frames]
    return sum(Type.A53_CC in found for found in kinds)
