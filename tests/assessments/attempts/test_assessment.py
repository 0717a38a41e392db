"""The body of an assessment block."""

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from marshmallow import ValidationError

from assessments.attempts.assessment import AssessmentSchema, assessment_from
from assessments.attempts.text import ask_and_lead
from lti_app.core.errors import Invalid
from tests.assessments.attempts.course import DATA, SUMS_ITEMS, item, measure

BODY = {"dataset": DATA, "items": SUMS_ITEMS}


def changed(**changes: Any) -> dict[str, Any]:
    return deepcopy(BODY) | changes


def test_what_is_left_out_is_filled_in(app: Flask) -> None:
    assessment = assessment_from(BODY)
    assert (str(assessment.pass_mark), assessment.maximum, assessment.fresh_data) == (
        "0.7",
        None,
        True,
    )
    assert assessment.points == 5
    assert {"z", "mean_100", "mean_100_no_z", "verdict"} <= assessment.key_names


BAD = [
    {"items": []},
    {"items": [SUMS_ITEMS[0], SUMS_ITEMS[0]]},
    {"items": [item("a", "riddle", {})]},
    {"items": [item("a", "numeric", {"value": 3})]},
    {"items": [item("a", "numeric", {"value": "3"}, points="0")]},
    {"items": [item("a", "numeric", {"value": "3"}, points="-1")]},
    {"items": [item("a", "numeric", measure("es_100", "1", depends_on=["b"]))]},
    {"items": [item("a", "numeric", measure("es_100", "1", depends_on=["a"]))]},
    {"items": [item("a", "numeric", {"value": "3"}) | {"hint": "x"}]},
    {"items": [{"id": "a"}]},
    {"items": "none"},
    {"dataset": None},
    {"dataset": "here"},
    {"pass_mark": "1.1"},
    {"pass_mark": 0.7},
    {"attempts": {"maximum": 0}},
    {"attempts": {"maximum": True}},
    {"attempts": {"fresh_data": "yes"}},
    {"surprise": 1},
]


@pytest.mark.parametrize("changes", BAD)
def test_what_cannot_be_asked_or_marked_is_refused(app: Flask, changes: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, Invalid)):
        AssessmentSchema().load(changed(**changes))


def test_errors_name_their_place(app: Flask) -> None:
    with pytest.raises(Invalid) as refused:
        assessment_from(changed(items=[item("a", "numeric", {"value": "3", "unit": "el"})]))
    assert list(refused.value.fields) == ["items.0.body.unit"]


@pytest.mark.parametrize(
    ("prompt", "ask", "lead"),
    [
        ("Wat is Z?", "Wat is Z?", None),
        ("Lees dit.\n\nWat is Z?", "Wat is Z?", "Lees dit."),
        ("Kijk:\n\n| a | b |\n|---|---|", None, "Kijk:\n\n| a | b |\n|---|---|"),
        ("$$V = mZ$$", None, "$$V = mZ$$"),
    ],
)
def test_the_last_paragraph_becomes_the_label(
    prompt: str, ask: str | None, lead: str | None
) -> None:
    found_ask, found_lead = ask_and_lead({"nl": prompt, "en": prompt})
    assert (found_ask or {}).get("nl") == ask
    assert (found_lead or {}).get("nl") == lead
