"""The upgrade drill: what the first released version left behind is restored, migrated and used."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from assessments.attempts.models import Attempt
from assessments.credentials import handlers as credentials
from assessments.credentials import verification
from assessments.credentials.models import Award
from lti_app import migrate
from lti_app.backup import archive, load
from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import Base, db, unit_of_work
from lti_app.web import sessions
from tests.journeys import answers
from tests.support.client import IsolatedClient
from tests.support.installations import KINDS, empty_database, installation

DATA = Path(__file__).parents[2] / "data" / "upgrade"
FILE = DATA / "first_release.zip"
TOLD = json.loads((DATA / "first_release.json").read_text())
KEPT = ("attempt", "result", "module_grade", "award", "enrolment", "person", "block_progress")
"""Tables in which not one old value may change."""


@pytest.fixture(params=KINDS)
def upgraded(
    request: pytest.FixtureRequest, postgresql_url: str, tmp_path: Path
) -> Iterator[Flask]:
    """Today's software on the old data; the sessions in it are as fresh as the day it was saved."""
    url = empty_database(request.param, tmp_path, postgresql_url)
    with installation(url, tmp_path, EXPEDITIE_PUBLIC_URL=TOLD["public_url"]) as app:
        app.test_client_class = IsolatedClient
        assert load.read(FILE).revision == TOLD["revision"] != migrate.head()
        with unit_of_work():
            now = utcnow()
            fresh = {"opened_at": now, "seen_at": now, "expires_at": now + sessions.IDLE}
            db.session.execute(update(sessions.WebSession).values(fresh))
        yield app


def browser(app: Flask, name: str) -> FlaskClient:
    """Return the browser of this person, as it was left."""
    held = TOLD["sessions"][name]
    client = app.test_client()
    client.set_cookie(sessions.COOKIE, held["secret"], path=held["path"])
    return client


def page(app: Flask, name: str, rest: str) -> Any:
    """Open a page of an old session."""
    return browser(app, name).get(TOLD["sessions"][name]["path"] + rest)


def old_rows(table: str) -> list[dict[str, Any]]:
    """Return the rows of a table as they stand in the file."""
    with zipfile.ZipFile(FILE) as file:
        entry = next(e for e in archive.read_manifest(file).tables if e.name == table)
        return [dict(zip(entry.columns, row, strict=True)) for row in archive.rows(file, entry)]


@pytest.mark.services
def test_what_the_first_version_left_behind_is_migrated_and_used(upgraded: Flask) -> None:
    migrate.check()
    for table in KEPT:
        assert_kept(table)
    assert page(upgraded, "graduate", "learn").status_code == 200
    assert 'data-page="admin.home"' in page(upgraded, "admin", "admin/").text
    class_page = page(upgraded, "teacher", "class").text
    assert "Graduate" in class_page and "Learner" in class_page
    assert "100 %" in class_page
    assert_badge_verifies(upgraded)
    assert_learner_goes_on(upgraded)


def assert_kept(table: str) -> None:
    """Every value that stood in the file is what today's models read."""
    columns = Base.metadata.tables[table].columns
    found = db.session.execute(select(*columns)).mappings().all()
    now = {row["id"]: row for row in found}
    before = old_rows(table)
    assert before
    for row in before:
        for name, value in row.items():
            assert archive.plain(now[row["id"]][name]) == value, f"{table}.{name}"
    db.session.commit()


def assert_badge_verifies(app: Flask) -> None:
    """The badge is the same text, and valid once beat has signed the lists anew."""
    credentials.refresh_status_lists()
    outbox.deliver_due()
    award = db.session.scalars(select(Award)).one()
    assert verification.of_award(award, now=utcnow()).state == "valid"
    db.session.commit()
    address = f"/credentials/{TOLD['award']}"
    served = app.test_client().get(f"{address}.json")
    assert served.get_data(as_text=True) == old_rows("award")[0]["credential"]
    checked = app.test_client().post("/verify?lang=en", data={"credential": served.text})
    assert "Real and valid" in checked.text, checked.text
    assert app.test_client().get(address).status_code == 200


def assert_learner_goes_on(app: Flask) -> None:
    """An attempt that was open before the upgrade is handed in after it; numbers do not collide."""
    attempt = db.session.scalars(select(Attempt).where(Attempt.handed_in_at.is_(None))).one()
    highest = db.session.scalar(select(func.max(Attempt.id)))
    db.session.commit()
    client, path = browser(app, "learner"), TOLD["sessions"]["learner"]["path"]
    form = client.get(f"{path}attempts/{attempt.id}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token, form
    given = answers.form_of(answers.knowledge()) | {"csrf_token": token[1]}
    result = client.post(f"{path}attempts/{attempt.id}/hand-in", data=given)
    assert result.location.endswith("/result"), result.text
    assert "100 %" in client.get(result.location).text
    again = client.post(f"{path}attempts/start/{attempt.block_id}", data={"csrf_token": token[1]})
    assert int(again.location.rsplit("/", 1)[1]) > (highest or 0)
