"""Marking a whole attempt; pure."""

from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.attempts import answers
from assessments.attempts.assessment import assessment_from
from assessments.items.registry import Key
from assessments.marking import automatic
from lti_app.core.errors import Invalid
from tests.assessments.attempts.course import DATA, QUIZ_ITEMS, SUMS_ITEMS

KEY = Key(
    {
        "z": Decimal("1.0032"),
        "mean_100": Decimal("99.31"),
        "mean_100_no_z": Decimal("98.99"),
        "es_100": Decimal("-0.69"),
        "sr_500": Decimal("0.97"),
        "verdict": "fit",
    },
    lambda name, replaced: replaced["mean_100"] - 100 if "mean_100" in replaced else None,
)
RIGHT = {
    "z": {"value": "1,0032"},
    "mean": {"value": "99,31", "unit": "µL"},
    "es": {"value": "-0,69", "unit": "µL"},
    "grid": {"cells": {"v500:sr": {"value": "0,97", "unit": "µL"}}},
    "verdict": {"chosen": ["fit"]},
}


@pytest.fixture(scope="module")
def body() -> dict[str, object]:
    return {"dataset": DATA, "items": SUMS_ITEMS}


def test_all_right_is_one_and_passed(app: Flask, body: dict[str, object]) -> None:
    sheet = automatic.mark(assessment_from(body), RIGHT, KEY)
    assert (sheet.score, sheet.passed) == (1, True)


def test_nothing_is_zero_and_not_passed(app: Flask, body: dict[str, object]) -> None:
    sheet = automatic.mark(assessment_from(body), {}, KEY)
    assert (sheet.score, sheet.passed) == (0, False)
    assert set(sheet.marks) == set(RIGHT)


def test_points_weigh_the_questions(app: Flask) -> None:
    assessment = assessment_from({"items": QUIZ_ITEMS})
    given_answers = {"pairs": {"pairs": {"l1": "r1", "l2": "r2"}}}
    assert automatic.mark(assessment, given_answers, Key()).score == Decimal("0.5")


@pytest.mark.parametrize(("mark", "passed"), [("0.8", True), ("0.800001", False)])
def test_the_pass_mark_itself_is_enough(
    app: Flask, body: dict[str, object], mark: str, passed: bool
) -> None:
    assessment = assessment_from(body | {"pass_mark": mark})
    sheet = automatic.mark(assessment, RIGHT | {"verdict": {"chosen": ["unfit"]}}, KEY)
    assert (sheet.score, sheet.passed) == (Decimal("0.8"), passed)


def test_an_early_mistake_costs_once(app: Flask, body: dict[str, object]) -> None:
    wrong = {"mean": {"value": "90", "unit": "µL"}, "es": {"value": "-10", "unit": "µL"}}
    marks = automatic.mark(assessment_from(body), RIGHT | wrong, KEY).marks
    assert marks["mean"].reasons == ("wrong",)
    assert marks["es"].reasons == ("follow_through",)


NAMES = [
    "z.value",
    "mean.value",
    "mean.unit",
    "es.value",
    "grid.v500:sr.value",
    "verdict",
    "steps",
    "pick",
    "pairs.l1",
]
TYPED = st.text(max_size=12) | st.sampled_from(["99,31", "µL", "1.000", "fit", "e1", "a", "r1"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.dictionaries(st.sampled_from(NAMES), st.lists(TYPED, min_size=1, max_size=3)))
def test_no_form_breaks_marking(
    app: Flask, body: dict[str, object], form: dict[str, list[str]]
) -> None:
    assessment = assessment_from(body | {"items": SUMS_ITEMS + QUIZ_ITEMS})
    try:
        found = answers.read(assessment, form, 1)
    except Invalid:
        return
    answers.problems(assessment, found, "nl")
    sheet = automatic.mark(assessment, found, KEY)
    assert 0 <= sheet.score <= 1
