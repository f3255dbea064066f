"""Writes `docs/cli.md` from the commands themselves, so that the page cannot disagree with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from gpu_export.cli.app import PROGRAM, app
from gpu_export.cli.root_group import DEFAULT_COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = f"""\
# The command line

<!-- Written by `python docs/generate.py`; edit the commands instead. -->

`{PROGRAM} project.json` exports a project; everything else is a command of its own. A project file
that is named like a command is reached as `./NAME`. Exit codes and errors are in
[errors.md](errors.md), the project file in [project-format.md](project-format.md).

Results go to standard output, everything else to standard error. `{PROGRAM} --install-completion`
teaches bash, zsh, fish and PowerShell the commands and options.
"""

_EXAMPLES = """\
## Examples

```sh
gpu-export project.json                                  # writes project.mp4 here
gpu-export project.json -o out.mp4 --range 2..5          # 2 s up to, not including, 5 s
gpu-export project.json -o small.mp4 --scale 50% --set title="Hello"
gpu-export project.json --dry-run                        # what would be done, and why
gpu-export - -o out.mp4 --overwrite < project.json       # the project from standard input
gpu-export project.json --progress json --report r.json  # for programs
gpu-export frame project.json --at 3.5 -o frame.png
gpu-export sheet project.json -o sheet.jpg --count 20 --columns 5
gpu-export validate project.json && gpu-export doctor
```

## Progress for programs

`--progress json` writes one JSON object a line to standard output: `{"event": "progress", …}` at
most five times a second, then `{"event": "done", "report": {…}}` or
`{"event": "error", "error": {…}}`. Times are in seconds; `eta_s` is null until it can be told.
"""


def cli_markdown() -> str:
    """The whole page."""
    root: Any = typer.main.get_command(app)  # its type is private to the library
    commands = [root.commands[DEFAULT_COMMAND]]
    commands += [one for name, one in root.commands.items() if name != DEFAULT_COMMAND]
    sections = (_section(command) for command in commands)
    return "\n".join([_HEAD, *sections, _EXAMPLES])


def _section(command: Any) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    words = [] if command.name == DEFAULT_COMMAND else [command.name]
    usage = " ".join([PROGRAM, *words, *(one.metavar for one in arguments)])
    lines = [f"## `{usage}`", "", _paragraphs(command.help), ""]
    lines += [f"- `{one.metavar}`: {one.help}" for one in arguments]
    if options:
        lines += ["", "| option | default | meaning |", "| --- | --- | --- |"]
        lines += [f"| {' | '.join(_cells(one))} |" for one in options]
    return "\n".join(lines) + "\n"


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _cells(option: Any) -> Iterator[str]:
    names = sorted(option.opts, key=len) + option.secondary_opts
    value = "" if option.is_flag else f" {option.metavar or _choices(option)}"
    yield ", ".join(f"`{name}{value if name.startswith('--') else ''}`" for name in names)
    yield _default(option)
    yield option.help.replace("|", "\\|")


def _choices(option: Any) -> str:
    return "\\|".join(str(choice.value) for choice in option.type_descriptor.choices)


def _default(option: Any) -> str:
    if option.is_flag:
        return f"`{option.opts[0]}`" if option.default else ""
    return f"`{option.default}`" if option.default is not None and option.show_default else ""
