"""Results, the grade of the module, and what the learning platform is told."""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from assessments.gradebook import queries
from lti_app.core.db import db
from lti_app.core.outbox import OutboxMessage
from lti_app.lti.models import ScoreDelivery
from tests.assessments.attempts.course import (
    QUIZ,
    RIGHT_QUIZ,
    SUMS,
    Course,
    Learner,
    right_sums,
)


def scores() -> list[dict[str, Any]]:
    db.session.rollback()
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "ags.score"))
    return [row.payload for row in rows]


def quiz(learner: Learner, form: dict[str, Any]) -> None:
    attempt = learner.start(QUIZ)
    # An order that happens to be the one first shown counts as untouched, and is asked about.
    if learner.hand_in(attempt, form).location.endswith("/hand-in"):
        assert learner.hand_in(attempt, {"confirmed": "1"}).status_code == 303


def sums(learner: Learner, **changes: Any) -> None:
    attempt = learner.start(SUMS)
    form = right_sums(attempt) | changes
    assert learner.hand_in(attempt, form).status_code == 303


WRONG_QUIZ = RIGHT_QUIZ | {"pick": "b"}


def test_the_best_attempt_counts(learner: Learner) -> None:
    quiz(learner, WRONG_QUIZ)
    quiz(learner, RIGHT_QUIZ)
    quiz(learner, WRONG_QUIZ)
    result = learner.result(QUIZ)
    assert result is not None
    assert (result.best, result.attempts, result.attempt.number) == (1, 3, 2)


def test_nothing_is_sent_before_everything_is_handed_in(learner: Learner) -> None:
    quiz(learner, RIGHT_QUIZ)
    assert scores() == []
    assert queries.module_fraction(learner.enrolment) == Decimal("0.25")


def test_the_grade_is_weighted_by_points_and_sent_when_final(learner: Learner) -> None:
    learner.see_data()
    quiz(learner, WRONG_QUIZ)
    sums(learner)
    (sent,) = scores()
    assert sent["score_given"] == "93.75"
    grade = learner.grade()
    assert grade is not None
    assert grade.fraction == Decimal("0.9375")
    assert sent["comment"]


def test_a_grade_is_sent_again_only_when_it_changes(learner: Learner) -> None:
    learner.see_data()
    quiz(learner, WRONG_QUIZ)
    sums(learner)
    delivery = db.session.scalars(select(ScoreDelivery)).one()
    delivery.state = "sent"
    db.session.commit()
    sums(learner)
    db.session.refresh(delivery)
    assert delivery.state == "sent"
    quiz(learner, RIGHT_QUIZ)
    db.session.refresh(delivery)
    assert (delivery.state, delivery.score_given) == ("queued", "100.00")


def test_passing_everything_completes_the_module(learner: Learner) -> None:
    learner.see_data()
    quiz(learner, {"pick": "b", "steps": ["e1", "e2", "e3"], "pairs.l1": "r2", "pairs.l2": "r1"})
    sums(learner)
    assert learner.enrolment.completed_at is None
    quiz(learner, RIGHT_QUIZ)
    assert learner.enrolment.completed_at is not None


def test_a_pass_stays_a_pass(learner: Learner) -> None:
    quiz(learner, RIGHT_QUIZ)
    quiz(learner, {"pick": "b", "steps": ["e3", "e2", "e1"], "pairs.l1": "r2", "pairs.l2": "r1"})
    result = learner.result(QUIZ)
    assert result is not None
    assert result.passed


def test_the_comment_is_in_the_language_of_the_learner(course: Course) -> None:
    comments = set()
    for name, locale in (("Ada Bos", "nl-NL"), ("Eve Hill", "en-GB")):
        learner = course.learner(name)
        learner.signed.person.locale = locale
        db.session.commit()
        learner.see_data()
        quiz(learner, RIGHT_QUIZ)
        sums(learner)
    comments = {sent["comment"] for sent in scores()}
    assert "Module completed. Your best results count." in comments
    assert json.dumps(sorted(comments))
