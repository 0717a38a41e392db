"""Finding persons, their rows, and what was erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from assessments.attempts.models import Attempt
from assessments.credentials.models import Award
from lti_app.core.audit import AuditEntry
from lti_app.core.db import db
from lti_app.core.errors import NotFound
from lti_app.core.outbox import OutboxMessage
from lti_app.lti.models import Participation
from lti_app.people.models import Identity, Membership, Person
from lti_app.privacy.holdings import Holding, enrolments_of
from lti_app.web.sessions import WebSession
from modules.learning.models import BlockProgress, Enrolment

ERASED, RETAINED = "person.erased", "retention.ran"
MOST_FOUND = 50


def person(person_id: int, organisation_id: int, *, lock: bool = False) -> Person:
    """Return a person of this organisation, or raise NotFound."""
    query = select(Person).where(Person.id == person_id, Person.organisation_id == organisation_id)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("person", person_id)
    return found


def find(organisation_id: int, text: str) -> list[Person]:
    """Return persons of the organisation whose name, alias, e-mail or `sub` holds this text."""
    pattern = f"%{text.casefold().replace('%', '').replace('_', '')}%"
    named = [func.lower(c).like(pattern) for c in (Person.name, Person.alias, Person.email)]
    known = select(Identity.person_id).where(Identity.subject == text)
    return list(
        db.session.scalars(
            select(Person)
            .where(Person.organisation_id == organisation_id, or_(*named, Person.id.in_(known)))
            .order_by(Person.id)
            .limit(MOST_FOUND)
        )
    )


def identities(person_id: int) -> list[Identity]:
    """Return how a person arrives."""
    return list(db.session.scalars(select(Identity).where(Identity.person_id == person_id)))


def rows(holding: Holding, person_id: int) -> list[dict[str, Any]]:
    """Return the rows of a person in one table, without digests of secrets."""
    table = holding.model.__table__
    columns = [column for column in table.columns if column.name not in holding.hidden]
    query = select(*columns).where(holding.of(person_id)).order_by(*table.primary_key)
    return [dict(row._mapping) for row in db.session.execute(query)]


def enrolments(person_id: int) -> list[Enrolment]:
    """Return the enrolments of a person, with what they are in."""
    return list(
        db.session.scalars(
            select(Enrolment)
            .where(Enrolment.person_id == person_id)
            .options(joinedload(Enrolment.module_version))
            .order_by(Enrolment.id)
        )
    )


def awards(person_id: int) -> list[Award]:
    """Return the awards of a person."""
    return list(db.session.scalars(select(Award).where(Award.person_id == person_id)))


def messages_about(person_id: int) -> ColumnElement[bool]:
    """Return what selects the waiting messages that are about this person."""
    payload = OutboxMessage.payload
    given = select(Award.id).where(Award.person_id == person_id)
    return or_(
        payload["person_id"].as_integer() == person_id,
        payload["enrolment_id"].as_integer().in_(enrolments_of(person_id)),
        payload["award_id"].as_integer().in_(given),
    )


def acts(verb: str, organisation_id: int | None = None) -> list[AuditEntry]:
    """Return the log of erasures or of retention, newest first."""
    query = select(AuditEntry).where(AuditEntry.verb == verb)
    if organisation_id is not None:
        query = query.where(AuditEntry.organisation_id == organisation_id)
    return list(db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(200)))


def resting_enrolments(before: datetime, limit: int) -> list[tuple[int, int]]:
    """Return (id, organisation id) of enrolments that nobody touched since, and that hold work."""
    worked = select(BlockProgress.enrolment_id).where(BlockProgress.updated_at >= before)
    touched = func.coalesce(Attempt.handed_in_at, Attempt.saved_at, Attempt.started_at)
    answered = select(Attempt.enrolment_id).where(touched >= before)
    finished = func.coalesce(Enrolment.completed_at, Enrolment.started_at)
    holds_work = or_(
        Enrolment.id.in_(select(BlockProgress.enrolment_id)),
        Enrolment.id.in_(select(Attempt.enrolment_id)),
        Enrolment.id.not_in(select(Award.enrolment_id)),
    )
    found = db.session.execute(
        select(Enrolment.id, Enrolment.organisation_id)
        .where(
            finished < before,
            Enrolment.id.not_in(worked),
            Enrolment.id.not_in(answered),
            holds_work,
        )
        .order_by(Enrolment.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in found]


def forgotten_persons(before: datetime, limit: int) -> list[Person]:
    """Return persons without work, proof or role whom no platform has sent since."""
    seen = select(Participation.person_id).where(Participation.seen_at >= before)
    query = select(Person).where(
        Person.created_at < before,
        Person.id.not_in(seen),
        Person.id.not_in(select(Enrolment.person_id)),
        Person.id.not_in(select(Award.person_id)),
        Person.id.not_in(select(Membership.person_id)),
        Person.id.not_in(select(WebSession.person_id)),
    )
    return list(db.session.scalars(query.order_by(Person.id).limit(limit)))
