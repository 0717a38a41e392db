"""How long each class of data is kept, and the nightly run that clears away what is past it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from config.settings import Settings
from lti_app.core import audit
from lti_app.core.audit import AuditEntry
from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.core.outbox import OutboxMessage
from lti_app.privacy import queries, service

_BATCH = 200


@dataclass(frozen=True)
class Terms:
    """How many days each class of data is kept; 0 keeps it for ever."""

    practice: int
    """Answers, data sets, readings and results since the last activity; persons since last seen."""
    audit: int
    undelivered: int
    """Messages that could not be delivered and that nobody sent again."""

    def as_mapping(self) -> Mapping[str, int]:
        """Return the terms by class."""
        return {"practice": self.practice, "audit": self.audit, "undelivered": self.undelivered}


def terms() -> Terms:
    """Return the terms of this installation."""
    settings: Settings = current_app.extensions["expeditie_settings"]
    return Terms(**settings.retention_days)


def run() -> Mapping[str, int]:
    """Clear away what is past its term, in small transactions; log and return how much went."""
    kept, now = terms(), utcnow()
    counts: Counter[str] = Counter()
    if kept.practice:
        counts += _clear_practice(now - timedelta(days=kept.practice), now)
    with unit_of_work():
        if kept.audit:
            old = AuditEntry.at < now - timedelta(days=kept.audit)
            counts["audit"] += service.clear(AuditEntry, old)
        if kept.undelivered:
            before = now - timedelta(days=kept.undelivered)
            counts["undelivered"] += service.clear(
                OutboxMessage, OutboxMessage.state == "dead", OutboxMessage.created_at < before
            )
        _log(None, counts, now)
    return dict(counts)


def _clear_practice(before: datetime, now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter()
    while True:
        with unit_of_work():
            found = queries.resting_enrolments(before, _BATCH)
            if not found:
                break
            service.clear_work([enrolment_id for enrolment_id, _owner in found])
            for organisation_id, number in Counter(owner for _id, owner in found).items():
                _log(organisation_id, Counter({"enrolments": number}), now)
            counts["enrolments"] += len(found)
    while True:
        with unit_of_work():
            people = queries.forgotten_persons(before, _BATCH)
            if not people:
                return counts
            for person in people:
                service.erase(person, withdraw=False, actor_id=None, reference="retention", now=now)
            counts["persons"] += len(people)


def _log(organisation_id: int | None, counts: Counter[str], now: datetime) -> None:
    audit.record(
        queries.RETAINED,
        actor_id=None,
        organisation_id=organisation_id,
        object_type="installation" if organisation_id is None else "organisation",
        object_id=organisation_id or 0,
        now=now,
        details=dict(counts),
    )


def due() -> Mapping[str, int]:
    """Return how much the next run would clear away, without doing it (capped per class)."""
    kept, now = terms(), utcnow()
    if not kept.practice:
        return {"enrolments": 0, "persons": 0}
    before = now - timedelta(days=kept.practice)
    with unit_of_work():
        return {
            "enrolments": len(queries.resting_enrolments(before, 100_000)),
            "persons": len(queries.forgotten_persons(before, 100_000)),
        }
