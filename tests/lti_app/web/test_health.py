"""What those who run it see: readiness, gauges, and what others do not see."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assessments.credentials import signing
from assessments.credentials.models import StatusList
from assessments.credentials.site import current_site
from lti_app.core import heartbeat
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.outbox import OutboxMessage
from lti_app.lti import tool_keys
from tests.support.installations import installation
from tests.support.make import Make

OUTSIDE = {"REMOTE_ADDR": "93.184.216.34"}
HOUR = 3600


def value(client: FlaskClient, name: str) -> float | None:
    """Return a sample of `/metrics`; None when there is none."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else None


def add_message(key: str, *, due: timedelta, state: str = "pending") -> None:
    """Put a message into the outbox that is due then, made an hour before."""
    with unit_of_work():
        at = utcnow() + due
        made = {"topic": "status.publish", "payload": {}, "created_at": at - timedelta(hours=1)}
        db.session.add(OutboxMessage(key=key, due_at=at, state=state, **made))


def add_list(make: Make, *, number: int, left: timedelta) -> None:
    """Publish a status list that still counts this long."""
    owner = make.organisation()
    with unit_of_work():
        db.session.add(
            StatusList(
                organisation_id=owner.id,
                issuer_did="did:web:x",
                purpose="revocation",
                number=number,
                url=f"http://x/{number}",
                seed="s",
                credential="{}",
                signed_at=utcnow(),
                valid_until=utcnow() + left,
            )
        )


def test_an_installation_that_did_nothing_yet_has_empty_gauges(client: FlaskClient) -> None:
    assert value(client, "expeditie_database_up") == 1
    assert value(client, 'expeditie_outbox_messages{state="dead"}') == 0
    assert value(client, "expeditie_outbox_overdue_seconds") == 0
    assert value(client, "expeditie_heartbeat_age_seconds") is None
    assert value(client, "expeditie_status_list_seconds_left") is None
    assert 0 < (value(client, "expeditie_instance_disk_free_ratio") or 0) < 1


def test_a_queue_that_stands_is_seen_and_one_that_waits_its_turn_is_not(
    client: FlaskClient,
) -> None:
    add_message("later", due=timedelta(hours=2))
    assert value(client, "expeditie_outbox_overdue_seconds") == 0
    add_message("due", due=timedelta(minutes=-10))
    add_message("dead", due=timedelta(hours=-9), state="dead")
    overdue = value(client, "expeditie_outbox_overdue_seconds")
    assert overdue and 600 <= overdue < HOUR
    assert value(client, 'expeditie_outbox_messages{state="dead"}') == 1
    assert value(client, 'expeditie_outbox_messages{state="pending"}') == 2
    oldest = value(client, "expeditie_outbox_oldest_seconds")
    assert oldest and HOUR + 600 <= oldest < 2 * HOUR


def test_two_days_before_a_status_list_ends_we_are_not_ready(
    client: FlaskClient, make: Make
) -> None:
    with unit_of_work():
        tool_keys.ensure(utcnow())
    add_list(make, number=1, left=timedelta(hours=49))
    assert client.get("/readyz").status_code == 200
    add_list(make, number=2, left=timedelta(hours=47))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["status_lists"] == "expires_soon"
    left = value(client, "expeditie_status_list_seconds_left")
    assert left and 46 * HOUR < left <= 47 * HOUR


def test_what_is_wrong_is_said_to_those_near_and_not_to_others(client: FlaskClient) -> None:
    assert client.get("/readyz").get_json()["checks"]["keys"] == "LookupError"
    told = client.get("/readyz", environ_base=OUTSIDE)
    assert (told.status_code, told.get_json()) == (503, {"status": "not ready"})
    with unit_of_work():
        tool_keys.ensure(utcnow())
    told = client.get("/readyz", environ_base=OUTSIDE)
    assert (told.status_code, told.get_json()) == (200, {"status": "ok"})


def test_a_sign_of_life_is_young_and_replaces_the_one_before(client: FlaskClient) -> None:
    with unit_of_work():
        old = utcnow() - timedelta(hours=1)
        db.session.add(heartbeat.Heartbeat(name="work", beaten_at=old))
    assert (value(client, "expeditie_heartbeat_age_seconds") or 0) >= HOUR
    heartbeat.beat()
    assert (value(client, "expeditie_heartbeat_age_seconds") or HOUR) < 600


def test_keys_have_an_age(client: FlaskClient, make: Make) -> None:
    assert value(client, "expeditie_tool_key_age_seconds") is None
    assert value(client, "expeditie_signing_key_age_seconds") is None
    owner = make.organisation()
    with unit_of_work():
        tool_keys.ensure(utcnow() - timedelta(days=3))
        signing.ensure_key(owner, current_site(), now=utcnow() - timedelta(days=2))
    day = 24 * HOUR
    assert 3 * day <= (value(client, "expeditie_tool_key_age_seconds") or 0) < 4 * day
    assert 2 * day <= (value(client, "expeditie_signing_key_age_seconds") or 0) < 3 * day


def test_the_clock_of_a_database_server_is_compared_with_ours(
    client: FlaskClient, app: Flask
) -> None:
    with app.app_context():
        is_file = db.engine.dialect.name == "sqlite"
    skew = value(client, "expeditie_clock_skew_seconds")
    assert skew is None if is_file else skew is not None and abs(skew) < 60


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:9/none"])
def test_without_a_database_the_counters_still_answer(url: str, tmp_path: Path) -> None:
    with installation(url, tmp_path) as app:
        client = app.test_client()
        assert value(client, "expeditie_database_up") == 0
        assert "expeditie_requests_total" in client.get("/metrics").text
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["checks"]["keys"]) == (503, "unknown")
