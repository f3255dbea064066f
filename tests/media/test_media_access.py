"""The door for source files: what opens, what is refused, and that nothing else is touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import av
import pytest

from gpu_export.core.policy import Policy, untrusted
from gpu_export.errors import CorruptMedia, ExportError, MissingMedia, UnsupportedMedia
from gpu_export.media.access import open_file, open_input
from gpu_export.media.translate import translating
from tests.opens_watched import needs_inotify, opens_below
from tests.shared_media import SHARED, needs_shared
from tests.synth import make_video, make_wav, silence

ANY = Policy()


@pytest.fixture(scope="module")
def clip(media_dir: Path) -> Path:
    return make_video(media_dir / "access.mp4", frames=3)


@pytest.fixture
def secret(tmp_path: Path, clip: Path) -> Path:
    """A film in a folder that the project may not read, as MP4 and as MPEG-TS."""
    outside = tmp_path / "outside"
    outside.mkdir()
    make_video(outside / "secret.ts", frames=3, clip_id=63)
    shutil.copy(clip, outside / "secret.mp4")
    (tmp_path / "inside").mkdir()
    return outside / "secret.ts"


def opens(path: Path, policy: Policy = ANY) -> None:
    open_input(path, policy).close()


@pytest.mark.parametrize(
    "name",
    [
        "colon:name.mp4",
        "http:film.mp4",
        "-dash.mp4",
        "new\nline.mp4",
        "pattern_%03d.mp4",
        "a b.mp4",
        "grüße 世界.mp4",
        "no suffix",
        "wrong.gif",
        "concat:a|b.mp4",
    ],
)
def test_any_name_is_opened_literally(tmp_path: Path, clip: Path, name: str) -> None:
    path = tmp_path / name
    shutil.copy(clip, path)
    with open_input(path, ANY) as source:
        assert source.streams.video[0].codec_context.width == 320


def test_a_pattern_name_does_not_open_the_files_it_would_match(tmp_path: Path, clip: Path) -> None:
    shutil.copy(clip, tmp_path / "frame_001.png")
    with pytest.raises(MissingMedia, match="no such file"):
        opens(tmp_path / "frame_%03d.png")


PLAYLISTS = {
    "plain.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\n{path}\n#EXT-X-ENDLIST\n",
    "renamed.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\n{path}\n#EXT-X-ENDLIST\n",
    "file_url.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\nfile:{path}\n#EXT-X-ENDLIST\n",
    "join.ffconcat": "ffconcat version 1.0\nfile '{path}'\n",
    "join.mp4": "ffconcat version 1.0\nfile '{path}'\n",
    "session.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    "graph.txt": "movie={path}",
}


@needs_inotify
@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_is_refused_and_what_it_names_stays_closed(
    tmp_path: Path, secret: Path, name: str
) -> None:
    path = tmp_path / "inside" / name
    path.write_text(PLAYLISTS[name].format(path=secret))
    with opens_below(secret.parent) as opened, pytest.raises(UnsupportedMedia):
        opens(path)
    assert opened == []


@needs_inotify
def test_the_watch_notices_what_is_opened(secret: Path) -> None:
    with opens_below(secret.parent) as opened:
        opens(secret)
    assert set(opened) == {"secret.ts"}


def test_even_a_permitted_folder_is_not_reached_by_a_nested_open(
    tmp_path: Path, secret: Path
) -> None:
    playlist = secret.parent / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\n{secret.name}\n")
    with pytest.raises(UnsupportedMedia):
        opens(playlist)


@needs_inotify
def test_a_link_out_of_the_roots_is_refused_unopened(tmp_path: Path, secret: Path) -> None:
    link = tmp_path / "inside" / "film.mp4"
    link.symlink_to(secret.parent / "secret.mp4")
    policy = untrusted(tmp_path / "inside")
    with opens_below(secret.parent) as opened, pytest.raises(UnsupportedMedia, match="outside"):
        opens(link, policy)
    assert opened == []


def test_parent_paths_out_of_the_roots_are_refused(tmp_path: Path, secret: Path) -> None:
    with pytest.raises(UnsupportedMedia, match="may read"):
        opens(tmp_path / "inside" / ".." / "outside" / "secret.mp4", untrusted(tmp_path / "inside"))


def test_outside_the_roots_not_even_absence_is_told(tmp_path: Path, secret: Path) -> None:
    inside = tmp_path / "inside"
    (inside / "link.mp4").symlink_to(secret.parent / "gone.mp4")
    for path in (inside / ".." / "outside" / "gone.mp4", inside / "link.mp4"):
        with pytest.raises(UnsupportedMedia, match="lies outside"):
            opens(path, untrusted(inside))


def test_links_inside_the_roots_are_followed(tmp_path: Path, clip: Path) -> None:
    shutil.copy(clip, tmp_path / "film.mp4")
    (tmp_path / "link.mp4").symlink_to(tmp_path / "film.mp4")
    opens(tmp_path / "link.mp4", untrusted(tmp_path))


def test_a_second_root_is_readable(tmp_path: Path, secret: Path) -> None:
    opens(secret, untrusted(tmp_path / "inside", (secret.parent,)))


def test_a_missing_file_is_named_with_the_clip(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia) as caught:
        open_input(tmp_path / "gone.mp4", ANY, where="/tracks/0/clips/1")
    assert "gone.mp4" in str(caught.value)
    assert str(caught.value).startswith("/tracks/0/clips/1: ")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match="folder"):
        opens(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(MissingMedia, match="not a plain file"):
        opens(tmp_path / "pipe.mp4")


def test_a_device_is_refused() -> None:
    with pytest.raises(MissingMedia, match="not a plain file"):
        open_file(Path("/dev/zero"), ANY)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_says_so(tmp_path: Path, clip: Path) -> None:
    shutil.copy(clip, tmp_path / "film.mp4")
    (tmp_path / "film.mp4").chmod(0)
    with pytest.raises(MissingMedia, match="may not be read"):
        opens(tmp_path / "film.mp4")


def test_links_in_a_circle_are_missing_media(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to(tmp_path / "b.mp4")
    (tmp_path / "b.mp4").symlink_to(tmp_path / "a.mp4")
    with pytest.raises(MissingMedia):
        opens(tmp_path / "a.mp4")


def test_a_name_with_a_zero_byte_is_missing_media(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match="not a file name"):
        opens(tmp_path / "a\0b.mp4")


def test_an_empty_file_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(CorruptMedia, match="empty"):
        opens(tmp_path / "empty.mp4")


def test_text_is_not_recognised(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("just words\n" * 50)
    with pytest.raises(UnsupportedMedia, match="not recognised"):
        opens(tmp_path / "text.mp4")


def test_a_cut_off_header_is_corrupt_in_the_words_of_ffmpeg(tmp_path: Path, clip: Path) -> None:
    whole = clip.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: whole.index(b"moov")])
    for _ in range(2):  # FFmpeg's log drops repeated lines
        with pytest.raises(CorruptMedia, match="moov atom not found"):
            opens(tmp_path / "cut.mp4")


def test_failing_leaves_ffmpeg_silent_again(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("just words\n" * 50)
    with pytest.raises(UnsupportedMedia):
        opens(tmp_path / "text.mp4")
    assert av.logging.get_level() is None


def test_descriptors_are_not_leaked(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "text.mp4").write_text("just words\n" * 50)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a live folder
    opens(clip)
    for name in ("text.mp4", "gone.mp4"):
        with pytest.raises(ExportError):
            opens(tmp_path / name)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - a live folder


def test_sound_files_open_too(media_dir: Path) -> None:
    with open_input(make_wav(media_dir / "access.wav", silence(0.1)), ANY) as source:
        assert source.format.name == "wav"


def test_system_errors_of_readers_become_media_errors(tmp_path: Path) -> None:
    path = tmp_path / "gone"
    with pytest.raises(MissingMedia) as caught, translating(path, where="clip"):
        path.read_bytes()
    assert isinstance(caught.value.__cause__, FileNotFoundError)


@needs_shared
@needs_inotify
@pytest.mark.parametrize(
    "path", sorted((SHARED / "untrusted" / "inside").glob("*")), ids=lambda path: path.name
)
def test_nothing_outside_is_opened_by_any_hostile_file(path: Path) -> None:
    policy = untrusted(path.parent)
    with opens_below(SHARED / "untrusted" / "outside") as opened:
        try:
            with open_input(path, policy) as source:
                for packet in source.demux():
                    packet.decode() if packet.stream.codec_context else None
        except (ExportError, av.error.FFmpegError):
            pass
    assert opened == []


@needs_shared
@pytest.mark.parametrize(
    "path",
    sorted((SHARED / "untrusted" / "inside").glob("*.[mf][3f]*")),
    ids=lambda path: path.name,
)
def test_every_hostile_playlist_is_unsupported(path: Path) -> None:
    with pytest.raises(UnsupportedMedia):
        opens(path)
