"""Attempts under parallel requests, and what services refuse."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from assessments.attempts import service
from assessments.attempts.models import Attempt
from assessments.datasets.models import DatasetInstance
from assessments.gradebook.models import Result
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.core.outbox import OutboxMessage
from lti_app.lti.models import ScoreDelivery
from tests.assessments.attempts.course import (
    DATA,
    QUIZ,
    RIGHT_QUIZ,
    SUMS,
    Learner,
    document,
    open_course,
    right_sums,
)
from tests.support.make import Make


def at_once(app: Flask, learner: Learner, posts: list[tuple[str, dict[str, Any]]]) -> list[int]:
    """Post these forms at the same time, each from its own thread; the answers' statuses."""
    barrier = threading.Barrier(len(posts))
    statuses: list[int] = []
    csrf, path = learner.signed.csrf, f"/s/{learner.signed.session.id}/"
    cookie = learner.signed.client.get_cookie("expeditie_session", path=path)
    assert cookie is not None
    # The lock of this test's own transaction would hold up everybody.
    db.session.rollback()

    def send(rest: str, form: dict[str, Any]) -> None:
        client = app.test_client()
        client.set_cookie("expeditie_session", cookie.value, path=path)
        barrier.wait()
        statuses.append(client.post(path + rest, data={"csrf_token": csrf} | form).status_code)

    threads = [threading.Thread(target=send, args=post) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(statuses)


def test_parallel_hand_ins_are_marked_once(app: Flask, learner: Learner) -> None:
    attempt_id = learner.start(QUIZ).id
    path = f"attempts/{attempt_id}/hand-in"
    statuses = at_once(app, learner, [(path, RIGHT_QUIZ)] * 4)
    assert statuses == [303, 409, 409, 409]
    result = learner.result(QUIZ)
    assert result is not None
    assert (result.attempts, result.best) == (1, 1)


def test_parallel_starts_open_one_attempt(app: Flask, learner: Learner) -> None:
    learner.see_data()
    block_id = learner.block(SUMS).id
    assert at_once(app, learner, [(f"attempts/start/{block_id}", {})] * 4) == [303] * 4
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1
    assert db.session.scalar(select(func.count()).select_from(DatasetInstance)) == 1


def test_two_last_hand_ins_at_once_still_give_the_grade(app: Flask, learner: Learner) -> None:
    learner.see_data()
    quiz, sums = learner.start(QUIZ), learner.start(SUMS)
    posts = [
        (f"attempts/{quiz.id}/hand-in", RIGHT_QUIZ),
        (f"attempts/{sums.id}/hand-in", right_sums(sums)),
    ]
    assert at_once(app, learner, posts) == [303, 303]
    grade = learner.grade()
    assert grade is not None
    assert grade.fraction == 1
    assert db.session.scalars(select(ScoreDelivery)).one().score_given == "100.00"
    assert learner.enrolment.completed_at is not None


def test_a_failing_mark_keeps_the_attempt_open(learner: Learner) -> None:
    learner.see_data()
    attempt = learner.start(SUMS)
    data = db.session.get_one(DatasetInstance, attempt.datasets[DATA])
    data.generator = "gone"
    db.session.commit()
    assert learner.hand_in(attempt, {"confirmed": "1"}).status_code == 404
    assert learner.attempt(attempt.id).is_open
    assert learner.result(SUMS) is None
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_a_key_that_the_data_set_lacks_stops_the_start(make: Make) -> None:
    body = {"value": {"key": "mean_777"}, "accept": {"abs": "1"}}
    item = {"id": "q", "type": "numeric", "prompt": {"nl": "?", "en": "?"}, "body": body}
    learner = open_course(make, document(sums={"items": [item]})).learner()
    learner.see_data()
    refused = learner.signed.post(f"attempts/start/{learner.block(SUMS).id}")
    assert refused.status_code == 409
    assert refused.headers["X-Error-Code"] == "assessment_broken"


def test_saving_after_handing_in_changes_nothing(learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    learner.hand_in(attempt, RIGHT_QUIZ)
    attempt = learner.attempt(attempt.id)
    with pytest.raises(service.AttemptClosed):
        service.save(attempt, {"pick": {"chosen": ["b"]}}, now=utcnow())
    assert learner.attempt(attempt.id).answers["pick"] == {"chosen": ["a"]}
    assert db.session.scalar(select(func.count()).select_from(Result)) == 1
