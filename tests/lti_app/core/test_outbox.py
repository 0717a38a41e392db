"""The outbox keeps what it was given until it is delivered."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work


class Receiver:
    """Somebody to whom messages are delivered, who can refuse."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.refuse: Exception | None = None
        self.meanwhile: Any = None

    def __call__(self, payload: dict[str, Any]) -> None:
        """Take a message."""
        if self.meanwhile:
            self.meanwhile()
        if self.refuse:
            raise self.refuse
        self.got.append(payload)


@pytest.fixture
def receiver(app: Flask) -> Receiver:
    made = Receiver()
    outbox.configure(app, {"test": made}, lambda: None)
    return made


def _post(value: int, key: str = "k") -> None:
    with unit_of_work():
        outbox.post("test", key=key, payload={"value": value}, now=utcnow())


def _only() -> outbox.OutboxMessage:
    db.session.expire_all()
    return db.session.scalars(select(outbox.OutboxMessage)).one()


def _make_due() -> None:
    with unit_of_work():
        _only().due_at = utcnow() - timedelta(seconds=1)


def test_a_message_is_delivered_once_and_then_gone(receiver: Receiver) -> None:
    _post(1)
    assert outbox.deliver_due() == 1
    assert outbox.deliver_due() == 0
    assert receiver.got == [{"value": 1}]


def test_a_rolled_back_transaction_leaves_no_message(receiver: Receiver) -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        outbox.post("test", key="k", payload={}, now=utcnow())
        raise RuntimeError
    assert outbox.deliver_due() == 0


def test_of_two_messages_with_one_key_only_the_newer_is_delivered(receiver: Receiver) -> None:
    _post(1)
    _post(2)
    outbox.deliver_due()
    assert receiver.got == [{"value": 2}]


def test_a_newer_message_that_comes_during_a_delivery_is_delivered_after_it(
    receiver: Receiver,
) -> None:
    _post(1)

    def newer() -> None:
        receiver.meanwhile = None
        _post(2)

    receiver.meanwhile = newer
    outbox.deliver_due()
    assert receiver.got == [{"value": 1}, {"value": 2}]


def test_a_refused_message_comes_back_when_the_receiver_said(receiver: Receiver) -> None:
    _post(1)
    receiver.refuse = outbox.Retry("busy", after_seconds=120)
    outbox.deliver_due()
    message = _only()
    wait = (message.due_at - utcnow()).total_seconds()
    assert (message.state, message.error, message.attempts) == ("pending", "busy", 1)
    assert 110 < wait <= 120
    receiver.refuse = None
    _make_due()
    outbox.deliver_due()
    assert receiver.got == [{"value": 1}]


def test_a_message_that_cannot_be_delivered_is_dead_until_it_is_resent(receiver: Receiver) -> None:
    _post(1)
    receiver.refuse = outbox.Dead("no such column")
    outbox.deliver_due()
    assert (_only().state, _only().error) == ("dead", "no such column")
    assert outbox.deliver_due() == 0
    receiver.refuse = None
    with unit_of_work():
        outbox.resend(_only(), now=utcnow())
    assert outbox.deliver_due() == 1


def test_a_defect_in_a_handler_is_kept_without_its_words(receiver: Receiver) -> None:
    _post(1)
    receiver.refuse = ValueError("Ada Bos")
    outbox.deliver_due()
    assert "ValueError" in _only().error
    assert "Ada" not in _only().error


def test_a_message_is_given_up_after_three_days_however_often_it_was_tried(
    receiver: Receiver,
) -> None:
    _post(1)
    receiver.refuse = outbox.Retry("busy", after_seconds=1)
    for _number in range(60):
        outbox.deliver_due()
        _make_due()
    assert _only().state == "pending"
    with unit_of_work():
        _only().created_at = utcnow() - timedelta(days=3, minutes=1)
    outbox.deliver_due()
    assert _only().state == "dead"


def test_only_our_own_defects_count_as_defects(receiver: Receiver) -> None:
    _post(1)
    receiver.refuse = outbox.Retry("busy")
    for _number in range(20):
        outbox.deliver_due()
        _make_due()
    receiver.refuse = KeyError()
    for number in range(1, outbox.MAX_DEFECTS + 1):
        outbox.deliver_due()
        assert _only().state == ("dead" if number == outbox.MAX_DEFECTS else "pending")
        _make_due()


def test_the_message_of_a_killed_worker_comes_back_when_its_lease_ends(receiver: Receiver) -> None:
    _post(1)
    claim = outbox._claim()  # the worker is killed here
    assert claim is not None
    assert outbox.deliver_due() == 0
    _make_due()
    assert outbox.deliver_due() == 1


def test_the_lease_is_as_long_as_the_installation_says(app: Flask, receiver: Receiver) -> None:
    outbox.configure(app, {"test": receiver}, lambda: None, lease=timedelta(seconds=20))
    _post(1)
    assert outbox._claim() is not None
    assert timedelta(seconds=10) < _only().due_at - utcnow() <= timedelta(seconds=20)


def test_a_worker_that_lost_its_lease_changes_nothing_any_more(receiver: Receiver) -> None:
    _post(1)
    late = outbox._claim()
    assert late is not None
    _make_due()
    receiver.refuse = outbox.Retry("busy")
    outbox.deliver_due()
    outbox._record_success(late)
    assert _only().error == "busy"


def test_a_broker_that_is_down_never_fails_a_request(app: Flask, receiver: Receiver) -> None:
    def broken() -> None:
        raise ConnectionError

    outbox.configure(app, {"test": receiver}, broken)
    _post(1)
    assert outbox.deliver_due() == 1


def test_waiting_grows_to_six_hours_and_not_beyond() -> None:
    waits = [outbox.backoff(n).total_seconds() for n in range(1, 30)]
    assert waits[0] >= 2
    assert max(waits) <= 6 * 3600 * 1.25
    assert outbox.backoff(3, after_seconds=0).total_seconds() == 1
