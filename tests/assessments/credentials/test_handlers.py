"""A broken award rule, and several workers at once: nothing is lost, nothing is done twice."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text

from assessments.attempts.models import Attempt
from assessments.credentials import handlers, queries
from assessments.credentials.models import Award, SigningKey, StatusList
from lti_app.core import outbox
from lti_app.core.audit import AuditEntry
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.outbox import OutboxMessage
from modules.authoring.models import ModuleVersion
from tests.assessments.attempts.course import QUIZ, Course, open_course
from tests.assessments.credentials.conftest import Proofs
from tests.support import crowd
from tests.support.make import Make

NEVER_ENDING = 10**6
"""Months of validity beyond the last year that a date can have: the rule breaks on it."""


def count(model: type[Any], *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def _set_validity(version: ModuleVersion, months: int) -> None:
    """Change a published version behind the back of the rules, as damage to a database does."""
    with unit_of_work():
        db.session.execute(
            text("UPDATE module_version SET validity_months = :months WHERE id = :id"),
            {"months": months, "id": version.id},
        )
    db.session.expire_all()


def _deliver_until_given_up() -> None:
    for _try in range(outbox.MAX_DEFECTS + 2):
        outbox.deliver_due()
        with unit_of_work():
            for message in db.session.scalars(
                select(OutboxMessage).where(OutboxMessage.state == "pending")
            ):
                message.due_at = utcnow() - timedelta(seconds=1)


def _passed_with_a_broken_rule(make: Make) -> Course:
    """Somebody handed in and passed, in a module whose award rule is broken."""
    course = open_course(make, crowd.document())
    _set_validity(course.version, NEVER_ENDING)
    learner = course.learner()
    attempt = learner.start(QUIZ)
    answer = learner.hand_in(attempt, crowd.answers(9))
    assert answer.status_code == 303
    assert learner.follow(answer).status_code == 200
    return course


def test_a_broken_award_rule_stops_no_hand_in_and_no_score(make: Make) -> None:
    _passed_with_a_broken_rule(make)
    db.session.expire_all()
    attempt = db.session.scalars(select(Attempt)).one()
    assert attempt.handed_in_at is not None and attempt.passed
    waiting = {message.topic for message in db.session.scalars(select(OutboxMessage))}
    assert waiting == {"ags.score", handlers.CONSIDER}


def test_a_broken_award_rule_is_one_dead_letter_and_awards_once_after_a_repair(
    app: Flask, make: Make
) -> None:
    course = _passed_with_a_broken_rule(make)
    with unit_of_work():  # there is no platform here; its score is another matter
        for message in db.session.scalars(select(OutboxMessage)):
            if message.topic == "ags.score":
                db.session.delete(message)
    _deliver_until_given_up()
    letter = db.session.scalars(select(OutboxMessage)).one()
    assert (letter.state, letter.topic, count(Award)) == ("dead", handlers.CONSIDER, 0)
    assert letter.error == "ValueError in our own code, service.py: _until"
    assert letter.error in make.signed("admin").get("admin/").text
    assert _command(app, "list")["messages"][0]["error"] == letter.error

    _set_validity(course.version, 12)
    assert _command(app, "resend", str(letter.id))["state"] == "pending"
    _deliver_until_given_up()
    given = db.session.scalars(select(Award)).one()
    db.session.refresh(given)
    assert given.state == "signed"
    assert count(OutboxMessage) == 0
    assert _command(app, "list")["messages"] == []


def _command(app: Flask, *arguments: str) -> dict[str, Any]:
    db.session.rollback()
    words = ["outbox", *arguments, "--organisation", "mlo-delta", "--json"]
    done = app.test_cli_runner().invoke(args=words)
    assert done.exit_code == 0, done.output
    db.session.rollback()
    db.session.expire_all()
    answer: dict[str, Any] = json.loads(done.output)
    return answer


def _at_once(app: Flask, *jobs: Callable[[], object]) -> None:
    """Do these at the same time, each in a thread with a session of its own."""
    barrier, broke = threading.Barrier(len(jobs)), []
    db.session.rollback()

    def do(job: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                job()
            except Exception as error:
                broke.append(error)

    threads = [threading.Thread(target=do, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.expire_all()
    assert broke == []


def test_parallel_evaluations_give_one_award_with_one_signature(app: Flask, proofs: Proofs) -> None:
    payload = {"enrolment_id": proofs.enrolment().id}
    _at_once(app, *[lambda: handlers.consider(payload)] * 4)
    given = db.session.scalars(select(Award)).one()
    number = {"award_id": given.id}
    _at_once(app, *[lambda: handlers.issue(number)] * 4)
    for verb in ("award.given", "credential.signed"):
        assert count(AuditEntry, AuditEntry.verb == verb) == 1
    assert queries.award_of(payload["enrolment_id"]) is not None


def test_parallel_first_awards_of_an_organisation_make_one_key_and_one_pair_of_lists(
    app: Flask, proofs: Proofs
) -> None:
    version = proofs.version()
    enrolled = [proofs.enrolment(version).id for _person in range(4)]
    _at_once(app, *[_considering(number) for number in enrolled])
    given = [award.id for award in db.session.scalars(select(Award))]
    _at_once(app, *[_issuing(number) for number in given])
    assert {award.state for award in db.session.scalars(select(Award))} == {"signed"}
    places = {(a.status_list_id, a.status_index) for a in db.session.scalars(select(Award))}
    assert (len(places), count(SigningKey)) == (4, 1)
    lists = db.session.execute(select(StatusList.purpose, StatusList.number)).all()
    assert sorted(purpose for purpose, _number in lists) == ["revocation", "suspension"]


def _considering(number: int) -> Callable[[], None]:
    return lambda: handlers.consider({"enrolment_id": number})


def _issuing(number: int) -> Callable[[], None]:
    return lambda: handlers.issue({"award_id": number})
