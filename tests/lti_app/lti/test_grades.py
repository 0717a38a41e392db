"""Scores reach the gradebook: once, in order, and through everything that a platform does wrong."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.outbox import OutboxMessage
from lti_app.lti import grades, pauses, tool_keys
from lti_app.lti.gateway import ags, client
from lti_app.lti.models import LineItem, ResourceLink, ScoreDelivery
from lti_app.people.models import Person
from lti_app.privacy import service as privacy
from tests.support.lms import Lms, Tool, full_launch
from tests.support.make import Make


@pytest.fixture
def tool(app: Flask, lms: Lms, make: Make, served: str) -> Tool:
    lms.heal()
    with unit_of_work():
        tool_keys.ensure(utcnow())
    return lms.connect(make.organisation(), served=served)


def _launched(browser: FlaskClient, lms: Lms, tool: Tool, person: str = "zoe") -> None:
    assert full_launch(browser, lms, tool, person=person).status_code == 303


def _queue(fraction: str, comment: str = "Goed gedaan") -> None:
    now = utcnow()
    with unit_of_work():
        grades.queue_score(
            resource_link_id=db.session.scalars(select(ResourceLink.id)).one(),
            person_id=db.session.scalars(select(Person.id)).one(),
            fraction=Decimal(fraction),
            submitted_at=now,
            comment=comment,
            now=now,
        )


def _deliver_all(rounds: int = 12) -> None:
    """Deliver until nothing waits, without waiting for the back-off."""
    for _round in range(rounds):
        outbox.deliver_due()
        pauses.forget()
        with unit_of_work():
            for message in db.session.scalars(select(OutboxMessage)):
                message.due_at = utcnow() - timedelta(seconds=1)


def _delivery() -> ScoreDelivery:
    db.session.expire_all()
    return db.session.scalars(select(ScoreDelivery)).one()


def _book(lms: Lms, tool: Tool) -> list[tuple[float, str, str]]:
    return [(m["score"], m["comment"], m["grading"]) for m in lms.scores(tool)]


def test_a_score_stands_in_the_gradebook(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    _launched(client, lms, tool)
    _queue("0.855")
    assert outbox.deliver_due() == 1
    assert _book(lms, tool) == [(85.5, "Goed gedaan", "FullyGraded")]
    assert (_delivery().state, _delivery().sent_at is not None) == ("sent", True)


def test_of_two_scores_that_wait_only_the_newest_is_sent(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    _launched(client, lms, tool)
    _queue("0.2")
    _queue("0.9")
    assert outbox.deliver_due() == 1
    assert _book(lms, tool)[0][0] == 90


def test_a_better_score_within_the_same_second_is_taken(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    _launched(client, lms, tool)
    for fraction in ("0.2", "0.5", "0.9"):
        _queue(fraction)
        outbox.deliver_due()
    assert _book(lms, tool)[0][0] == 90
    assert _delivery().state == "sent"


@pytest.mark.parametrize(
    "fault",
    [
        {"service": "ags", "kind": "status", "status": 500, "times": 2},
        {"service": "ags", "kind": "status", "status": 429, "retry_after": 1, "times": 2},
        {"service": "ags", "kind": "expired_token", "times": 1},
        {"service": "token", "kind": "status", "status": 503, "times": 2},
        {"service": "ags", "kind": "down", "times": 2},
    ],
    ids=lambda fault: f"{fault['service']}-{fault['kind']}-{fault.get('status', '')}",
)
def test_a_score_survives_a_fault_of_the_platform(
    client: FlaskClient, lms: Lms, tool: Tool, fault: dict[str, Any]
) -> None:
    _launched(client, lms, tool)
    lms.fault(**fault)
    _queue("0.7")
    _deliver_all()
    assert _book(lms, tool)[0][0] == 70
    assert _delivery().state == "sent"


def test_a_platform_that_does_not_answer_is_left_alone_for_a_while(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    _launched(client, lms, tool)
    lms.fault(service="ags", kind="down", times=1)
    _queue("0.7")
    outbox.deliver_due()
    _queue("0.8")
    with unit_of_work():
        db.session.scalars(select(OutboxMessage)).one().due_at = utcnow()
    outbox.deliver_due()
    assert "does not answer" in _delivery().cause
    assert lms.scores(tool) == []
    _deliver_all(2)
    assert _book(lms, tool)[0][0] == 80


def test_retry_after_is_honoured(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    _launched(client, lms, tool)
    lms.fault(service="ags", kind="status", status=429, retry_after=90, times=1)
    _queue("0.7")
    outbox.deliver_due()
    message = db.session.scalars(select(OutboxMessage)).one()
    assert 80 < (message.due_at - utcnow()).total_seconds() <= 90
    assert _delivery().state == "retry"


def test_a_refusal_is_a_dead_letter_with_its_cause(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    _launched(client, lms, tool, person="marijke")  # a teacher has no grade
    _queue("0.7")
    outbox.deliver_due()
    db.session.expire_all()
    assert db.session.scalars(select(OutboxMessage)).one().state == "dead"
    assert "does not take grades for this person" in _delivery().cause


def test_a_column_is_made_once_when_the_link_has_none(
    client: FlaskClient, lms: Lms, make: Make, served: str
) -> None:
    with unit_of_work():
        tool_keys.ensure(utcnow())
    tool = lms.connect(make.organisation(), served=served, line_item=False)
    _launched(client, lms, tool)
    assert db.session.scalars(select(ResourceLink)).one().lineitem_url is None
    for fraction in ("0.3", "0.8"):
        _queue(fraction)
        outbox.deliver_due()
    assert _book(lms, tool) == [(80.0, "Goed gedaan", "FullyGraded")]
    assert db.session.scalars(select(LineItem)).one().url


def test_while_one_worker_makes_the_column_another_waits(
    client: FlaskClient, lms: Lms, make: Make, served: str
) -> None:
    with unit_of_work():
        tool_keys.ensure(utcnow())
    tool = lms.connect(make.organisation(), served=served, line_item=False)
    _launched(client, lms, tool)
    link = db.session.scalars(select(ResourceLink)).one()
    assert grades._lock(link)
    _queue("0.3")
    outbox.deliver_due()
    assert "another worker" in _delivery().cause
    assert lms.scores(tool) == []


def test_moodle_takes_the_score_at_an_address_with_a_query(
    client: FlaskClient, lms: Lms, make: Make, served: str
) -> None:
    with unit_of_work():
        tool_keys.ensure(utcnow())
    tool = lms.connect(make.organisation(), served=served, profile="moodle")
    _launched(client, lms, tool)
    for fraction in ("0.4", "0.6"):
        _queue(fraction)
        _deliver_all(3)
    assert _book(lms, tool)[0][0] == 60


def test_a_link_without_a_grade_service_is_left_alone(make: Make) -> None:
    link, person = make.link(), make.person()
    with unit_of_work():
        grades.queue_score(
            resource_link_id=link.id,
            person_id=person.id,
            fraction=Decimal(1),
            submitted_at=utcnow(),
            comment="",
            now=utcnow(),
        )
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_tokens_are_kept_apart_per_registration(
    app: Flask, browser: FlaskClient, lms: Lms, tool: Tool, make: Make, served: str
) -> None:
    other = lms.connect(make.organisation("bionoord", "company"), served=served)
    tokens = {client._token(t.registration, (ags.SCORE,)) for t in (tool, other, tool)}
    assert len(tokens) == 2


@pytest.fixture
def browser(client: FlaskClient) -> FlaskClient:
    return client


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://l/1/lineitem", "https://l/1/lineitem/scores"),
        ("https://l/1/lineitem?type_id=1", "https://l/1/lineitem/scores?type_id=1"),
        ("https://l/1/lineitem/?a=b?c", "https://l/1/lineitem/scores?a=b?c"),
    ],
)
def test_scores_is_put_before_the_query(url: str, expected: str) -> None:
    assert ags.with_path_ending(url, "/scores") == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('<https://l/x?p=2>; rel="next"', "https://l/x?p=2"),
        ("<https://l/x?p=2&amp;q=1>; rel=“next”", "https://l/x?p=2&q=1"),
        ('<https://l/x?b=WzEsIkFiQyJd>; rel="next", <https://l/x>; rel="first"',
         "https://l/x?b=WzEsIkFiQyJd"),
        ('<https://evil.example/x>; rel="next"', None),
        ('<https://l/x>; rel="first"', None),
        ('<https://l/x?p=1>; rel="next"', None),
        ("", None),
    ],
)  # fmt: skip
def test_the_next_page_is_found_on_the_same_host_only(header: str, expected: str | None) -> None:
    assert ags.next_page("https://l/x?p=1", header) == expected


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("5", 5), ("999999999999", 86400), ("soon", None), (None, None), ("-1", None), ("²", None)],
)
def test_retry_after_is_read_in_seconds(value: str | None, seconds: float | None) -> None:
    assert client.retry_after(value) == seconds


def _age_out() -> None:
    """Let three days pass for what waits."""
    with unit_of_work():
        message = db.session.scalars(select(OutboxMessage)).one()
        message.created_at = utcnow() - outbox.GIVE_UP_AFTER
        message.due_at = utcnow()


def _letter() -> OutboxMessage:
    db.session.expire_all()
    return db.session.scalars(select(OutboxMessage)).one()


@pytest.mark.parametrize("withdrawn", ["registration", "deployment"])
def test_a_score_for_a_withdrawn_connection_waits_and_is_then_given_up_with_its_cause(
    client: FlaskClient, lms: Lms, tool: Tool, withdrawn: str
) -> None:
    _launched(client, lms, tool)
    _queue("0.7")
    with unit_of_work():
        deployment = db.session.scalars(select(ResourceLink)).one().deployment
        if withdrawn == "registration":
            deployment.registration.state = "suspended"
        else:
            deployment.state = "blocked"
    outbox.deliver_due()
    waiting = _letter()
    assert (waiting.state, waiting.defects, lms.scores(tool)) == ("pending", 0, [])
    assert (waiting.due_at - utcnow()) > timedelta(minutes=50)
    _age_out()
    outbox.deliver_due()
    assert _letter().state == "dead"
    assert ("suspended" if withdrawn == "registration" else "not approved") in _letter().error
    assert _delivery().state == "failed"

    with unit_of_work():  # after a repair it is sent as if nothing had happened
        deployment = db.session.scalars(select(ResourceLink)).one().deployment
        deployment.registration.state = deployment.state = "active"
        db.session.flush()
        outbox.resend(_letter(), now=utcnow())
    assert outbox.deliver_due() == 1, _letter().error
    assert _book(lms, tool)[0][0] == 70


def test_a_repeat_that_the_platform_answers_with_409_counts_as_delivered(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    _launched(client, lms, tool)
    _queue("0.7")
    with unit_of_work():  # the first delivery stands there with a later time than the repeat has
        _delivery().last_timestamp = utcnow() + timedelta(minutes=5)
    outbox.deliver_due()
    _queue("0.7")
    with unit_of_work():
        _delivery().last_timestamp = None
    assert outbox.deliver_due() == 1
    answers = [call["status"] for call in lms.call("GET", "log")["requests"]]
    assert answers[-1] == 409
    assert (_delivery().state, _book(lms, tool)[0][0]) == ("sent", 70)
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_the_score_of_an_erased_person_is_dropped(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    _launched(client, lms, tool)
    _queue("0.7")
    _erase()
    assert db.session.scalars(select(OutboxMessage)).all() == []
    assert outbox.deliver_due() == 0
    assert lms.scores(tool) == []


def test_a_score_that_is_under_way_while_its_person_is_erased_ends_clearly(
    app: Flask, client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    _launched(client, lms, tool)
    _queue("0.7")
    claim = outbox._claim()  # a worker has it in hand
    assert claim is not None
    _erase()
    with pytest.raises(outbox.Dead, match="not known to the platform"):
        grades.send_score(claim.payload)
    assert outbox._deliver(claim) == 0
    assert db.session.scalars(select(OutboxMessage)).all() == []


def _erase() -> None:
    with unit_of_work():
        person = db.session.scalars(select(Person)).one()
        privacy.erase(person, withdraw=False, actor_id=None, reference="test", now=utcnow())
