"""Scores on their way to the gradebook: queued with the result itself, delivered by the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.outbox import Dead, Retry
from lti_app.core.upsert import insert_for
from lti_app.lti import pauses, queries
from lti_app.lti.gateway import ags, client
from lti_app.lti.models import LineItem, Registration, ResourceLink, ScoreDelivery
from lti_app.people.models import Identity

TOPIC = "ags.score"
MAXIMUM = 100
_LOCK = timedelta(seconds=60)


def queue_score(
    *,
    resource_link_id: int,
    person_id: int,
    fraction: Decimal,
    submitted_at: datetime,
    comment: str,
    now: datetime,
) -> bool:
    """Ask for this final score to stand in the gradebook, in the caller's transaction.

    `fraction` is 0 to 1 of the maximum. A newer score for the same learner and link replaces one
    that still waits. Returns False, and does nothing, when the platform grants no scores for this
    link or when the person is a test user (the "student view" of a teacher).
    """
    link = db.session.get_one(ResourceLink, resource_link_id)
    if ags.SCORE not in link.scopes or queries.is_test_user(link.context_id, person_id):
        return False
    given = (fraction * MAXIMUM).quantize(Decimal("0.01"), ROUND_HALF_UP)
    state = {"score_given": str(given), "state": "queued", "cause": ""}
    db.session.execute(
        insert_for(ScoreDelivery)
        .values(
            resource_link_id=link.id,
            person_id=person_id,
            organisation_id=link.organisation_id,
            **state,
        )
        .on_conflict_do_update(index_elements=["resource_link_id", "person_id"], set_=state)
    )
    payload = {
        "resource_link_id": link.id,
        "person_id": person_id,
        "score_given": str(given),
        "submitted_at": submitted_at.isoformat(),
        "comment": comment,
    }
    key = f"{link.id}:{person_id}"
    outbox.post(TOPIC, key=key, payload=payload, now=now, organisation_id=link.organisation_id)
    return True


@dataclass(frozen=True)
class _Job:
    """Everything one delivery needs, read before the platform is called."""

    registration: Registration
    link: ResourceLink
    user_id: str
    lineitem_url: str | None
    score_maximum: int
    timestamp: datetime


def send_score(payload: dict[str, Any]) -> None:
    """Deliver one score (outbox topic `ags.score`); tells the teacher's page how it went."""
    try:
        job = _prepare(payload)
        pauses.refuse_while_silent(job.registration.id)
        with pauses.noting_silence(job.registration.id):
            _post(job, job.lineitem_url or _line_item(job), payload)
    except client.Refused as error:
        raise Dead(_cause(error)) from error
    except Retry as error:
        _note(payload, "retry", str(error))
        raise
    _note(payload, "sent", "")


def _prepare(payload: dict[str, Any]) -> _Job:
    """Read what is needed and reserve a timestamp later than every one before it."""
    with unit_of_work():
        link = db.session.scalars(
            select(ResourceLink)
            .where(ResourceLink.id == payload["resource_link_id"])
            .options(joinedload(ResourceLink.deployment))
            .execution_options(populate_existing=True)
        ).one()
        registration = db.session.get_one(Registration, link.deployment.registration_id)
        if registration.state != "active":
            raise Retry("the connection with the platform is suspended", after_seconds=3600)
        if link.deployment.state != "active":
            raise Retry("the deployment is not approved any more", after_seconds=3600)
        line_item = db.session.scalar(select(LineItem).where(LineItem.resource_link_id == link.id))
        return _Job(
            registration=registration,
            link=link,
            user_id=_user_id(registration, payload["person_id"]),
            lineitem_url=link.lineitem_url or (line_item.url if line_item else None),
            score_maximum=line_item.score_maximum if line_item else MAXIMUM,
            timestamp=_reserve_timestamp(link.id, payload["person_id"]),
        )


def _user_id(registration: Registration, person_id: int) -> str:
    subject = db.session.scalar(
        select(Identity.subject).where(
            Identity.person_id == person_id, Identity.realm == f"lti:{registration.id}"
        )
    )
    if subject is None:
        raise Dead("this person is not known to the platform any more")
    return subject


def _reserve_timestamp(link_id: int, person_id: int) -> datetime:
    row = db.session.scalars(
        select(ScoreDelivery)
        .where(ScoreDelivery.resource_link_id == link_id, ScoreDelivery.person_id == person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    now = utcnow()
    last = row.last_timestamp
    row.last_timestamp = now if last is None else max(now, last + timedelta(seconds=1))
    return row.last_timestamp


def _line_item(job: _Job) -> str:
    """Find or make the column under the lock of the link; others come back in a moment."""
    if job.link.lineitems_url is None:
        raise Dead("the platform offers no gradebook column for this link")
    if not _lock(job.link):
        raise Retry("another worker is making the column", after_seconds=2)
    column = ags.Column(
        label=job.link.title or job.link.module_ref or "Expeditie",
        resource_link_id=job.link.resource_link_id,
        resource_id=job.link.module_ref or "",
        score_maximum=MAXIMUM,
    )
    url: str | None = None
    try:
        url = ags.find_or_create(job.registration, job.link.lineitems_url, job.link.scopes, column)
    finally:
        with unit_of_work():
            db.session.execute(
                update(LineItem)
                .where(LineItem.resource_link_id == job.link.id)
                .values(url=url, locked_until=None)
            )
    return url


def _lock(link: ResourceLink) -> bool:
    now = utcnow()
    with unit_of_work():
        db.session.execute(
            insert_for(LineItem)
            .values(resource_link_id=link.id, organisation_id=link.organisation_id)
            .on_conflict_do_nothing(index_elements=["resource_link_id"])
        )
        mine = db.session.execute(
            update(LineItem)
            .where(
                LineItem.resource_link_id == link.id,
                LineItem.url.is_(None),
                or_(LineItem.locked_until.is_(None), LineItem.locked_until < now),
            )
            .values(locked_until=now + _LOCK)
            .returning(LineItem.id)
        ).first()
    return mine is not None


def _post(job: _Job, lineitem_url: str, payload: dict[str, Any]) -> None:
    score = ags.Score(
        user_id=job.user_id,
        given=float(payload["score_given"]),
        maximum=job.score_maximum,
        comment=payload["comment"],
        timestamp=job.timestamp,
        submitted_at=datetime.fromisoformat(payload["submitted_at"]),
    )
    try:
        ags.post_score(job.registration, lineitem_url, score)
    except client.Refused as error:
        if error.status == 404 and job.link.lineitem_url is None:
            _forget_column(job.link)
            raise Retry("the column is gone; it will be made again", after_seconds=1) from error
        # 409: a score with this or a later time stands there already, so ours (or a newer one
        # of ours, or the teacher's own correction) has arrived.
        if error.status != 409:
            raise


def _forget_column(link: ResourceLink) -> None:
    with unit_of_work():
        db.session.execute(
            update(LineItem).where(LineItem.resource_link_id == link.id).values(url=None)
        )


def _cause(error: client.Refused) -> str:
    causes = {
        400: "the platform does not take grades for this person, or the score is not right",
        403: "the platform does not allow us to write grades",
        404: "the gradebook column is gone",
        422: "the course is closed or not published, or this person is not a student in it",
    }
    return f"{causes.get(error.status, 'the platform refused')} ({error})"[:300]


def on_given_up(event: outbox.MessageGivenUp) -> None:
    """Let the teacher's page say that this score is not tried again by itself."""
    if event.topic == TOPIC:
        _write_note(event.payload, "failed", event.reason)


def _note(payload: dict[str, Any], state: str, cause: str) -> None:
    with unit_of_work():
        _write_note(payload, state, cause)


def _write_note(payload: dict[str, Any], state: str, cause: str) -> None:
    values: dict[str, Any] = {"state": state, "cause": cause[:300]}
    if state == "sent":
        values["sent_at"] = utcnow()
    db.session.execute(
        update(ScoreDelivery)
        .where(
            ScoreDelivery.resource_link_id == payload["resource_link_id"],
            ScoreDelivery.person_id == payload["person_id"],
            # A newer score that was queued meanwhile keeps its own state.
            ScoreDelivery.score_given == payload["score_given"],
        )
        .values(**values)
    )
