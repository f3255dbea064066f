"""Everything a caller may catch, split by who can repair it.

Fields are data and the message is derived from them: what went wrong, where, and what to do.
This module imports nothing of the project, so every room may raise from it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a project file.

    `pointer` is a JSON pointer (RFC 6901), `found` what stands there, `expected` what would
    have been accepted, including the nearest known name where one is close.
    """

    pointer: str
    found: str
    expected: str

    def __str__(self) -> str:
        head = f"{self.pointer or '/'}: {self.found}"
        return f"{head}; {self.expected}" if self.expected else head


class ExportError(Exception):
    """Base of all errors this package raises on purpose.

    Args:
        message: what went wrong, in words of the domain.
        where: the clip (`/tracks/0/clips/2 "intro"`), file or option it concerns.
        remedy: what the reader can do about it.
    """

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  {self.remedy}" if self.remedy else head

    def to_dict(self) -> dict[str, Any]:
        """The class' name as `type`, and every field; plain JSON-able values."""
        return {"type": type(self).__name__, **vars(self)}

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors come back from worker processes; their constructors take other arguments.
        return _revived, (type(self), self.args, vars(self))


def _revived(
    kind: type[ExportError], args: tuple[object, ...], fields: dict[str, Any]
) -> ExportError:
    error = kind.__new__(kind)
    error.args = args
    vars(error).update(fields)
    return error


class ProjectError(ExportError):
    """The project file says something that cannot be meant. `problems` lists all of it."""

    def __init__(self, problems: Sequence[Problem], *, source: str = "project") -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{count} {noun} in {source}\n{lines}")

    def to_dict(self) -> dict[str, Any]:
        """As everywhere; each problem with its `pointer`, `found` and `expected`."""
        return {**super().to_dict(), "problems": [asdict(problem) for problem in self.problems]}


class MediaError(ExportError):
    """A source cannot be used. `path` and `stream` say which.

    Every kind has a remedy that usually helps, for where nothing better is known.
    """

    usual_remedy: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        path: Path | str,
        stream: int | None = None,
        where: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(message, where=where, remedy=remedy or self.usual_remedy)
        self.path = str(path)
        self.stream = stream

    def __str__(self) -> str:
        place = self.path if self.stream is None else f"{self.path} (stream {self.stream})"
        head = f"{self.where}: " if self.where else ""
        text = f"{head}{place}: {self.message}"
        return f"{text}\n  {self.remedy}" if self.remedy else text


class MissingMedia(MediaError):
    """There is no such file, or it cannot be read."""

    usual_remedy = (
        "Relative paths count from the project file's folder, on the command line from the "
        "current one."
    )


class UnsupportedMedia(MediaError):
    """The file is sound but nothing here can decode it, or policy forbids opening it."""

    usual_remedy = "Convert it to MP4, MOV, MKV, WebM or a common sound or picture format."


class CorruptMedia(MediaError):
    """The file is damaged beyond concealment."""

    usual_remedy = "Fetch or export the file again; `gpu-export probe FILE` tells what is in it."


class SeveralMediaErrors(MediaError):
    """Several sources cannot be used. `errors` has one for each use; `path` is the first one's."""

    def __init__(self, errors: Sequence[MediaError]) -> None:
        super().__init__(f"{len(errors)} sources cannot be used", path=errors[0].path)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        lines = "\n".join(f"  {line}" for error in self.errors for line in str(error).split("\n"))
        return f"{self.message}\n{lines}"

    def to_dict(self) -> dict[str, Any]:
        """As everywhere; each error of a source as it would stand alone."""
        return {**super().to_dict(), "errors": [error.to_dict() for error in self.errors]}


class FramesFailed(MediaError):
    """A function that makes frames raised an exception, or what it returned is no picture.

    `path` names the function, `frame` is the index it was asked for; what it raised is the cause.
    """

    def __init__(
        self, message: str, *, function: str, frame: int, where: str = "", remedy: str = ""
    ) -> None:
        super().__init__(
            f"{message}, asked for frame {frame}", path=function, where=where, remedy=remedy
        )
        self.frame = frame


class DeviceError(ExportError):
    """No usable GL context. `reasons` lists what was tried and why each failed."""

    def __init__(self, message: str, *, reasons: Sequence[str] = (), remedy: str = "") -> None:
        self.reasons = tuple(reasons)
        tried = "".join(f"\n  - {reason}" for reason in self.reasons)
        super().__init__(message + tried, remedy=remedy)


class ShaderError(ExportError):
    """A shader did not compile. `origin` is 'builtin' (our fault) or 'user'; `clip` uses it."""

    def __init__(
        self,
        *,
        file: str,
        line: int | None,
        log: str,
        origin: str = "builtin",
        clip: str = "",
        remedy: str = "",
    ) -> None:
        self.file = file
        self.line = line
        self.log = log
        self.origin = origin
        self.clip = clip
        place = file if line is None else f"{file}:{line}"
        where = f"{clip}: {place}" if clip else place
        super().__init__(f"{origin} shader did not compile: {log}", where=where, remedy=remedy)


class ShaderStopped(ShaderError):
    """A user's shader ran longer than it may. `clip` says where it is used, `seconds` how long."""

    def __init__(self, *, file: str, clip: str, seconds: float) -> None:
        super().__init__(file=file, line=None, log="", origin="user", clip=clip)
        self.seconds = seconds
        self.message = f"the shader was stopped after {seconds:g} seconds in one frame"
        self.args = (self.message,)
        self.remedy = (
            "Make its loops shorter or the canvas smaller, or allow it more time with "
            "--shader-timeout SECONDS."
        )


class EncodeError(ExportError):
    """The encoder or muxer failed. `frame` is the output frame it failed at, if known."""

    def __init__(
        self, message: str, *, codec: str, frame: int | None = None, remedy: str = ""
    ) -> None:
        at = "" if frame is None else f" at frame {frame}"
        super().__init__(message, where=f"{codec}{at}", remedy=remedy)
        self.codec = codec
        self.frame = frame


class EncoderUnavailable(EncodeError):
    """The named encoder does not work on this machine."""


class MuxFailed(EncodeError):
    """The container could not be written."""


class AssetError(ExportError):
    """A font, LUT or subtitle file is unusable. `path` and `line` say where."""

    def __init__(
        self, message: str, *, path: Path | str, line: int | None = None, remedy: str = ""
    ) -> None:
        place = str(path) if line is None else f"{path}:{line}"
        super().__init__(message, where=place, remedy=remedy)
        self.path = str(path)
        self.line = line


class WorkerDied(ExportError):
    """A worker process ended without saying why: killed, out of memory, or a driver's crash."""


class OutputError(ExportError):
    """The output cannot be written: it exists, no space, no permission. Never a fallback."""


class OptionError(ExportError):
    """An option of the request is impossible or contradicts another."""


class Cancelled(ExportError):
    """The export was cancelled. Nothing was left behind; an earlier output is untouched."""

    def __init__(self, message: str = "cancelled") -> None:
        super().__init__(message)
