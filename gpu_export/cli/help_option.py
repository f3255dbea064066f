"""`--help` that goes through `messages`, so that a standard output which fails is told as such."""

from __future__ import annotations

from typing import Any

from typer import Exit
from typer.core import TyperCommand

from gpu_export.cli import messages


class EmitsHelp:
    """Mixed into commands and groups; their types belong to the library's private core."""

    def get_help_option(self, ctx: Any) -> Any:
        """The library's option with our way of writing."""
        option = super().get_help_option(ctx)  # type: ignore[misc]  # of what it is mixed into
        if option is not None:
            option.callback = _emit_help
        return option


class Command(EmitsHelp, TyperCommand):
    """A command of ours."""


def _emit_help(ctx: Any, _option: Any, wanted: bool) -> None:  # noqa: FBT001 - typer calls it
    if wanted and not ctx.resilient_parsing:
        messages.emit(ctx.get_help())
        raise Exit
