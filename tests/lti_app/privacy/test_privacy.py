"""What is stored about somebody is handed over whole, and goes when it must."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from assessments.attempts.models import Attempt
from assessments.credentials import verification
from assessments.credentials.models import Award
from lti_app.core import outbox
from lti_app.core.audit import AuditEntry
from lti_app.core.clock import utcnow
from lti_app.core.db import Base, db, unit_of_work
from lti_app.core.outbox import OutboxMessage
from lti_app.lti.models import Participation
from lti_app.people import service as people
from lti_app.people.models import Identity, Organisation, Person
from lti_app.privacy import export, queries, retention, service
from lti_app.privacy.holdings import HOLDINGS
from lti_app.seed import commands as seeding
from lti_app.web.sessions import WebSession
from modules.learning.models import BlockProgress, Enrolment
from tests.journeys.world import MODULE, World
from tests.support.make import Make

NAME, MAIL = "Quirine Zonneveld-Ypma", "quirine.zonneveld@example.org"
NOT_OF_PERSONS = {
    "audit_entry": "ids only, so that it may outlive the personal data",
    "outbox_message": "payloads hold ids; erased by what they point at",
    "signing_key": "of organisations",
}


@pytest.fixture
def world(app: Flask, make: Make) -> World:
    """A course in which Quirine finishes the module, with a score that waits, and Noor begins."""
    seeding.put_all(utcnow())
    make.organisations["mlo-delta"] = db.session.scalars(
        select(Organisation).where(Organisation.slug == "mlo-delta")
    ).one()
    link = make.link(MODULE)
    link.scopes = ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]
    link.lineitem_url = "http://127.0.0.1:9/lineitem"
    db.session.commit()
    made = World(app, "", make, link)
    quirine = make.person(name=NAME)
    quirine.email = MAIL
    made.join("quirine", "learner", quirine)
    made.join("noor", "learner", make.person(name="Noor Beginner"))
    made.do("quirine")
    made.do("noor", until="assessment")
    outbox.deliver_due()
    db.session.expire_all()
    return made


def everything() -> str:
    """Return every value of every table as one text."""
    connection = db.session.connection()
    tables = Base.metadata.sorted_tables
    return "\n".join(str(tuple(row)) for t in tables for row in connection.execute(select(t)))


def erase(person: Person, *, withdraw: bool = False) -> dict[str, int]:
    with unit_of_work():
        return service.erase(
            person, withdraw=withdraw, actor_id=None, reference="2026-17", now=utcnow()
        )


def test_every_table_that_leads_to_a_person_is_exported_and_erased() -> None:
    held = {holding.model.__tablename__ for holding in HOLDINGS}
    leading = {"person"}
    grown = True
    while grown:
        grown = False
        for table in Base.metadata.sorted_tables:
            points = {key.column.table.name for key in table.foreign_keys}
            named = {"person_id", "session_id", "enrolment_id"} & set(table.columns.keys())
            if table.name not in leading and (points & leading or named):
                leading.add(table.name)
                grown = True
    assert leading - set(NOT_OF_PERSONS) == held


def test_the_export_holds_everything_for_programs_and_for_people(world: World) -> None:
    person = world.signed["quirine"].person
    with zipfile.ZipFile(io.BytesIO(export.archive(person, now=utcnow()))) as file:
        data = json.loads(file.read("person.json"))
        dutch, english = file.read("lees-mij.html").decode(), file.read("read-me.html").decode()
        proofs = [name for name in file.namelist() if name.startswith("credentials/")]
    award = db.session.scalars(select(Award)).one()

    assert data["schema"] == "expeditie-person-1"
    rows: dict[str, list[dict[str, Any]]] = data["data"]
    assert rows["person"][0]["name"] == NAME
    assert len(rows["attempt"]) == len(_of(Attempt, person))
    assert rows["attempt"][0]["answers"] == _of(Attempt, person)[0].answers
    assert rows["dataset_instance"][0]["tables"]
    assert "token_hash" not in rows["web_session"][0]
    assert proofs == [f"credentials/{award.public_id}.json"]
    for page, words in (
        (dutch, "Wat er over jou is opgeslagen"),
        (english, "What is stored about"),
    ):
        assert words in page
        assert NAME in page
        assert MAIL in page
    assert "Noor" not in dutch + english + json.dumps(data)


def _of(model: Any, person: Person) -> list[Any]:
    query = select(model).join(Enrolment, model.enrolment_id == Enrolment.id)
    return list(db.session.scalars(query.where(Enrolment.person_id == person.id)))


def test_an_erased_person_is_nowhere_but_the_proof_still_checks(world: World) -> None:
    person = world.signed["quirine"].person
    subject = queries.identities(person.id)[0].subject
    assert all(word in everything() for word in (NAME, MAIL, subject))
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage))
    db.session.commit()

    browser, page = world.signed["quirine"].client, world.signed["quirine"].path("learn")
    counts = erase(person)

    left = everything()
    for word in (NAME, MAIL, subject):
        assert word not in left
    assert counts["attempt"] == 2
    assert counts["outbox_message"] == 1
    award = db.session.scalars(select(Award)).one()
    assert (award.visibility, award.person.display_name) == ("private", "Gewist")
    assert verification.of_award(award, now=utcnow()).state == "valid"
    for model in (Attempt, BlockProgress):
        assert _of(model, person) == []
    noor = world.signed["noor"].person
    assert len(_of(BlockProgress, noor)) > 3
    assert browser.get(page).status_code == 401
    assert world.signed["noor"].get("learn").status_code < 400


def test_with_the_proofs_withdrawn_they_are_revoked(world: World) -> None:
    erase(world.signed["quirine"].person, withdraw=True)

    award = db.session.scalars(select(Award)).one()
    assert (award.state, award.reason) == ("revoked", "withdrawn")


def test_the_log_of_erasures_proves_it_and_names_nobody(world: World) -> None:
    person = world.signed["noor"].person
    erase(person)

    entry = queries.acts(queries.ERASED, world.link.organisation_id)[0]
    assert entry.object_id == str(person.id)
    assert entry.details["reference"] == "2026-17"
    assert entry.details["removed"]["block_progress"] > 3
    assert db.session.get(Person, person.id) is None
    assert "Noor" not in json.dumps(entry.details)


def test_who_comes_back_is_somebody_new(make: Make) -> None:
    arrival = people.Arrival("lti:7", "u-1", NAME)
    organisation_id = make.organisation().id
    first = people.arrive(arrival, organisation_id, now=utcnow())
    db.session.commit()
    erase(first)
    again = people.arrive(arrival, organisation_id, now=utcnow())
    db.session.commit()

    assert db.session.scalar(select(func.count()).select_from(Person)) == 1
    assert again.name == NAME
    assert len(list(db.session.scalars(select(Identity)))) == 1


def aged(days: int) -> None:
    """Let everything have happened this many days earlier."""
    for model, columns in (
        (Enrolment, ("started_at", "completed_at")),
        (BlockProgress, ("updated_at", "done_at")),
        (Attempt, ("started_at", "saved_at", "handed_in_at")),
        (Participation, ("seen_at",)),
        (Person, ("created_at",)),
        (AuditEntry, ("at",)),
        (OutboxMessage, ("created_at",)),
    ):
        for row in db.session.scalars(select(model)):
            for name in columns:
                if getattr(row, name) is not None:
                    setattr(row, name, getattr(row, name) - timedelta(days=days))
    for session in db.session.scalars(select(WebSession)):
        db.session.delete(session)
    db.session.commit()


def test_nothing_goes_before_its_term(world: World) -> None:
    aged(700)
    before = [len(db.session.scalars(select(m)).all()) for m in (Attempt, BlockProgress, Person)]

    assert dict(retention.run()) == {"audit": 0, "undelivered": 1}
    assert retention.due() == {"enrolments": 0, "persons": 0}
    after = [len(db.session.scalars(select(m)).all()) for m in (Attempt, BlockProgress, Person)]
    assert after == before
    assert queries.acts(queries.RETAINED)[0].details["undelivered"] == 1


def test_two_years_after_the_last_activity_the_work_goes_and_the_proof_stays(world: World) -> None:
    for message in db.session.scalars(select(OutboxMessage)):
        message.state = "dead"
    aged(2000)
    due = retention.due()
    gone = retention.run()

    assert due["enrolments"] == gone["enrolments"] == 2
    assert db.session.scalars(select(Attempt)).all() == []
    assert db.session.scalars(select(BlockProgress)).all() == []
    assert db.session.scalars(select(OutboxMessage)).all() == []
    award = db.session.scalars(select(Award)).one()
    assert award.person.name == NAME
    assert [
        person.name for person in queries.find(world.link.organisation_id, "noor beginner")
    ] == []
    cleared = queries.acts(queries.RETAINED, world.link.organisation_id)
    assert cleared[0].details == {"enrolments": 2}
    assert "enrolments" not in retention.run()


def test_an_administrator_finds_exports_and_erases_in_the_own_organisation(
    world: World, make: Make
) -> None:
    person = world.signed["quirine"].person
    admin = make.signed("admin", None, make.person(name="Beheer"))
    assert NAME in admin.get("people?q=zonneveld").text
    assert "Niemand in je organisatie" in admin.get("people?q=nobody-here").text
    found = admin.get(f"people/{person.id}/export")
    assert (found.status_code, found.mimetype) == (200, "application/zip")

    unsure = admin.post(f"people/{person.id}/erase", {"reference": "7"})
    assert unsure.status_code == 422
    assert db.session.get(Person, person.id) is not None
    done = admin.post(f"people/{person.id}/erase", {"confirm": "1", "reference": "7"})
    assert done.status_code == 303
    assert NAME not in everything()
    assert "gewist" in admin.get("people").text


def test_nobody_else_does(world: World, make: Make) -> None:
    person = world.signed["quirine"].person
    company = make.organisation("elders", "company")
    stranger = make.signed("admin", None, make.person(company, name="Vreemd"))
    assert NAME not in stranger.get("people?q=zonneveld").text
    for who, refused in ((stranger, 404), (world.signed["noor"], 403)):
        assert who.get(f"people/{person.id}").status_code == refused
        assert who.get(f"people/{person.id}/export").status_code == refused
        answer = who.post(f"people/{person.id}/erase", {"confirm": "1"})
        assert answer.status_code == refused
    assert db.session.get(Person, person.id) is not None
