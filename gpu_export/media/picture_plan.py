"""From a user's words about the picture to one complete `VideoSpec`, or an error that helps.

Knows encoder rows and no libraries. Invariant: a spec made here combines only what its row allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.core.color import SRGB
from gpu_export.core.time import snap
from gpu_export.errors import OptionError
from gpu_export.media.codecs import KEEPS_ALPHA, VIDEO_CODECS, usual_bitrate
from gpu_export.media.encoder_row import DEFAULT_QUALITY, QUALITY_NAMES
from gpu_export.media.output_spec import MOST_SHARE, RateControl, Study, VideoSpec
from gpu_export.media.output_wish import choices
from gpu_export.media.tuning import tuned
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gpu_export.media.encoder_row import Encoder
    from gpu_export.media.output_wish import OutputWish, PictureFormat

# What semi-planar layouts hold, under the name that users know.
_PLANAR = {Layout.NV12: "yuv420p", Layout.P010: "yuv420p"}


def plan_picture(codec: str, picture: PictureFormat, wish: OutputWish) -> VideoSpec:
    """How the picture is encoded in a codec that the container holds.

    Raises:
        OptionError: a word is unknown, or a combination impossible.
    """
    encoder = _encoder(codec, wish)
    _check_alpha(codec, encoder, picture)
    _check_size(encoder, picture)
    layout = _layout(encoder, picture, wish)
    control = _rate_control(encoder, wish)
    _check_words(encoder, layout, wish)
    bitrate = None if control is RateControl.QUALITY else _bitrate(codec, picture, wish)
    packed = encoder.from_rgba if layout is Layout.RGBA else None
    is_yuv = layout.is_yuv or (packed or "").startswith("yuv")
    return VideoSpec(
        codec=codec,
        encoder=encoder.name,
        layout=layout,
        width=picture.width,
        height=picture.height,
        rate=picture.rate,
        color=picture.color if is_yuv else SRGB,
        quality=_quality(encoder, wish) if control is RateControl.QUALITY else None,
        bitrate=bitrate,
        ceiling=bitrate and bitrate * MOST_SHARE if control is RateControl.ADAPTIVE else None,
        rate_control=control,
        preset=wish.preset or encoder.preset,
        profile=wish.profile,
        keyframe_interval=max(1, snap(wish.keyframe_interval, picture.rate)),
        threads=wish.threads,
        options=tuned(encoder, wish.options),
        alpha=not picture.opaque,
        packed=packed,
        study=_study(encoder, wish, packed),
    )


def _encoder(codec: str, wish: OutputWish) -> Encoder:
    rows = VIDEO_CODECS[codec]
    named = (row for row in rows if row.name == wish.encoder)
    return next(named, rows[0])


def _check_alpha(codec: str, encoder: Encoder, picture: PictureFormat) -> None:
    if not picture.opaque and not encoder.keeps_alpha:
        raise OptionError(
            f"the background is not opaque, and {codec} cannot keep transparency",
            where="background",
            remedy=f"Choose an opaque background, or one of: {', '.join(KEEPS_ALPHA)}.",
        )


def _check_size(encoder: Encoder, picture: PictureFormat) -> None:
    width, height = encoder.max_size
    if picture.width > width or picture.height > height:
        raise OptionError(
            f"{encoder.name} writes pictures up to {width}×{height}, "
            f"and this one has {picture.width}×{picture.height}",
            where="output.codec",
            remedy="Make the picture smaller (--scale), or choose another codec.",
        )


def _layout(encoder: Encoder, picture: PictureFormat, wish: OutputWish) -> Layout:
    """The first of the encoder's layouts that is as wished in every respect."""
    drawn = _candidates(encoder, picture, wish)
    wished = [layout for layout in drawn if _fits(encoder, layout, wish)]
    if wished:
        return wished[0]
    named = wish.pixel_format or "pictures"
    depth = f" at {wish.bit_depth} bit" if wish.bit_depth else ""
    possible = ", ".join(_possible(encoder, item) for item in drawn)
    raise OptionError(
        f"{encoder.name} cannot write {named}{depth}",
        where="output.pixelFormat" if wish.pixel_format else "output.bitDepth",
        remedy=f"Possible: {possible}.",
    )


def _candidates(encoder: Encoder, picture: PictureFormat, wish: OutputWish) -> list[Layout]:
    """What may be drawn: RGBA where there is alpha to keep, else what the profile carries."""
    if not picture.opaque:
        return [Layout.RGBA]
    drawn = [item for item in encoder.layouts if item.is_yuv] or list(encoder.layouts)
    carried = encoder.profiles.get(wish.profile or "")
    if carried is None or wish.pixel_format is not None or wish.bit_depth is not None:
        return drawn
    return [item for item in drawn if item in carried]


def _fits(encoder: Encoder, layout: Layout, wish: OutputWish) -> bool:
    if layout is Layout.RGBA:
        name, depth = _name_with_alpha(encoder)
        names = (None, "rgba", encoder.from_rgba, name)
        return wish.pixel_format in names and wish.bit_depth in (None, 8, depth)
    ten = wish.pixel_format is not None and wish.pixel_format.endswith("10le")
    if ten and layout.bit_depth != 10:
        return False
    if wish.bit_depth is not None and layout.bit_depth != wish.bit_depth:
        return False
    named = wish.pixel_format
    return named is None or _planar_name(layout) == named.removesuffix("10le")


def _possible(encoder: Encoder, layout: Layout) -> str:
    name, depth = _planar_name(layout), layout.bit_depth
    if layout is Layout.RGBA:
        name, depth = _name_with_alpha(encoder)
    return f"{name} at {depth} bit"


def _name_with_alpha(encoder: Encoder) -> tuple[str, int]:
    """What a file holds where RGBA is drawn: the pixel format as others name it, and its depth."""
    name = (encoder.from_rgba or "rgba").replace("yuv4", "yuva4")
    return name, 10 if name.endswith("10le") else 8


def _planar_name(layout: Layout) -> str:
    return _PLANAR.get(layout, layout.pixel_format.removesuffix("10le"))


def _rate_control(encoder: Encoder, wish: OutputWish) -> RateControl:
    asked = RateControl(wish.rate_control or ("quality" if wish.bitrate is None else "bitrate"))
    if asked is RateControl.QUALITY:
        if wish.bitrate is not None:
            raise _excluded("a bitrate", "rate control by quality", "output.bitrate")
        if wish.passes > 1:
            raise OptionError(
                "two passes distribute a bitrate; a quality needs one",
                where="output.passes",
                remedy="Add a bitrate, or leave passes out.",
            )
        return asked
    if wish.quality is not None:
        raise _excluded("quality", "bitrate", "output.bitrate")
    if not encoder.takes_bitrate:
        raise OptionError(
            f"{encoder.name} takes no bitrate", where="output.bitrate", remedy="Leave it out."
        )
    _check_adaptive(encoder, asked, wish)
    return asked


def _check_adaptive(encoder: Encoder, asked: RateControl, wish: OutputWish) -> None:
    if asked is not RateControl.ADAPTIVE:
        return
    if wish.passes > 1:
        raise _excluded("two passes", "adaptive rate control", "output.passes")
    if not encoder.same_headers:
        able = [
            codec
            for codec, rows in VIDEO_CODECS.items()
            if any(row.same_headers and row.takes_bitrate for row in rows)
        ]
        raise OptionError(
            f"{encoder.name} cannot change its bitrate within a film",
            where="output.rateControl",
            remedy=f"Use a bitrate, or one of these codecs: {', '.join(able)}.",
        )


def _excluded(one: str, other: str, where: str) -> OptionError:
    return OptionError(
        f"{one} and {other} exclude each other", where=where, remedy="Keep one of the two."
    )


def _bitrate(codec: str, picture: PictureFormat, wish: OutputWish) -> int:
    if wish.bitrate is None:
        return usual_bitrate(codec, picture.width, picture.height, picture.rate)
    if wish.bitrate <= 0:
        raise OptionError("a bitrate is above 0", where="output.bitrate")
    return wish.bitrate


def _quality(encoder: Encoder, wish: OutputWish) -> int | None:
    if not encoder.crf:
        # Where only the name of the file led to this codec, the quality was a wish for whichever.
        if encoder.takes_bitrate or (wish.quality is not None and wish.codec is not None):
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


def _study(encoder: Encoder, wish: OutputWish, packed: str | None) -> Study | None:
    if packed == "pal8":
        return Study.PALETTE
    if wish.passes == 1:
        return None
    if not encoder.two_passes:
        able = [codec for codec, rows in VIDEO_CODECS.items() if rows[0].two_passes]
        raise OptionError(
            f"{encoder.name} makes one pass only here",
            where="output.passes",
            remedy=f"Leave passes out, or use one of these codecs: {', '.join(able)}.",
        )
    return Study.STATISTICS


def _check_words(encoder: Encoder, layout: Layout, wish: OutputWish) -> None:
    _check_word("preset", wish.preset, encoder.presets, encoder)
    _check_word("profile", wish.profile, encoder.profiles, encoder)
    carried = encoder.profiles.get(wish.profile or "", (layout,))
    if layout not in carried:
        able = [name for name, layouts in encoder.profiles.items() if layout in layouts]
        raise OptionError(
            f"profile {wish.profile} cannot carry {encoder.from_rgba or layout.pixel_format}"
            if layout is Layout.RGBA
            else f"profile {wish.profile} cannot carry {layout.pixel_format}",
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
        remedy=choices(word, known) if known else f"Leave out {key}.",
    )
