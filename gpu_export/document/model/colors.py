"""Colours as the file writes them; `core.color` reads the notations."""

from math import inf, nextafter
from typing import Annotated, Any, Literal

from gpu_export.core.color import Rgba, parse_color
from gpu_export.core.spelling import asked
from gpu_export.document.model.forms import Form, is_number

_COLOR = "a colour: #rgb, #rrggbb, #rrggbbaa, rgb(), rgba(), a CSS name or transparent"
_LONGEST_TEXT = 120


def read_color(value: object) -> Rgba:
    """A CSS-like colour, or four straight components in 0..1 from Python.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, tuple) and len(value) == 4:
        red, green, blue, alpha = (_component(part) for part in value)
        return red, green, blue, alpha
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or not value.isascii():
        raise ValueError(_COLOR)
    return parse_color(value)


def _component(value: object) -> float:
    if not is_number(value) or not 0 <= value <= 1:
        raise ValueError("four colour components from 0 to 1")
    return float(value)


def write_color(color: Rgba) -> str:
    """Hexadecimal where that is exact, else `rgba()`."""
    codes = [round(part * 255) for part in color]
    if all(code / 255 == part for code, part in zip(codes, color, strict=True)):
        digits = "".join(f"{code:02x}" for code in codes)
        return f"#{digits[:6] if codes[3] == 255 else digits}"
    channels = ", ".join(_channel_text(part) for part in color[:3])
    return f"rgba({channels}, {color[3]!r})"


def _channel_text(part: float) -> str:
    """The notation that reads back as the same float: division rounds, so neighbours are tried."""
    for scale, unit in ((255, ""), (100, "%")):
        near = part * scale
        for candidate in (near, nextafter(near, inf), nextafter(near, -inf)):
            if candidate / scale == part:
                return f"{candidate!r}{unit}"
    return repr(part * 255)


def _read_backdrop(value: object) -> Literal["blur"] | Rgba:
    if value == "blur":
        return "blur"
    try:
        return read_color(value)
    except ValueError as error:
        question = asked(value, ("blur",))
        raise ValueError(f'{question}"blur" or {_COLOR if question else error}') from error


def _write_backdrop(backdrop: Literal["blur"] | Rgba) -> str:
    return backdrop if isinstance(backdrop, str) else write_color(backdrop)


_SCHEMA: dict[str, Any] = {
    "type": "string",
    "pattern": r"^\s*(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})"
    r"|[Rr][Gg][Bb][Aa]?\([^)]*\)|[A-Za-z]+)\s*$",
    "examples": ["#ff8800", "#ff880080", "rgba(255, 136, 0, 0.5)", "rebeccapurple"],
}

Color = Annotated[Rgba, Form(read_color, write_color, _SCHEMA)]
"""Straight R, G, B, A in 0..1."""

Backdrop = Annotated[
    Literal["blur"] | Rgba,
    Form(_read_backdrop, _write_backdrop, {**_SCHEMA, "examples": ["blur", "#ff8800"]}),
]
"""What fills the bars that `contain` leaves."""
