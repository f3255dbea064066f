"""The JSON at the head of an ISF file: inputs, passes, imported images.

Owns ISF's vocabulary; knows no GLSL. Source: the ISF 2 JSON reference. Hosts are lenient where
published files are, and so is this: swapped ranges are put right, flags may be numbers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.errors import AssetError
from gpu_export.usershaders.expressions import Expression
from gpu_export.usershaders.inputs import Choice, Input, InputKind
from gpu_export.usershaders.shader import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import NoReturn

    from gpu_export.render.programs import Value

MAIN_IMAGE = "inputImage"
START_IMAGE, END_IMAGE, PROGRESS = "startImage", "endImage", "progress"

_KINDS = {
    "event": InputKind.BOOL,
    "bool": InputKind.BOOL,
    "long": InputKind.INT,
    "float": InputKind.FLOAT,
    "point2D": InputKind.VECTOR,
    "color": InputKind.COLOR,
    "image": InputKind.IMAGE,
    "audio": InputKind.SOUND,
    "audioFFT": InputKind.SPECTRUM,
}
_COUNTS = {InputKind.VECTOR: 2, InputKind.COLOR: 4}
_REMEDY = "Compare the file's head with the ISF 2 reference (https://docs.isf.video/ref_json)."


@dataclass(frozen=True, slots=True)
class PassHeader:
    """One entry of PASSES; sizes of None are those of the picture that is made."""

    target: str | None = None
    width: Expression | None = None
    height: Expression | None = None
    persistent: bool = False
    floating: bool = False


@dataclass(frozen=True, slots=True)
class IsfHeader:
    """What an ISF file says of itself.

    `imported` has paths relative to the file, by sampler name; `length` counts the characters
    of the file up to the end of the head.
    """

    inputs: tuple[Input, ...]
    passes: tuple[PassHeader, ...]
    imported: tuple[tuple[str, str], ...]
    length: int

    @property
    def role(self) -> Role:
        """What it is for, as the names of its inputs tell."""
        names = {one.name for one in self.inputs}
        if {START_IMAGE, END_IMAGE, PROGRESS} <= names:
            return Role.TRANSITION
        return Role.FILTER if MAIN_IMAGE in names else Role.GENERATOR


def read_header(source: str, file: str) -> IsfHeader:
    """The head of an ISF file.

    Raises:
        AssetError: there is none, or it cannot be meant; `line` says where in the file.
    """
    start, end = source.find("/*"), source.find("*/")
    if start < 0 or end < start or source[:start].strip():
        message = "it does not begin with a comment that holds ISF's JSON"
        raise AssetError(message, path=file, line=1, remedy=_REMEDY)
    line = source.count("\n", 0, start) + 1
    try:
        data = json.loads(source[start + 2 : end], strict=False)
    except json.JSONDecodeError as error:
        message = f"its JSON head cannot be read: {error.msg}"
        raise AssetError(message, path=file, line=line + error.lineno - 1, remedy=_REMEDY) from None
    except RecursionError:
        raise AssetError("its JSON head is nested too deeply", path=file, line=line) from None
    return _Head(data, file, line).read(end + 2)


class _Head:
    """The JSON being read, and where it stands."""

    def __init__(self, data: object, file: str, line: int) -> None:
        self._file = file
        self._line = line
        self._data = self._object(data, "the head")

    def read(self, length: int) -> IsfHeader:
        inputs = tuple(self._inputs())
        names = [one.name for one in inputs]
        if len(set(names)) < len(names):
            self._fail("two INPUTS have the same NAME")
        passes = tuple(self._passes(names)) or (PassHeader(),)
        return IsfHeader(inputs, passes, tuple(self._imported()), length)

    def _inputs(self) -> Iterator[Input]:
        for number, entry in enumerate(self._list("INPUTS")):
            item = self._object(entry, f"INPUTS[{number}]")
            name, kind = self._name(item, f"INPUTS[{number}]"), item.get("TYPE")
            if not isinstance(kind, str) or kind not in _KINDS:
                self._fail(f"input {name!r} has the unknown TYPE {kind!r}")
            yield self._input(name, _KINDS[kind], item)

    def _input(self, name: str, kind: InputKind, item: Mapping[str, object]) -> Input:
        if kind.is_picture:
            return Input(name, kind)
        where = f"input {name!r}"
        if kind is InputKind.BOOL:
            return Input(name, kind, self._flag(item.get("DEFAULT", False), where))
        if kind is InputKind.INT and "VALUES" in item:
            return self._choice(name, item)
        count = _COUNTS.get(kind, 1)
        least, most = self._ends(item, "MIN", count), self._ends(item, "MAX", count)
        if least and most:
            pairs = [sorted(pair) for pair in zip(least, most, strict=True)]
            least, most = tuple(low for low, _ in pairs), tuple(high for _, high in pairs)
        default = self._default(kind, self._ends(item, "DEFAULT", count), least, count)
        return Input(name, kind, default, count, least, most)

    def _default(
        self, kind: InputKind, given: tuple[float, ...], least: tuple[float, ...], count: int
    ) -> Value:
        numbers = given or tuple(max(0.0, low) for low in least) or (0.0,) * count
        if kind is InputKind.INT:
            return round(numbers[0])
        return numbers[0] if kind is InputKind.FLOAT else numbers

    def _choice(self, name: str, item: Mapping[str, object]) -> Input:
        values, labels = item.get("VALUES"), item.get("LABELS", [])
        if not isinstance(values, list) or not isinstance(labels, list) or not values:
            self._fail(f"input {name!r} needs lists of VALUES and LABELS")
        numbers = [round(self._number(value, f"input {name!r}")) for value in values]
        texts = [str(label) for label in labels][: len(numbers)]
        texts += [""] * (len(numbers) - len(texts))
        default = item.get("DEFAULT")
        first = numbers[0] if default is None else round(self._number(default, f"input {name!r}"))
        choices = tuple(map(Choice, numbers, texts))
        return Input(name, InputKind.INT, first, choices=choices)

    def _passes(self, names: list[str]) -> Iterator[PassHeader]:
        for number, entry in enumerate(self._list("PASSES")):
            where = f"PASSES[{number}]"
            item = self._object(entry, where)
            target = item.get("TARGET")
            if target is not None and not (isinstance(target, str) and target.isidentifier()):
                self._fail(f"the TARGET of {where} is no name: {target!r}")
            # Published files spell this key both ways.
            persistent = item.get("PERSISTENT", item.get("persistent", False))
            yield PassHeader(
                target or None,
                self._size(item.get("WIDTH"), names, where),
                self._size(item.get("HEIGHT"), names, where),
                bool(target) and self._flag(persistent, where),
                self._flag(item.get("FLOAT", False), where),
            )

    def _size(self, given: object, names: list[str], where: str) -> Expression | None:
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, str | int | float):
            self._fail(f"a size of {where} is no formula: {given!r}")
        try:
            formula = Expression.parse(str(given))
        except ValueError as error:
            self._fail(f"a size of {where}: {error}")
        unknown = formula.names - {"WIDTH", "HEIGHT", *names}
        if unknown:
            self._fail(f"a size of {where} uses ${min(unknown)}, which is no input")
        return formula

    def _imported(self) -> Iterator[tuple[str, str]]:
        entries = self._data.get("IMPORTED", {})
        pairs = (
            entries.items()
            if isinstance(entries, dict)
            else [
                (item.get("NAME"), item)
                for item in (self._object(one, "IMPORTED") for one in self._list("IMPORTED"))
            ]
        )
        for name, entry in pairs:
            path = self._object(entry, "IMPORTED").get("PATH")
            if not isinstance(name, str) or not name.isidentifier() or not isinstance(path, str):
                self._fail("an IMPORTED image needs a NAME and a PATH")
            yield name, path

    def _ends(self, item: Mapping[str, object], key: str, count: int) -> tuple[float, ...]:
        given = item.get(key)
        if given is None:
            return ()
        where = f"{key} of input {item.get('NAME')!r}"
        items = given if isinstance(given, list) else [given] * count
        if len(items) != count:
            self._fail(f"{where} needs {count} numbers")
        return tuple(self._number(one, where) for one in items)

    def _number(self, given: object, where: str) -> float:
        if not isinstance(given, int | float):
            self._fail(f"{where}: {given!r} is no number")
        return float(given)

    def _flag(self, given: object, where: str) -> bool:
        if isinstance(given, bool | int | float):
            return bool(given)
        if isinstance(given, str) and given.lower() in ("true", "false", "1", "0"):
            return given.lower() in ("true", "1")
        self._fail(f"{where}: {given!r} is no yes or no")

    def _name(self, item: Mapping[str, object], where: str) -> str:
        name = item.get("NAME")
        if not isinstance(name, str) or not name.isidentifier() or not name.isascii():
            self._fail(f"{where} needs a NAME that GLSL can use, not {name!r}")
        return name

    def _list(self, key: str) -> list[object]:
        given = self._data.get(key, [])
        if not isinstance(given, list):
            self._fail(f"{key} is no list")
        return given

    def _object(self, given: object, where: str) -> Mapping[str, object]:
        if not isinstance(given, dict):
            self._fail(f"{where} is no object")
        return given

    def _fail(self, message: str) -> NoReturn:
        raise AssetError(message, path=self._file, line=self._line, remedy=_REMEDY)
