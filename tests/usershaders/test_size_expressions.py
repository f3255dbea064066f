from __future__ import annotations

import pytest

from gpu_export.usershaders.expressions import Expression

NUMBERS = {"WIDTH": 640.0, "HEIGHT": 360.0, "amount": 0.25}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1.0),
        (".5", 0.5),
        ("2e2", 200.0),
        ("$WIDTH/2.0", 320.0),
        ("floor($HEIGHT / 7.0)", 51.0),
        ("max(floor($WIDTH*0.001), 1.0)", 1.0),
        ("min($WIDTH, $HEIGHT)", 360.0),
        ("1 + 2 * 3 - 4", 3.0),
        ("(1 + 2) * 3", 9.0),
        ("-2 ^ 2", -4.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("7 % 4", 3.0),
        ("mod(7, 4)", 3.0),
        ("ceil($WIDTH * $amount + 0.1)", 161.0),
        ("round(2.5)", 3.0),
        ("pow(2, 10)", 1024.0),
    ],
)
def test_formula_has_its_value(text: str, value: float) -> None:
    assert Expression.parse(text).value(NUMBERS) == value


def test_formula_tells_what_it_depends_on() -> None:
    assert Expression.parse("max($WIDTH, $amount) + 1").names == {"WIDTH", "amount"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "(1",
        "1)",
        "2 3",
        "open(1)",
        "max(1)",
        "floor(1, 2)",
        "1 @ 2",
        "$",
        "(" * 99,
    ],
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be read|has no value"):
        Expression.parse(text).value({})


@pytest.mark.parametrize("text", ["1 / 0", "$WIDTH % 0", "sqrt(-1)", "9 ^ 9999", "pow(-8, 0.3)"])
def test_a_formula_without_a_value_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"no value|no finite value"):
        Expression.parse(text).value(NUMBERS)
