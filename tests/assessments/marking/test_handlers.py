"""From handed in to marked, in one transaction."""

from decimal import Decimal

from assessments.items.mark import from_json
from assessments.marking import service
from lti_app.core.db import db
from tests.assessments.attempts.course import DATA, QUIZ, SUMS, Learner, right_sums


def test_marks_are_kept_per_question_with_parts_and_reasons(learner: Learner) -> None:
    learner.see_data()
    attempt = learner.start(SUMS)
    learner.hand_in(attempt, right_sums(attempt) | {"mean.unit": "mg"})
    marks = learner.attempt(attempt.id).marks or {}
    assert set(marks) == {"z", "mean", "es", "grid", "verdict"}
    mean = from_json(marks["mean"])
    assert [(part.label, part.score) for part in mean.parts] == [
        ("value", Decimal("0.8")),
        ("unit", Decimal(0)),
    ]
    assert mean.reasons == ("right", "unit_wrong")


def test_marking_again_gives_the_same_marks_from_the_stored_data(learner: Learner) -> None:
    learner.see_data()
    attempt = learner.start(SUMS)
    learner.hand_in(attempt, right_sums(attempt) | {"es.value": "5,00"})
    first = learner.attempt(attempt.id)
    before, score = first.marks, first.score
    service.mark(first)
    db.session.flush()
    assert (first.marks, first.score) == (before, score)
    assert attempt.datasets[DATA]


def test_an_assessment_without_data_needs_no_key(learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    learner.hand_in(attempt, {"confirmed": "1"})
    assert learner.attempt(attempt.id).score == 0
