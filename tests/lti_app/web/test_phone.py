"""A learner goes on with a phone: one code, one phone, and only after a yes."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lti_app.core.audit import AuditEntry
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.web import sessions
from lti_app.web.handover import HandOver
from tests.support.make import Make, Signed


@pytest.fixture
def learner(make: Make) -> Signed:
    """A learner in a course, at the first device."""
    return make.signed("learner", make.link())


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    """A browser without anything."""
    return app.test_client()


def code_of(learner: Signed) -> tuple[str, str]:
    """Ask for a code; return the page of the first device and the address in the QR code."""
    place = learner.get("phone?page=learn/not-ready").location
    page = learner.get(place).text
    found = re.search(r"http://[^<\s]+(/phone/[0-9a-f]{32})<", page)
    assert found and "<svg" in page
    return place, found[1]


def test_a_phone_gets_its_own_session_after_a_yes(learner: Signed, phone: FlaskClient) -> None:
    place, address = code_of(learner)
    waiting = phone.get(address).location
    code = re.search(r"<strong>(\d\d)</strong>", phone.get(waiting).text)
    assert code and f"<strong>{code[1]}</strong>" in learner.get(place).text
    as_program = {"Accept": "application/json"}
    assert phone.get(waiting, headers=as_program).json == {"state": "seen"}

    assert learner.post(place, {"answer": "yes"}).status_code == 303
    assert phone.get(waiting, headers=as_program).json == {"state": "confirmed"}
    arrived = phone.get(waiting).location

    session_id = arrived.split("/")[2]
    assert arrived == f"/s/{session_id}/learn/not-ready"
    assert phone.get(arrived).status_code == 200
    theirs, mine = (
        db.session.get_one(sessions.WebSession, one) for one in (session_id, learner.session.id)
    )
    for name in ("person_id", "organisation_id", "role", "context_id", "resource_link_id"):
        assert getattr(theirs, name) == getattr(mine, name)
    assert theirs.opened_at == mine.opened_at
    assert phone.get(waiting).headers["X-Error-Code"] == "phone_link_ended"  # once
    verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)).all()
    assert verbs[-2:] == ["phone.confirmed", "phone.opened"]


def test_nothing_opens_before_the_yes_and_nothing_after_a_no(
    learner: Signed, phone: FlaskClient
) -> None:
    place, address = code_of(learner)
    waiting = phone.get(address).location
    assert phone.get(waiting).status_code == 200  # still waits
    learner.post(place, {"answer": "no"})
    learner.post(place, {"answer": "yes"})  # too late
    refused = phone.get(waiting)
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (403, "phone_refused")
    assert phone.get(address).location == waiting


def test_of_two_phones_the_first_counts(app: Flask, learner: Signed, phone: FlaskClient) -> None:
    place, address = code_of(learner)
    waiting = phone.get(address).location
    other = app.test_client()
    late = other.get(address)
    assert (late.status_code, late.headers["X-Error-Code"]) == (409, "phone_taken")
    learner.post(place, {"answer": "yes"})
    assert other.get(waiting).headers["X-Error-Code"] == "phone_taken"
    assert phone.get(waiting).status_code == 303


def test_a_code_is_good_for_two_minutes(learner: Signed, phone: FlaskClient) -> None:
    place, address = code_of(learner)
    found = db.session.scalars(select(HandOver)).one()
    assert found.expires_at - utcnow() <= timedelta(minutes=2)
    found.expires_at = utcnow() - timedelta(seconds=1)
    db.session.commit()
    for language, words in (("nl", "werkt niet meer"), ("en", "does not work any more")):
        late = phone.get(f"{address}?lang={language}")
        assert (late.status_code, words in late.text) == (410, True)
    assert "twee minuten" in learner.get(place).text
    assert phone.get("/phone/" + "0" * 32).status_code == 410


def test_a_yes_comes_too_late_when_the_session_ended(learner: Signed, phone: FlaskClient) -> None:
    place, address = code_of(learner)
    waiting = phone.get(address).location
    learner.post(place, {"answer": "yes"})
    assert learner.post("end").status_code == 204
    assert phone.get(waiting).headers["X-Error-Code"] == "phone_link_ended"
    assert learner.get(place).status_code == 401


def test_the_token_is_stored_hashed_and_opens_no_tab(learner: Signed, phone: FlaskClient) -> None:
    _place, address = code_of(learner)
    token = address.rsplit("/", 1)[1]
    found = db.session.scalars(select(HandOver)).one()
    stored = [str(getattr(found, column.key)) for column in HandOver.__table__.columns]
    assert token not in stored
    assert phone.get(f"/open/{token}").status_code == 401
    assert phone.get(address).status_code == 303


def test_only_a_learner_and_only_the_own_code(make: Make, learner: Signed) -> None:
    place, _address = code_of(learner)
    ref = place.rsplit("/", 1)[1]
    assert make.signed("teacher", make.link()).get("phone?page=learn").status_code == 403
    other = make.signed("learner", make.link())
    assert other.get(f"phone/{ref}").status_code == 404
    assert other.post(f"phone/{ref}", {"answer": "yes"}).status_code == 404
    assert learner.get("phone?page=//evil.example").status_code in (303, 404)
