"""From a user's words about an output to one complete `OutputSpec`, or an error that helps.

Knows the tables of `codecs` and no libraries. Invariant: a spec made here combines only what the
tables allow; every refusal lists what is possible and names the nearest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.errors import OptionError, OutputError
from gpu_export.media.codecs import AUDIO_CODECS, CHANNEL_LAYOUTS, CONTAINERS
from gpu_export.media.output_spec import NUMBER_PATTERN, AudioSpec, OutputSpec, Pairs, VideoSpec
from gpu_export.media.output_wish import DEFAULT_WISH, NONE, choices, unsuitable
from gpu_export.media.picture_plan import plan_picture

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.media.codecs import Container
    from gpu_export.media.output_wish import OutputWish, PictureFormat, SoundFormat


def plan_output(
    path: Path,
    picture: PictureFormat | None,
    sound: SoundFormat | None,
    wish: OutputWish = DEFAULT_WISH,
) -> OutputSpec:
    """The complete description of one output file.

    Args:
        path: where it goes; the suffix chooses the container, `%04d` makes a sequence.
        picture: what there is to see, or None.
        sound: what there is to hear, or None.
        wish: the user's words.

    Raises:
        OutputError: nothing can be written under such a name.
        OptionError: a word is unknown, or a combination impossible.
    """
    name = _container_for(path)
    container = CONTAINERS[name]
    video = _video(path, container, picture, wish)
    audio = _audio(path, container, sound, wish)
    if video is None and audio is None:
        raise OptionError("there is neither picture nor sound to write", where=str(path))
    _check_tags(container, wish.metadata, name)
    # In the name of a film `%d` is just that.
    numbered = container.muxer is None and NUMBER_PATTERN.search(path.name) is not None
    return OutputSpec(path, name, video, audio, wish.metadata, is_sequence=numbered)


def _container_for(path: Path) -> str:
    suffix = path.suffix.lower()
    for name, container in CONTAINERS.items():
        if suffix in container.suffixes:
            _check_pattern(path, container)
            return name
    known = [suffix for container in CONTAINERS.values() for suffix in container.suffixes]
    raise OutputError(
        f"no file format for {suffix!r}" if suffix else "no suffix tells the file format",
        where=str(path),
        remedy=choices(suffix, known),
    )


def _check_pattern(path: Path, container: Container) -> None:
    bare = NUMBER_PATTERN.sub("", path.name)
    places = len(NUMBER_PATTERN.findall(path.name))
    if container.muxer is None and (places > 1 or "%" in bare):
        raise OutputError(
            "the name of a sequence has exactly one %d",
            where=str(path),
            remedy=f'Write it like "frame_%04d{path.suffix}".',
        )


def _video(
    path: Path, container: Container, picture: PictureFormat | None, wish: OutputWish
) -> VideoSpec | None:
    if wish.codec == NONE or picture is None:
        return None
    if not container.video:
        if wish.codec is not None:
            raise unsuitable("codec", wish.codec, (NONE,), path)
        return None
    codec = wish.codec or container.video[0]
    if codec not in container.video:
        raise unsuitable("codec", codec, (*container.video, NONE), path)
    return plan_picture(codec, picture, wish)


def _audio(
    path: Path, container: Container, sound: SoundFormat | None, wish: OutputWish
) -> AudioSpec | None:
    if wish.audio_codec == NONE or sound is None:
        return None
    if not container.audio:
        if wish.audio_codec is not None:
            raise unsuitable("audio.codec", wish.audio_codec, (NONE,), path)
        return None
    codec = wish.audio_codec or container.audio[0]
    if codec not in container.audio:
        raise unsuitable("audio.codec", codec, (*container.audio, NONE), path)
    _check_channels(codec, sound)
    return AudioSpec(
        codec, _carried_rate(codec, sound), sound.channels, _audio_rate(codec, wish, sound)
    )


def _check_channels(codec: str, sound: SoundFormat) -> None:
    possible = [count for count in CHANNEL_LAYOUTS if count <= AUDIO_CODECS[codec].max_channels]
    if sound.channels not in possible:
        raise OptionError(
            f"{codec} cannot carry {sound.channels} channels",
            where="audio.channels",
            remedy=f"Possible: {', '.join(map(str, possible))}.",
        )


def _carried_rate(codec: str, sound: SoundFormat) -> int:
    """The sound's own rate, or the lowest the codec has above it, or its highest."""
    rates = AUDIO_CODECS[codec].rates
    if rates is None or sound.rate in rates:
        return sound.rate
    return min((rate for rate in rates if rate > sound.rate), default=max(rates))


def _audio_rate(codec: str, wish: OutputWish, sound: SoundFormat) -> int | None:
    each = AUDIO_CODECS[codec].channel_bitrate
    if wish.audio_bitrate is None:
        return None if each is None else each * sound.channels
    if each is None or wish.audio_bitrate <= 0:
        raise OptionError(
            f"{codec} cannot be written at {wish.audio_bitrate} bits a second",
            where="output.audio.bitrate",
            remedy="Leave the bitrate out." if each is None else "Give a number above 0.",
        )
    return wish.audio_bitrate


def _check_tags(container: Container, metadata: Pairs, name: str) -> None:
    if container.tags is None:
        return
    for key, _ in metadata:
        if key not in container.tags:
            raise OptionError(
                f"{name} files keep no metadata {key!r}",
                where="output.metadata",
                remedy=choices(key, container.tags) if container.tags else "Leave it out.",
            )
