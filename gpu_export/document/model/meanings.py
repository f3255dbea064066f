"""What each key means: the string below it in the class that holds it.

Read from the source when somebody asks, for the schema and the pages made of it; reading a file
needs none of them, and finding them takes longer than building the models. Knows no key.
"""

from __future__ import annotations

import ast
import inspect
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def meanings(model: type) -> Mapping[str, str]:
    """The text below each attribute of a class; inherited where it is not declared anew."""
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if owner.__module__.startswith(__package__):
            found |= _own(owner)
    return found


def _own(owner: type) -> dict[str, str]:
    (tree,) = ast.parse(dedent(inspect.getsource(owner))).body
    assert isinstance(tree, ast.ClassDef)
    return {
        line.target.id: _text(following)
        for line, following in pairwise([*tree.body, None])
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }


def _text(line: ast.stmt | None) -> str:
    match line:
        case ast.Expr(ast.Constant(str(text))):
            return inspect.cleandoc(text)
        case _:
            return ""
