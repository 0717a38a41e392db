"""A session opens for the browser that holds its secret, and for nobody else."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.web import sessions
from tests.support.make import Make, Signed


def test_a_session_opens_with_its_cookie(make: Make) -> None:
    admin = make.signed("admin")
    assert admin.get("admin/").status_code == 200


def test_a_session_opens_with_its_secret_as_bearer(make: Make, client: FlaskClient) -> None:
    person = make.person()
    opening = sessions.Opening(person.id, person.organisation_id, "admin")
    session, secret = sessions.open_session(opening, now=utcnow())
    db.session.commit()
    answer = client.get(f"/s/{session.id}/admin/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200


def test_the_id_of_a_session_alone_gives_nothing(make: Make, client: FlaskClient) -> None:
    admin = make.signed("admin")
    answer = client.get(admin.path("admin/"))
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (401, "session_ended")


def test_the_secret_of_one_session_does_not_open_another(make: Make) -> None:
    mine, other = make.signed("admin"), make.signed("admin")
    cookie = mine.client.get_cookie(sessions.COOKIE, path=f"/s/{mine.session.id}/")
    assert cookie is not None
    mine.client.set_cookie(sessions.COOKIE, cookie.value, path=f"/s/{other.session.id}/")
    assert mine.get(other.path("admin/")).status_code == 401


def test_an_ended_session_says_so_in_words(make: Make) -> None:
    admin = make.signed("admin")
    db.session.get_one(sessions.WebSession, admin.session.id).expires_at = utcnow() - timedelta(1)
    db.session.commit()
    answer = admin.get("admin/?lang=en")
    assert answer.status_code == 401
    assert "Your session has ended" in answer.text


def test_a_form_without_its_token_changes_nothing(make: Make) -> None:
    admin = make.signed("admin")
    answer = admin.client.post(admin.path("admin/messages/1/resend"))
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (403, "form_expired")


def test_a_form_from_another_site_changes_nothing(make: Make) -> None:
    admin = make.signed("admin")
    answer = admin.post("admin/messages/1/resend", headers={"Origin": "https://evil.example"})
    assert answer.headers["X-Error-Code"] == "form_expired"


def test_a_learner_cannot_open_the_console(make: Make) -> None:
    for role in ("learner", "teacher"):
        assert make.signed(role).get("admin/").status_code == 403


def test_the_cookie_is_limited_to_the_sessions_own_path(app: Flask, make: Make) -> None:
    session = make.signed().session
    response = app.response_class()
    sessions.set_cookie(response, session, "secret", framed=True)
    cookie = response.headers["Set-Cookie"]
    for part in (f"Path=/s/{session.id}/", "Secure", "HttpOnly", "SameSite=None", "Partitioned"):
        assert part in cookie


def test_a_failure_of_the_database_is_told_on_a_page(app: Flask, make: Make) -> None:
    admin = make.signed("admin")
    statements = 0

    def fail_later(*_args: object) -> None:
        nonlocal statements
        statements += 1
        if statements > 2:
            raise OperationalError("select", {}, Exception("gone"))

    event.listen(db.engine, "before_cursor_execute", fail_later)
    try:
        answer = admin.get("admin/?lang=en")
    finally:
        event.remove(db.engine, "before_cursor_execute", fail_later)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (503, "busy")
    assert "too busy right now" in answer.text


def test_ended_sessions_are_purged(make: Make) -> None:
    session = make.signed().session
    db.session.get_one(sessions.WebSession, session.id).expires_at = utcnow() - timedelta(1)
    db.session.commit()
    assert sessions.purge_expired() == 1


@pytest.mark.parametrize("path", ["/s/x/admin/", "/s/%00/admin/", "/s/" + "a" * 300 + "/admin/"])
def test_a_made_up_session_is_refused(client: FlaskClient, path: str) -> None:
    assert 400 <= client.get(path).status_code < 500


def _two_in_one_browser(make: Make) -> tuple[Signed, Signed]:
    """Two people of one school whose launches bear the mark of the same browser."""
    before, after = make.signed("learner"), make.signed("learner")
    mine = db.session.get(sessions.WebSession, before.session.id)
    assert mine is not None and before.person.organisation_id == after.person.organisation_id
    mine.browser = "b" * 64
    return before, after


def _hand_over(after: Signed) -> None:
    opening = sessions.Opening(
        after.person.id, after.person.organisation_id, "learner", browser="b" * 64
    )
    sessions.leave_others(opening, now=utcnow())
    db.session.commit()


def test_a_launch_of_somebody_else_in_this_browser_ends_what_was_open(make: Make) -> None:
    before, after = _two_in_one_browser(make)
    before.session.data |= {"frame_origins": ["https://lms.example"]}
    _hand_over(after)
    answer = before.get("learn")
    assert answer.status_code == 401
    assert "frame-ancestors 'self' https://lms.example" in answer.headers["Content-Security-Policy"]
    assert after.get("learn").status_code != 401


def test_a_page_that_is_still_open_keeps_its_session(make: Make) -> None:
    before, after = _two_in_one_browser(make)
    _hand_over(after)
    assert before.post("here").status_code == 204
    assert before.get("learn").status_code != 401


def test_saying_here_needs_the_form_token_and_comes_in_half_a_minute(make: Make) -> None:
    before, after = _two_in_one_browser(make)
    _hand_over(after)
    forged = before.client.post(f"/s/{before.session.id}/here", headers={"X-CSRF-Token": "x"})
    assert forged.status_code == 403
    ended = db.session.get(sessions.WebSession, before.session.id)
    assert ended is not None
    ended.data = ended.data | {sessions.LEFT: (utcnow() - timedelta(seconds=31)).isoformat()}
    db.session.commit()
    assert before.post("here").status_code == 401
    assert before.get("learn").status_code == 401


def test_another_school_and_the_same_person_keep_their_sessions(make: Make) -> None:
    before, after = _two_in_one_browser(make)
    _hand_over(before)
    assert before.get("learn").status_code != 401
    stranger = make.signed("learner", person=make.person(make.organisation("elsewhere")))
    _hand_over(stranger)
    assert before.get("learn").status_code != 401
    assert after.get("learn").status_code != 401
