"""Erasing a person, and clearing away what is kept too long."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, select, update

from assessments.credentials import service as credentials
from assessments.credentials.models import Award
from lti_app.core import audit
from lti_app.core.db import Base, db
from lti_app.core.outbox import OutboxMessage
from lti_app.people.models import Person
from lti_app.privacy import queries
from lti_app.privacy.holdings import ENROLMENTS, SURROUNDINGS, WORK, Holding
from modules.learning.models import Enrolment

Counts = dict[str, int]
NOBODY = "Gewist"
"""The alias of an erased person whose proofs are kept: they name nobody."""


def erase(
    person: Person, *, withdraw: bool, actor_id: int | None, reference: str, now: datetime
) -> Counts:
    """Remove a person, all but the lawful minimum; return how many rows went, per table.

    Signed proofs stay checkable for whoever holds the file: they name no person. They are no longer
    shown in public and, with `withdraw`, revoked. The log entry holds numbers and the reference of
    the request only. Who comes back from the platform is somebody new.
    """
    counts = {
        OutboxMessage.__tablename__: _delete(OutboxMessage, queries.messages_about(person.id))
    }
    kept = _let_go_of_awards(person, withdraw=withdraw, actor_id=actor_id, now=now)
    for holding in (*WORK, *SURROUNDINGS):
        counts[holding.model.__tablename__] = _delete(holding.model, holding.of(person.id))
    unproved = Enrolment.id.not_in(select(Award.enrolment_id))
    counts["enrolment"] = _delete(Enrolment, ENROLMENTS.of(person.id), unproved)
    if kept:
        values = {"name": None, "email": None, "locale": None, "alias": NOBODY}
        db.session.execute(update(Person).where(Person.id == person.id).values(values))
    else:
        db.session.delete(person)
        db.session.flush()
    counts |= {"person": 1, "kept_proofs": kept}
    audit.record(
        queries.ERASED,
        actor_id=actor_id,
        organisation_id=person.organisation_id,
        object_type="person",
        object_id=person.id,
        now=now,
        details={"removed": counts, "withdrawn": withdraw, "reference": reference[:100]},
    )
    return counts


def _let_go_of_awards(
    person: Person, *, withdraw: bool, actor_id: int | None, now: datetime
) -> int:
    """Hide, and if asked revoke, what was signed; remove what was not. Return how many stay."""
    kept = 0
    for given in queries.awards(person.id):
        if given.state == "considered":
            db.session.delete(given)
            continue
        kept += 1
        given.visibility, given.name_shown = "private", False
        if withdraw and given.state in ("signed", "suspended"):
            credentials.revoke(given, reason="withdrawn", actor_id=actor_id, now=now)
    db.session.flush()
    return kept


def clear_work(enrolment_ids: list[int]) -> Counts:
    """Remove what learners recorded in these enrolments; what a proof rests on keeps its row."""
    counts = {
        holding.model.__tablename__: _delete(holding.model, _in(holding, enrolment_ids))
        for holding in WORK
    }
    unproved = Enrolment.id.not_in(select(Award.enrolment_id))
    counts["enrolment"] = _delete(Enrolment, Enrolment.id.in_(enrolment_ids), unproved)
    return counts


def _in(holding: Holding, enrolment_ids: Iterable[int]) -> ColumnElement[bool]:
    return holding.model.__table__.c.enrolment_id.in_(list(enrolment_ids))


def clear(model: type[Base], *conditions: ColumnElement[bool]) -> int:
    """Remove rows that are no longer needed; return how many."""
    return _delete(model, *conditions)


def _delete(model: type[Base], *conditions: ColumnElement[bool]) -> int:
    statement = delete(model).where(*conditions).execution_options(synchronize_session=False)
    done = cast("CursorResult[Any]", db.session.execute(statement))
    return done.rowcount
