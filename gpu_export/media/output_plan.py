"""From a user's words about an output to one complete `OutputSpec`, or an error that helps.

Knows the tables of `codecs` and no libraries. Invariant: a spec made here combines only what the
tables allow; every refusal lists what is possible and names the nearest.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.color import BT709, SRGB, ColorSpec
from gpu_export.core.time import snap
from gpu_export.errors import OptionError, OutputError
from gpu_export.media.codecs import (
    AUDIO_CODECS,
    CHANNEL_LAYOUTS,
    CONTAINERS,
    DEFAULT_QUALITY,
    KEEPS_ALPHA,
    QUALITY_NAMES,
    VIDEO_CODECS,
)
from gpu_export.media.output_spec import NUMBER_PATTERN, AudioSpec, OutputSpec, Pairs, VideoSpec

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gpu_export.media.codecs import Container, Encoder
    from gpu_export.render.frames import Layout

NONE = "none"
"""The codec name that leaves out the picture or the sound."""


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """What a timeline delivers to see: canvas, exact rate, and whether every pixel is opaque."""

    width: int
    height: int
    rate: Fraction
    opaque: bool = True
    color: ColorSpec = BT709


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """What a timeline delivers to hear."""

    rate: int = 48_000
    channels: int = 2


@dataclass(frozen=True, slots=True)
class OutputWish:
    """The words of a project's `output`; None where they were left out.

    Attributes:
        codec, audio_codec: names of the tables, or `none`.
        quality: 0..100 or a word of `QUALITY_NAMES`; excludes `bitrate`.
        bitrate, audio_bitrate: bits a second.
        pixel_format: `yuv420p`, `yuv422p`, `yuv444p`, with `10le` for ten bits, or `rgba`.
        bit_depth: 8 or 10.
        keyframe_interval: seconds.
        threads: encoder threads, 0 for all processors.
        options: further encoder options.
    """

    codec: str | None = None
    quality: int | str | None = None
    bitrate: int | None = None
    preset: str | None = None
    profile: str | None = None
    pixel_format: str | None = None
    bit_depth: int | None = None
    keyframe_interval: Fraction = Fraction(1)
    threads: int = 0
    options: Pairs = ()
    audio_codec: str | None = None
    audio_bitrate: int | None = None
    metadata: Pairs = ()


DEFAULT_WISH = OutputWish()


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
        remedy=_choices(suffix, known),
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
            raise _unsuitable("codec", wish.codec, (NONE,), path)
        return None
    codec = wish.codec or container.video[0]
    if codec not in container.video:
        raise _unsuitable("codec", codec, (*container.video, NONE), path)
    _check_alpha(codec, picture)
    return _video_spec(codec, VIDEO_CODECS[codec][0], picture, wish)


def _video_spec(
    codec: str, encoder: Encoder, picture: PictureFormat, wish: OutputWish
) -> VideoSpec:
    layout = _layout(encoder, wish)
    quality = _quality(encoder, wish)
    _check_words(encoder, layout, wish)
    return VideoSpec(
        codec=codec,
        encoder=encoder.name,
        layout=layout,
        width=picture.width,
        height=picture.height,
        rate=picture.rate,
        color=picture.color if layout.is_yuv else SRGB,
        quality=quality,
        bitrate=wish.bitrate,
        preset=wish.preset or encoder.preset,
        profile=wish.profile,
        keyframe_interval=max(1, snap(wish.keyframe_interval, picture.rate)),
        threads=wish.threads,
        options=wish.options,
        alpha=not picture.opaque,
    )


def _check_alpha(codec: str, picture: PictureFormat) -> None:
    if not picture.opaque and codec not in KEEPS_ALPHA:
        raise OptionError(
            f"the background is not opaque, and {codec} cannot keep transparency",
            where="background",
            remedy=f"Choose an opaque background, or one of: {', '.join(KEEPS_ALPHA)}.",
        )


def _layout(encoder: Encoder, wish: OutputWish) -> Layout:
    first = encoder.layouts[0]
    named = wish.pixel_format or _base_name(first)
    ten = named.endswith("10le")
    depth = wish.bit_depth or (10 if ten else _default_depth(encoder, named))
    for layout in encoder.layouts:
        if _base_name(layout) == named.removesuffix("10le") and layout.bit_depth == depth:
            if ten and depth == 8:
                break
            return layout
    possible = ", ".join(f"{_base_name(item)} at {item.bit_depth} bit" for item in encoder.layouts)
    raise OptionError(
        f"{encoder.name} cannot write {named} at {depth} bit",
        where="output.pixelFormat",
        remedy=f"Possible: {possible}.",
    )


def _default_depth(encoder: Encoder, name: str) -> int:
    """The depth the encoder prefers for a format: the first layout's, or the only one."""
    depths = [item.bit_depth for item in encoder.layouts if _base_name(item) == name]
    return depths[0] if depths else encoder.layouts[0].bit_depth


def _base_name(layout: Layout) -> str:
    return layout.pixel_format.removesuffix("10le")


def _quality(encoder: Encoder, wish: OutputWish) -> int | None:
    if wish.bitrate is not None:
        _check_bitrate(encoder, wish)
        return None
    if not encoder.crf:
        # Where only the name of the file led to this codec, the quality was a wish for whichever.
        if wish.quality is not None and wish.codec is not None:
            raise OptionError(
                f"{encoder.name} has no quality scale",
                where="output.quality",
                remedy="Leave quality out.",
            )
        return None
    quality = DEFAULT_QUALITY if wish.quality is None else wish.quality
    number = QUALITY_NAMES.get(quality) if isinstance(quality, str) else quality
    if number is None or not 0 <= number <= 100:
        raise OptionError(
            f"no such quality: {quality!r}",
            where="output.quality",
            remedy=f"A number from 0 to 100, or one of: {', '.join(QUALITY_NAMES)}.",
        )
    return number


def _check_bitrate(encoder: Encoder, wish: OutputWish) -> None:
    if wish.quality is not None:
        raise OptionError(
            "quality and bitrate exclude each other",
            where="output.bitrate",
            remedy="Keep one of the two.",
        )
    if not encoder.presets:
        raise OptionError(f"{encoder.name} takes no bitrate", where="output.bitrate")
    if wish.bitrate is not None and wish.bitrate <= 0:
        raise OptionError("a bitrate is above 0", where="output.bitrate")


def _check_words(encoder: Encoder, layout: Layout, wish: OutputWish) -> None:
    _check_word("preset", wish.preset, encoder.presets, encoder)
    _check_word("profile", wish.profile, encoder.profiles, encoder)
    for key, _ in wish.options:
        _check_word("options", key, encoder.allowed, encoder)
    carried = encoder.profiles.get(wish.profile or "", (layout,))
    if layout not in carried:
        able = [name for name, layouts in encoder.profiles.items() if layout in layouts]
        raise OptionError(
            f"profile {wish.profile} cannot carry {layout.pixel_format}",
            where="output.profile",
            remedy=f"Possible: {', '.join(able) or 'leave the profile out'}.",
        )


def _check_word(key: str, word: str | None, known: Iterable[str], encoder: Encoder) -> None:
    known = tuple(known)
    if word is None or word in known:
        return
    raise OptionError(
        f"{encoder.name} has no {key} {word!r}",
        where=f"output.{key}",
        remedy=_choices(word, known) if known else f"Leave out {key}.",
    )


def _audio(
    path: Path, container: Container, sound: SoundFormat | None, wish: OutputWish
) -> AudioSpec | None:
    if wish.audio_codec == NONE or sound is None:
        return None
    if not container.audio:
        if wish.audio_codec is not None:
            raise _unsuitable("audio.codec", wish.audio_codec, (NONE,), path)
        return None
    codec = wish.audio_codec or container.audio[0]
    if codec not in container.audio:
        raise _unsuitable("audio.codec", codec, (*container.audio, NONE), path)
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
                remedy=_choices(key, container.tags) if container.tags else "Leave it out.",
            )


def _unsuitable(key: str, codec: str, possible: Iterable[str], path: Path) -> OptionError:
    return OptionError(
        f"{path.suffix} files cannot hold {codec!r}",
        where=f"output.{key}",
        remedy=_choices(codec, possible),
    )


def _choices(word: str, known: Iterable[str]) -> str:
    """All that is possible, and the nearest name where one is close."""
    known = list(known)
    close = get_close_matches(word, known, n=1)
    nearest = f"Did you mean {close[0]!r}? " if close else ""
    return f"{nearest}Possible: {', '.join(known)}."
