"""The root command: `gpu-export project.json` exports, `gpu-export frame …` runs a sub-command.

A first word that is no sub-command belongs to the default command. A project file that is named
like a sub-command is reached as `./frame`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.core import TyperGroup

from gpu_export.cli.help_option import EmitsHelp
from gpu_export.core.spelling import nearest
from gpu_export.errors import OptionError

DEFAULT_COMMAND = "export"


class RootGroup(EmitsHelp, TyperGroup):
    """A group with a default command, whose options it shows and completes as its own.

    The context and formatter types belong to the library's private core, hence `Any`.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the default command in front of words that do not start with a command."""
        if args and args[0] not in self.commands and args[0] not in self._own_options(ctx):
            self._refuse_misspelt_command(args[0])
            args.insert(0, DEFAULT_COMMAND)
        return super().parse_args(ctx, args)

    def _refuse_misspelt_command(self, word: str) -> None:
        """A bare word that is no file and resembles a command was meant as one."""
        meant = nearest(word, self.commands) if word.isalpha() else None
        if meant is not None and not Path(word).exists():
            raise OptionError(
                f"{word!r} is neither a project file nor a command",
                where="the command line",
                remedy=f"Did you mean `{meant}`? The commands are {', '.join(self.commands)}.",
            )

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Names both ways in."""
        formatter.write_usage(ctx.command_path, "PROJECT [OPTIONS] | COMMAND [ARGS]...")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The default command's arguments and options, then the commands, then its own options."""
        self.commands[DEFAULT_COMMAND].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)
        own = [param.get_help_record(ctx) for param in self.get_params(ctx)]
        with formatter.section("Without a project"):
            formatter.write_dl([record for record in own if record is not None])

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Own options, the commands, and the default command's options."""
        found = super().shell_complete(ctx, incomplete)
        known = {item.value for item in found}
        defaults = self.commands[DEFAULT_COMMAND].shell_complete(ctx, incomplete)
        return [*found, *(item for item in defaults if item.value not in known)]

    def _own_options(self, ctx: Any) -> set[str]:
        names = (name for param in self.get_params(ctx) for name in param.opts)
        return {*names, *ctx.help_option_names}
