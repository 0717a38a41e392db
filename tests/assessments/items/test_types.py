"""Choice, order, match and table: schema, reading, marking."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from assessments.items.mark import Mark
from assessments.items.registry import Item, ItemType, Key
from assessments.items.types.choice import Choice
from assessments.items.types.match import Match
from assessments.items.types.numeric import Numeric
from assessments.items.types.order import Order
from assessments.items.types.table import Table


def text(words: str) -> dict[str, str]:
    return {"nl": words, "en": words}


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "text": text(name), **more}


def item(kind: ItemType, body: dict[str, Any]) -> Item:
    loaded = kind.schema().load(body)
    return Item("q1", kind.slug, text("Vraag"), Decimal(1), loaded)


ONE = item(
    Choice(),
    {"options": [entry("a", correct=True, feedback=text("ja")), entry("b", correct=False)]},
)
VERDICT = item(
    Choice(),
    {
        "options": [
            entry("fit", correct={"key": "verdict", "is": "fit"}),
            entry("unfit", correct={"key": "verdict", "is": "unfit"}),
        ]
    },
)
MANY = item(
    Choice(),
    {
        "multiple": True,
        "options": [entry(name, correct=name in "abc") for name in ("a", "b", "c", "d", "e")],
    },
)
STEPS = item(Order(), {"entries": [entry(name) for name in ("e1", "e2", "e3", "e4", "e5")]})
PAIRS = item(
    Match(),
    {
        "left": [entry("l1"), entry("l2")],
        "right": [entry("r1"), entry("r2"), entry("r3")],
        "pairs": {"l1": "r1", "l2": "r2"},
    },
)
CELL = {"value": {"key": "mean"}, "unit": "µL", "accept": {"abs": "0.05"}, "unit_weight": "0.2"}
GRID = item(
    Table(),
    {
        "columns": [{"id": "c1", "label": text("V")}, {"id": "c2", "label": text("e_s")}],
        "rows": [{"id": "r1", "label": text("100")}],
        "cells": {
            "r1:c1": CELL,
            "r1:c2": {"value": {"key": "es"}, "accept": {"abs": "0.05"}, "depends_on": ["r1:c1"]},
        },
    },
)
NUMBER = item(Numeric(), CELL)
KINDS = [
    (Choice(), ONE),
    (Choice(), MANY),
    (Choice(), VERDICT),
    (Order(), STEPS),
    (Match(), PAIRS),
    (Table(), GRID),
    (Numeric(), NUMBER),
]
KEY = Key(
    {"mean": Decimal("99.31"), "es": Decimal("-0.69"), "verdict": "unfit"},
    lambda name, replaced: replaced["mean"] - 100 if name == "es" else None,
)


def score(kind: ItemType, one: Item, answer: dict[str, Any]) -> Decimal:
    return kind.mark(one, answer, KEY).score


def test_one_choice_is_right_or_not() -> None:
    assert score(Choice(), ONE, {"chosen": ["a"]}) == 1
    assert score(Choice(), ONE, {"chosen": ["b"]}) == 0
    assert Choice().mark(ONE, {"chosen": ["a"]}, KEY).feedback == (text("ja"),)


def test_a_choice_can_depend_on_the_data_set() -> None:
    assert score(Choice(), VERDICT, {"chosen": ["unfit"]}) == 1
    assert score(Choice(), VERDICT, {"chosen": ["fit"]}) == 0
    assert Choice().key_names(VERDICT.body) == {"verdict"}


@pytest.mark.parametrize(
    ("chosen", "points"),
    [("abc", "1"), ("ab", "0.666667"), ("abcd", "0.666667"), ("abcde", "0.333333"), ("de", "0")],
)
def test_several_choices_count_right_minus_wrong(chosen: str, points: str) -> None:
    assert score(Choice(), MANY, {"chosen": list(chosen)}) == Decimal(points)


@pytest.mark.parametrize(
    ("order", "points"),
    [("12345", "1"), ("21345", "0.75"), ("23451", "0.75"), ("54321", "0"), ("13254", "0.5")],
)
def test_an_order_counts_what_stands_in_order(order: str, points: str) -> None:
    assert score(Order(), STEPS, {"order": [f"e{n}" for n in order]}) == Decimal(points)


@pytest.mark.parametrize("seed", [str(n) for n in range(40)])
def test_an_order_is_never_shown_solved_and_is_empty_until_touched(seed: str) -> None:
    kind = Order()
    shown = [one["id"] for one in kind.view(STEPS, {}, seed)["entries"]]
    assert shown != ["e1", "e2", "e3", "e4", "e5"]
    assert kind.is_empty(STEPS, kind.read(STEPS, {"q1": shown}, seed))
    moved = kind.read(STEPS, {"q1": shown, "move.q1": [f"{shown[1]}:up"]}, seed)
    assert moved["order"] == [shown[1], shown[0], *shown[2:]]


def test_a_match_counts_right_pairs() -> None:
    assert score(Match(), PAIRS, {"pairs": {"l1": "r1", "l2": "r3"}}) == Decimal("0.5")
    assert score(Match(), PAIRS, {"pairs": {"l1": "r1", "l2": "r2"}}) == 1


def test_a_table_is_the_mean_of_its_cells() -> None:
    good = {"r1:c1": {"value": "99,31", "unit": "µL"}, "r1:c2": {"value": "-0,69", "unit": ""}}
    assert score(Table(), GRID, {"cells": good}) == 1
    assert score(Table(), GRID, {"cells": good | {"r1:c2": {"value": "", "unit": ""}}}) == Decimal(
        "0.5"
    )


def test_a_cell_calculates_on_from_a_cell_of_its_own_table() -> None:
    answer = {"cells": {"r1:c1": {"value": "98,00", "unit": "µL"}, "r1:c2": {"value": "-2,00"}}}
    earlier = Table().typed(GRID, answer)
    assert Table().depends_on("q1", GRID.body) == {"q1:r1:c1"} <= Table().places("q1", GRID.body)
    mark = Table().mark(GRID, answer, Key(KEY.values, KEY.recompute, earlier))
    assert mark.cells["r1:c2"].reasons == ("follow_through",)


@pytest.mark.parametrize(("kind", "one"), KINDS)
def test_no_answer_is_empty_harmless_and_worth_nothing(kind: ItemType, one: Item) -> None:
    answer = kind.read(one, {}, "seed")
    assert kind.answer_schema().load(answer) == answer
    assert kind.is_empty(one, answer)
    assert kind.problems(one, answer, ",") == {}
    assert kind.mark(one, answer, KEY).score == 0


@pytest.mark.parametrize(("kind", "one"), KINDS)
def test_a_page_never_gets_the_key(kind: ItemType, one: Item) -> None:
    shown = str(kind.view(one, kind.read(one, {}, "s"), "s"))
    for secret in (
        "correct",
        "pairs",
        "'key'",
        "accept",
        "99.31",
        "misconception",
        "r1:c2': {'value': {",
    ):
        assert secret not in shown


WORD = st.text(max_size=12) | st.sampled_from(["a", "e1", "l1", "r1", "99,31", "µL", "e1:up"])
FORM = st.dictionaries(
    st.sampled_from(
        ["q1", "move.q1", "q1.l1", "q1.value", "q1.unit", "q1.r1:c1.value", "q1.r1:c1.unit"]
    ),
    st.lists(WORD, min_size=1, max_size=6),
)


@pytest.mark.parametrize(("kind", "one"), KINDS)
@settings(max_examples=40)
@given(form=FORM)
def test_no_form_can_break_reading_or_marking(
    kind: ItemType, one: Item, form: dict[str, list[str]]
) -> None:
    answer = kind.read(one, form, "seed")
    kind.problems(one, answer, ",")
    kind.view(one, answer, "seed")
    mark = kind.mark(one, answer, KEY)
    assert isinstance(mark, Mark)
    assert 0 <= mark.score <= 1


BAD = [
    (Choice(), {"options": [entry("a", correct=False), entry("b", correct=False)]}),
    (Choice(), {"options": [entry("a", correct=True), entry("a", correct=False)]}),
    (Choice(), {"options": [entry("a", correct=True), entry("b", correct=True)]}),
    (Choice(), {"options": [entry("a", correct=True)]}),
    (Choice(), {"options": [entry("a", correct="yes"), entry("b", correct=True)]}),
    (Choice(), {"options": [entry("A b", correct=True), entry("b", correct=False)]}),
    (Choice(), {"options": [entry("a", correct=True), entry("b", correct=False)], "extra": 1}),
    (Order(), {"entries": [entry("a")]}),
    (Order(), {"entries": [entry("a"), entry("a")]}),
    (Match(), {"left": [entry("a")], "right": [entry("b"), entry("c")], "pairs": {}}),
    (Match(), {"left": [entry("a")], "right": [entry("b"), entry("c")], "pairs": {"a": "z"}}),
    (Numeric(), {}),
    (Numeric(), {"value": 12}),
    (Numeric(), {"value": "12,5"}),
    (Numeric(), {"value": "1e5"}),
    (Numeric(), {"value": {"key": "Mean!"}}),
    (Numeric(), {"value": {"key": ["mean"]}}),
    (Numeric(), {"value": "1", "unit": "furlong"}),
    (Numeric(), {"value": "1", "unit_weight": "0.2"}),
    (Numeric(), {"value": "1", "accept": {"abs": "-1"}}),
    (Numeric(), {"value": "1", "sigfigs": {"min": 4, "max": 3, "weight": "0.1"}}),
    (
        Numeric(),
        {
            "value": "1",
            "unit": "g",
            "unit_weight": "0.6",
            "sigfigs": {"min": 1, "max": 3, "weight": "0.5"},
        },
    ),
    (Numeric(), {"value": "1", "misconceptions": [{"feedback": text("x")}]}),
    (Numeric(), {"value": "1", "misconceptions": [{"value": "2", "feedback": {"nl": "x"}}]}),
    (Table(), {"columns": [], "rows": [], "cells": {}}),
    (Table(), {**GRID.body, "cells": {"r9:c1": CELL}}),
    (Table(), {**GRID.body, "cells": {}}),
]


@pytest.mark.parametrize(("kind", "body"), BAD)
def test_a_body_that_cannot_be_marked_is_refused(kind: ItemType, body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind.schema().load(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = [
    "options",
    "entries",
    "left",
    "right",
    "pairs",
    "value",
    "accept",
    "unit",
    "sigfigs",
    "cells",
]
NAMES += ["misconceptions", "depends_on", "unit_weight", "rows", "columns", "multiple"]


@pytest.mark.parametrize("kind", [Choice(), Order(), Match(), Numeric(), Table()])
@settings(max_examples=60)
@given(body=st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_body_breaks_the_schema(kind: ItemType, body: dict[str, Any]) -> None:
    try:
        loaded = kind.schema().load(body)
    except ValidationError:
        return
    assert kind.schema().load(loaded) == loaded
