"""Results, the grade of the module, and what the learning platform is told."""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from assessments.attempts.models import Attempt
from assessments.gradebook import queries, service
from assessments.gradebook.models import Result
from lti_app.core import events
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.outbox import OutboxMessage
from lti_app.lti import queries as lti
from lti_app.lti.events import GradesGranted
from lti_app.lti.gateway import ags
from lti_app.lti.models import Participation, ResourceLink, ScoreDelivery
from modules.authoring.models import Block
from modules.learning.models import Enrolment
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


def _change_link(**values: Any) -> ResourceLink:
    with unit_of_work():
        link = db.session.scalars(select(ResourceLink)).one()
        for name, value in values.items():
            setattr(link, name, value)
    return link


def test_a_grade_that_could_not_be_sent_is_sent_when_the_platform_allows_it(
    learner: Learner,
) -> None:
    link = _change_link(scopes=[])
    learner.see_data()
    quiz(learner, RIGHT_QUIZ)
    sums(learner)
    assert scores() == [] and learner.grade() is None
    _change_link(scopes=[ags.SCORE])
    with unit_of_work():
        events.publish(GradesGranted(link.id))
    (sent,) = scores()
    assert sent["score_given"] == "100.00"


def test_a_link_that_opens_another_module_now_gets_no_old_grade(learner: Learner) -> None:
    quiz(learner, RIGHT_QUIZ)
    _change_link(module_ref="another-module")
    with unit_of_work():
        enrolment = db.session.scalars(select(Enrolment)).one()
        attempt = learner.attempt(db.session.scalars(select(Attempt.id)).one())
        db.session.add(_result(attempt, learner.block(SUMS).id))
        db.session.flush()
        service.tell_platform(enrolment, now=utcnow())
    assert scores() == []


def _result(attempt: Attempt, block_id: int) -> Result:
    return Result(
        organisation_id=attempt.organisation_id,
        enrolment_id=attempt.enrolment_id,
        block_id=block_id,
        attempt_id=attempt.id,
        best=Decimal(1),
        passed=True,
        attempts=1,
        updated_at=utcnow(),
    )


def test_an_assessment_that_need_not_be_done_does_not_hold_the_grade_back() -> None:
    must = Block(id=1, points=Decimal(10), required=True)
    may = Block(id=2, points=Decimal(30), required=False)
    mine = Result(best=Decimal("0.8"))
    assert queries.standing([must, may], {1: mine}) == queries.Standing(Decimal("0.8"), True)
    assert not queries.standing([must, may], {2: mine}).is_final
    both = queries.standing([must, may], {1: mine, 2: Result(best=Decimal(0))})
    assert both == queries.Standing(Decimal("0.2"), True)


def test_a_teachers_student_view_gets_no_grade(learner: Learner) -> None:
    with unit_of_work():
        mine = select(Participation).where(Participation.person_id == learner.signed.person.id)
        db.session.scalars(mine).one().roles = [lti.TEST_USER]
    learner.see_data()
    quiz(learner, RIGHT_QUIZ)
    sums(learner)
    assert scores() == []
