"""What must be true of scores in the end, and what is told about one that is not there."""

import time
from collections import Counter

import pytest
from sqlalchemy import select

from lti_app.core.db import db
from lti_app.core.outbox import OutboxMessage
from lti_app.lti.models import ScoreDelivery
from tests.support import crowd as crowds
from tests.support.crowd import Crowd
from tests.support.lms import Lms

PATIENCE = 400.0


def wait_until_delivered() -> None:
    """Wait until nothing waits any more; what still does is told."""
    deadline = time.monotonic() + PATIENCE
    waiting = select(OutboxMessage).where(OutboxMessage.state == "pending")
    while left := db.session.scalars(waiting).all():
        shown = "\n".join(_row(message) for message in left[:20])
        db.session.rollback()
        assert time.monotonic() < deadline, f"{len(left)} messages were not delivered:\n{shown}"
        time.sleep(0.5)
    db.session.rollback()


def _row(message: OutboxMessage) -> str:
    names = ("id", "topic", "key", "state", "attempts", "due_at", "claim_token", "error")
    return str({name: getattr(message, name) for name in names})


def every_score_is_right(lms: Lms, crowd: Crowd) -> None:
    """Compare the gradebook of the LMS with what was handed in, one by one."""
    marks = lms.call("GET", f"gradebook/{crowds.COURSE}")["scores"]
    found = {
        mark["person"]: mark["score"] for mark in marks if mark["link"] == crowd.tool.link["id"]
    }
    wrong = [
        f"{learner.user_id}: {learner.right} gives {learner.grade}, the gradebook has"
        f" {found.get(learner.key)}; {_traces(learner.person_id)}"
        for learner in crowd.learners
        if found.get(learner.key) != pytest.approx(learner.grade)
    ]
    assert wrong == [], f"{len(wrong)} of {len(crowd.learners)} scores are missing or wrong"
    assert db.session.scalars(select(OutboxMessage)).all() == []  # no dead letter either
    states = db.session.scalars(select(ScoreDelivery.state)).all()
    assert Counter(states) == {"sent": len(crowd.learners)}


def _traces(person_id: int) -> str:
    """What the outbox and the teacher's page know about this score."""
    delivery = db.session.scalars(
        select(ScoreDelivery).where(ScoreDelivery.person_id == person_id)
    ).first()
    rows = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.key.endswith(f":{person_id}"))
    )
    told = (delivery.state, delivery.cause, delivery.score_given) if delivery else None
    return f"delivery {told}, outbox {[_row(message) for message in rows]}"
