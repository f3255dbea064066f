from __future__ import annotations

import pytest

from gpu_export.usershaders.inputs import Bound, Choice, Input, InputKind, bind, settled

INPUTS = (
    Input("amount", InputKind.FLOAT, 0.5, least=(0.0,), most=(1.0,)),
    Input("count", InputKind.INT, 3, least=(1.0,), most=(9.0,)),
    Input("mode", InputKind.INT, 0, choices=(Choice(0, "off"), Choice(4, "on"))),
    Input("flip", InputKind.BOOL, default=False),
    Input("place", InputKind.VECTOR, (0.5, 0.5), 2),
    Input("size", InputKind.INT_VECTOR, (4, 4), 2),
    Input("tint", InputKind.COLOR, (1.0, 1.0, 1.0, 1.0), 4),
    Input("noise", InputKind.IMAGE),
)


def test_defaults_stand_where_nothing_is_given() -> None:
    bound, problems = bind(INPUTS, {}, "/params")
    assert problems == []
    assert bound == Bound(
        {
            "amount": 0.5,
            "count": 3,
            "mode": 0,
            "flip": False,
            "place": (0.5, 0.5),
            "size": (4, 4),
            "tint": (1.0, 1.0, 1.0, 1.0),
        },
        {},
    )


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("amount", 1, 1.0),
        ("count", 4.0, 4),
        ("mode", 4, 4),
        ("mode", "on", 4),
        ("flip", True, True),
        ("flip", 1, True),
        ("place", [0, 1], (0.0, 1.0)),
        ("size", [3, 2], (3, 2)),
        ("tint", "#ff000080", (1.0, 0.0, 0.0, 128 / 255)),
        ("tint", [0.1, 0.2, 0.3], (0.1, 0.2, 0.3, 1.0)),
    ],
)
def test_a_fitting_value_is_taken(name: str, given: object, value: object) -> None:
    bound, problems = bind(INPUTS, {name: given}, "/params")
    assert problems == []
    assert bound.values[name] == value


def test_a_picture_is_a_path() -> None:
    bound, _ = bind(INPUTS, {"noise": "noise.png"}, "/params")
    assert bound.pictures == {"noise": "noise.png"}


@pytest.mark.parametrize(
    ("name", "given", "found", "expected"),
    [
        ("amount", 1.5, "1.5 is too large", "expected a number from 0 to 1"),
        ("amount", "x", "'x' is no number", "expected a number from 0 to 1"),
        ("amount", True, "True is no number", "expected a number from 0 to 1"),
        ("count", 2.5, "2.5 is not whole", "expected a whole number from 1 to 9"),
        ("mode", 1, "1 is no choice of it", 'expected one of 0 ("off"), 4 ("on")'),
        ("flip", "yes", "'yes' is no yes or no", "expected true or false"),
        ("place", [1], "one value instead of 2", "expected a list of 2 numbers"),
        ("tint", [1, 2], "[1, 2] is no colour", "expected a colour, or 3 or 4 numbers"),
        ("noise", 4, "4 is no path", "expected the path of a picture"),
    ],
)
def test_a_value_that_does_not_fit_is_told(
    name: str, given: object, found: str, expected: str
) -> None:
    _, (problem,) = bind(INPUTS, {name: given}, "/params")
    assert (problem.pointer, problem.found, problem.expected) == (
        f"/params/{name}",
        found,
        expected,
    )


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    _, problems = bind(INPUTS, {"ammount": 1, "zzz": 1}, "/p")
    assert problems[0].expected == "did you mean `amount`?"
    assert problems[1].expected.startswith("it has `amount`, `count`")


def test_a_required_picture_must_be_given() -> None:
    _, (problem,) = bind([Input("luma", InputKind.IMAGE, required=True)], {}, "/p")
    assert (problem.pointer, problem.found) == ("/p/luma", "no picture")


def test_all_problems_are_told_at_once() -> None:
    _, problems = bind(INPUTS, {"amount": 2, "flip": 7, "nothing": 1}, "/p")
    assert len(problems) == 3


def test_values_in_motion_are_rounded_and_kept_in_range() -> None:
    bound = settled(INPUTS, {"amount": 1.2, "count": 2.6, "size": [1.4, 2.6], "flip": 0.7})
    assert bound.values["amount"] == 1.0
    assert bound.values["count"] == 3
    assert bound.values["size"] == (1, 3)
    assert bound.values["flip"] is True
