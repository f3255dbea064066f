from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import gpu_export
from gpu_export.cli import export_command
from gpu_export.cli.main import main

COMMANDS = ["export", "frame", "sheet", "validate", "probe", "schema", "doctor"]
HEAVY = {"av", "cv2", "moderngl", "numpy", "PIL", "psutil", "pydantic", "rich"}


def _python(code: str, *, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(env or {})},
    )


# pydantic checks the command line itself, below the root.
@pytest.mark.parametrize(
    ("argv", "heavy"),
    [(["--help"], HEAVY), (["--version"], HEAVY), (["frame", "--help"], HEAVY - {"pydantic"})],
    ids=["help", "version", "help of a command"],
)
def test_help_and_version_import_nothing_heavy(argv: list[str], heavy: set[str]) -> None:
    done = _python(
        "import sys\n"
        "from gpu_export.cli.main import main\n"
        f"code = main({argv!r})\n"
        "print('\\n', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
        "sys.exit(code)"
    )
    assert done.returncode == 0, done.stderr
    assert heavy.isdisjoint(done.stdout.splitlines()[-1].split())


def _run(before: str, *argv: str, stdout: int | None = None) -> subprocess.CompletedProcess[str]:
    """The console script in a process of its own; `before` is what happens first there."""
    return subprocess.run(
        [sys.executable, "-c", f"{before}\nfrom gpu_export.cli.main import run; run()", *argv],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


INTERRUPTED_LOADING = """
import signal, sys

class Interruption:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interruption())
"""


@pytest.mark.parametrize("module", ["typer", "gpu_export.engine.load"])
def test_ctrl_c_while_the_program_loads_is_no_traceback(module: str) -> None:
    done = _run(INTERRUPTED_LOADING.format(module=module), "p.json")
    assert (done.returncode, done.stderr) == (130, "cancelled\n")


@pytest.mark.parametrize("argv", [["--help"], ["frame", "--help"], ["--version"], ["schema"]])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_standard_output_that_is_full_is_told_as_such(argv: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = _run("", *argv, stdout=full.fileno())
    assert done.returncode == 5
    assert done.stderr == "error: standard output: No space left on device\n"


@pytest.mark.parametrize("argv", [["--help"], ["schema"]])
def test_a_standard_output_that_nobody_reads_ends_quietly(argv: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = _run("", *argv, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_help_lists_the_options_of_an_export_and_every_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert "PROJECT [OPTIONS] | COMMAND [ARGS]..." in told
    for word in ("--output", "--range A..B", "--no-smart-copy", *COMMANDS):
        assert word in told


def test_no_arguments_at_all_shows_the_help_and_counts_as_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2
    assert "Commands:" in capsys.readouterr().out


def test_version_is_the_package_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"gpu-export {gpu_export.__version__}\n"


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (["p.json", "--overwite"], "--overwite"),
        (["exprot", "p.json"], "Did you mean `export`?"),
        (["fram"], "Did you mean `frame`?"),
        (["-o"], "-o"),
        (["frame"], "PROJECT"),
        (["p.json", "q.json"], "q.json"),
        (["p.json", "--device", "-1"], "--device"),
        (["p.json", "--jobs", "0"], "--jobs"),
        (["p.json", "--jobs", "many"], "--jobs"),
        (["p.json", "--mode", "fast"], "--mode"),
        (["p.json", "--range", "5..2"], "--range"),
        (["p.json", "--range", "soon"], "--range"),
        (["p.json", "--scale", "0"], "--scale"),
        (["p.json", "--set", "title"], "--set"),
        (["p.json", "--memory-limit", "lots"], "--memory-limit"),
        (["p.json", "--cache", "no/such/folder"], "--cache"),
        (["p.json", "--mode", "stable", "--compositor", "gl"], "--compositor gl"),
        (["p.json", "--media-root", "."], "--media-root"),
        (["p.json", "--dry-run", "--report", "r.json"], "--report"),
        (["p.json", "-o", "same", "--report", "same"], "--report"),
        (["frame", "p.json", "--at", "-1"], "--at"),
        (["sheet", "p.json", "--columns", "0"], "--columns"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_line_that_cannot_be_meant_exits_2_and_names_the_culprit(
    argv: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert named in err
    assert "Traceback" not in err


def test_a_usage_error_points_to_the_help_of_its_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["frame", "p.json", "--nope"])
    assert "See `gpu-export frame --help`." in capsys.readouterr().err


@pytest.fixture
def broken_export(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: object) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(export_command, "_run", fail)


@pytest.mark.usefixtures("broken_export")
def test_an_unexpected_error_is_called_a_bug_without_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["p.json"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: this is a bug in gpu-export: ZeroDivisionError")
    assert "Traceback" not in err


@pytest.mark.usefixtures("broken_export")
def test_verbose_shows_where_an_error_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["p.json", "-v"]) == 1
    err = capsys.readouterr().err
    assert "Traceback (most recent call last)" in err
    assert "ZeroDivisionError: division by zero" in err


def _completions(words: str) -> set[str]:
    done = _python(
        "from gpu_export.cli.main import main; main([])",
        env={
            "_GPU_EXPORT_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_bash_completes_the_commands() -> None:
    assert set(COMMANDS) <= _completions("gpu-export ")


def test_bash_completes_options_of_an_export_after_its_project() -> None:
    assert _completions("gpu-export p.json --ra") == {"--range"}


def test_bash_completes_options_of_an_export_before_its_project() -> None:
    assert {"--range", "--version"} <= _completions("gpu-export --")


def test_bash_completes_the_values_of_a_choice() -> None:
    assert _completions("gpu-export p.json --progress ") == {"auto", "bar", "json", "none"}


def test_a_completion_script_for_bash_can_be_shown() -> None:
    done = _python(
        "from gpu_export.cli.main import main; main(['--show-completion', 'bash'])",
        env={"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
    )
    assert "complete -o default -F _gpu_export_completion gpu-export" in done.stdout


def test_a_report_place_that_cannot_be_used_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["p.json", "--report", str(tmp_path / "no" / "r.json")]) == 5
    assert "there is no folder" in capsys.readouterr().err
    assert main(["p.json", "--report", str(tmp_path)]) == 5
    assert "is a folder" in capsys.readouterr().err


def test_a_failure_is_reported_in_the_report_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "r.json"
    missing = tmp_path / "missing.json"
    code = main([str(missing), "--report", str(report)])
    told = json.loads(report.read_text())["error"]
    assert code != 0
    assert told["exit_code"] == code
    assert "missing.json" in told["where"] + told["message"]
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]
