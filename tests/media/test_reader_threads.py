"""The reader's thread: laziness, back-pressure, failures, closing."""

from __future__ import annotations

import threading
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gpu_export.core.cancel import Cancellation
from gpu_export.core.color import SRGB
from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.errors import Cancelled, CorruptMedia, MissingMedia, UnsupportedMedia
from gpu_export.media import picture_sources
from gpu_export.media.picture_cache import PictureCache
from gpu_export.media.reader import AHEAD, QueuedReader, open_reader
from gpu_export.media.stills import StillPicture
from gpu_export.render.frames import DecodedFrame, Layout
from tests.stopping import Ended, endless_film, raising_at
from tests.synth import ladder, make_video, make_wav

if TYPE_CHECKING:
    from collections.abc import Iterator

ANY = Policy()
LONG_ENOUGH_S = 20


class FakeSource:
    """Frames without pixels; fails at `fails_at`; says when it was closed."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.asked: list[Fraction] = []
        self.closed = threading.Event()
        self._fails_at = fails_at

    def at(self, time: Fraction) -> DecodedFrame:
        if len(self.asked) == self._fails_at:
            raise CorruptMedia("damaged", path="fake")
        self.asked.append(time)
        return DecodedFrame(Layout.RGBA, (), 0, 0, SRGB, time)

    def warnings(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        self.closed.set()


def decoders() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("decode")}


def test_frames_come_in_the_order_of_the_schedule() -> None:
    times = [Fraction(n) for n in (3, 1, 2, 2)]
    reader = QueuedReader(FakeSource(), times, "fake")
    assert [reader.read().pts for _ in times] == times
    reader.close()


def test_an_endless_schedule_is_taken_bit_by_bit() -> None:
    taken = []

    def endless() -> Iterator[Fraction]:
        for number in count():
            taken.append(number)
            yield Fraction(number)

    source = FakeSource()
    reader = QueuedReader(source, endless(), "fake")
    for number in range(50):
        assert reader.read().pts == number
    assert len(taken) <= 50 + AHEAD + 1
    reader.close()


def test_a_failure_is_raised_after_the_frames_before_it() -> None:
    reader = QueuedReader(FakeSource(fails_at=2), map(Fraction, range(9)), "fake")
    assert [reader.read().pts for _ in range(2)] == [0, 1]
    for _ in range(2):
        with pytest.raises(CorruptMedia, match="damaged"):
            reader.read()
    reader.close()


def test_reading_past_the_schedule_is_a_mistake_of_the_caller() -> None:
    reader = QueuedReader(FakeSource(), [Fraction(0)], "fake")
    reader.read()
    with pytest.raises(RuntimeError, match="schedule"):
        reader.read()
    reader.close()


def test_the_decoder_is_freed_when_the_schedule_ends_and_what_is_ready_can_be_read() -> None:
    source = FakeSource()
    reader = QueuedReader(source, [Fraction(0), Fraction(1)], "fake")
    assert source.closed.wait(LONG_ENOUGH_S)
    assert [reader.read().pts for _ in range(2)] == [0, 1]
    reader.close()


def test_closing_twice_and_early_ends_the_thread() -> None:
    source = FakeSource()
    reader = QueuedReader(source, map(Fraction, count()), "fake")
    reader.close()
    reader.close()
    assert source.closed.is_set()
    assert "decode fake" not in decoders()


def test_reading_after_closing_is_cancelled() -> None:
    reader = QueuedReader(FakeSource(), map(Fraction, count()), "fake")
    reader.close()
    with pytest.raises(Cancelled):
        reader.read()


def test_closing_from_another_thread_wakes_a_waiting_reader() -> None:
    blocked = threading.Event()

    class Stuck(FakeSource):
        def at(self, time: Fraction) -> DecodedFrame:
            blocked.wait(LONG_ENOUGH_S)
            return super().at(time)

    reader = QueuedReader(Stuck(), map(Fraction, count()), "fake")
    failures: list[BaseException] = []

    def wait_for_a_frame() -> None:
        try:
            reader.read()
        except Cancelled as error:
            failures.append(error)

    waiting = threading.Thread(target=wait_for_a_frame)
    waiting.start()
    closing = threading.Thread(target=reader.close)
    closing.start()
    waiting.join(LONG_ENOUGH_S)
    assert len(failures) == 1
    blocked.set()
    closing.join(LONG_ENOUGH_S)
    assert not closing.is_alive()


def test_waiting_for_a_picture_ends_with_what_the_check_raises() -> None:
    decoding, release, cancel = threading.Event(), threading.Event(), Cancellation()

    class Stuck(FakeSource):
        def at(self, time: Fraction) -> DecodedFrame:
            decoding.set()
            release.wait(LONG_ENOUGH_S)
            return super().at(time)

    reader = QueuedReader(Stuck(), map(Fraction, count()), "fake", check=cancel.check)
    waiting = Ended(reader.read)
    assert decoding.wait(LONG_ENOUGH_S)
    cancel.cancel()
    assert waiting.promptly()
    assert isinstance(waiting.error, Cancelled)
    release.set()
    reader.close()


def test_ctrl_c_while_the_thread_begins_leaves_no_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, start = FakeSource(), threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        QueuedReader(source, map(Fraction, count()), "fake")
    assert source.closed.is_set()


def test_a_film_is_closed_on_the_long_way_from_its_only_keyframe(
    media_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_video(media_dir / "far.mp4", frames=10, gop=10)
    under_way = endless_film(monkeypatch)
    reader = open_reader(
        MediaRef(path), [Fraction(9, 25)], size=None, slack=Fraction(0), policy=ANY
    )
    assert under_way.wait(LONG_ENOUGH_S)
    closing = Ended(reader.close)
    assert closing.promptly()
    assert closing.error is None
    assert "decode far.mp4" not in decoders()


def test_an_animation_is_left_on_the_way_to_a_late_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tenth = Fraction(1, 10)
    picture = StillPicture("GIF", "P", (4, 4), 1, True, (tenth,) * 100)
    made = []

    def frames(*_: object) -> Iterator[DecodedFrame]:
        for number in range(100):
            made.append(number)
            yield DecodedFrame(Layout.RGBA, (), 4, 4, SRGB, number * tenth)

    monkeypatch.setattr(picture_sources, "decode_animation", frames)
    file = picture_sources.PictureFile(Path("fake.gif"), ANY, None, "", PictureCache(0, at_once=1))
    source = picture_sources.AnimationSource(file, picture, Fraction(0), raising_at(5))
    with pytest.raises(Cancelled):
        source.at(Fraction(9))
    assert made == [0, 1, 2, 3, 4]


def test_a_film_is_closed_in_the_middle(media_dir: Path) -> None:
    path = make_video(media_dir / "threads.mp4", frames=60)
    times = (Fraction(n % 60, 25) for n in count())
    reader = open_reader(MediaRef(path), times, size=None, slack=Fraction(0), policy=ANY)
    first = reader.read()
    reader.close()
    assert "decode threads.mp4" not in decoders()
    assert int(first.planes[0][0, 0]) >= 0  # its memory outlives the decoder


def test_a_missing_file_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match="clip 3"):
        open_reader(
            MediaRef(tmp_path / "gone.mp4"),
            [Fraction(0)],
            size=None,
            slack=Fraction(0),
            policy=ANY,
            where="clip 3",
        )


def test_sound_alone_has_no_picture(media_dir: Path) -> None:
    path = make_wav(media_dir / "threads.wav", ladder(0.1))
    with pytest.raises(UnsupportedMedia, match="no picture"):
        open_reader(MediaRef(path), [Fraction(0)], size=None, slack=Fraction(0), policy=ANY)


def test_a_file_that_vanishes_surfaces_at_read(tmp_path: Path) -> None:
    path = make_video(tmp_path / "vanishing.mp4", frames=10)
    gate = threading.Event()

    def later() -> Iterator[Fraction]:
        gate.wait(LONG_ENOUGH_S)
        yield Fraction(0)

    reader = open_reader(MediaRef(path), later(), size=None, slack=Fraction(0), policy=ANY)
    path.unlink()
    gate.set()
    with pytest.raises(MissingMedia):
        reader.read()
    reader.close()
