"""The outbox: everything that leaves the process is first a row in the caller's transaction.

Delivery is at least once, one at a time per key: handlers are idempotent. A message is claimed with
a lease and a fresh token; a killed worker's message comes back when its lease ends. A newer message
with the same topic and key replaces the older one, also while that one is being delivered.
"""

import logging
import random
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    UniqueConstraint,
    and_,
    case,
    delete,
    event,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_app.core import events, metrics
from lti_app.core.clock import utcnow
from lti_app.core.db import Base, db, unit_of_work
from lti_app.core.tokens import random_id
from lti_app.core.upsert import insert_for

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than a delivery may last; what a killed worker held waits for it (a setting)."""
GIVE_UP_AFTER = timedelta(days=3)
"""By age, not by tries: a weekend without the LMS loses nothing, and short waits cost nothing."""
MAX_DEFECTS = 8
"""A handler that breaks is our own defect: an administrator sees it within minutes."""
MAX_BACKOFF = timedelta(hours=6)
STATES = ("pending", "dead")

Handler = Callable[[dict[str, Any]], None]


class Retry(Exception):
    """Try again later; `after_seconds` when the other side said when (Retry-After)."""

    def __init__(self, reason: str, after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.after_seconds = after_seconds


class Dead(Exception):
    """Trying again cannot help: an administrator must look."""


class OutboxMessage(Base):
    """Something that still has to leave; delivered messages are deleted."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("topic", "key"),
        CheckConstraint("state in ('pending', 'dead')", name="state_is_known"),
        Index("ix_outbox_message_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    topic: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="pending")
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with every newer message under this key."""
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    defects: Mapped[int] = mapped_column(default=0)
    """How often our own handler broke, as opposed to the other side refusing."""
    claim_token: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]


@dataclass(frozen=True)
class MessageGivenUp:
    """A message is dead: who shows its state elsewhere can say so, in the same transaction."""

    topic: str
    payload: dict[str, Any]
    reason: str


@dataclass(frozen=True)
class _Claim:
    id: int
    topic: str
    payload: dict[str, Any]
    attempts: int
    defects: int
    age: timedelta
    token: str
    revision: int


@dataclass(frozen=True)
class _Wiring:
    handlers: Mapping[str, Handler]
    wake: Callable[[], None]
    lease: timedelta


def configure(
    app: Flask,
    handlers: Mapping[str, Handler],
    wake: Callable[[], None],
    lease: timedelta = LEASE,
) -> None:
    """Say who delivers each topic, how a worker is woken, and how long it may hold a message."""
    app.extensions["expeditie_outbox"] = _Wiring(handlers, wake, lease)


def post(
    topic: str,
    *,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    organisation_id: int | None = None,
) -> None:
    """Add a message to the caller's transaction; one with the same topic and key is replaced."""
    if topic not in _wiring().handlers:
        raise LookupError(f"nobody delivers '{topic}'")
    fresh = {
        **{"payload": payload, "state": "pending", "attempts": 0, "defects": 0, "error": ""},
        **{"created_at": now, "organisation_id": organisation_id},
    }
    statement = insert_for(OutboxMessage).values(
        topic=topic, key=key, due_at=now, revision=1, **fresh
    )
    statement = statement.on_conflict_do_update(
        index_elements=["topic", "key"], set_=fresh | _replacement(now)
    )
    db.session.execute(statement)
    db.session().info["outbox_posted"] = True


def _replacement(now: datetime) -> dict[str, Any]:
    """The lease of a delivery that is under way is kept: its end makes the newer one due."""
    is_free = OutboxMessage.claim_token.is_(None)
    return {
        "revision": OutboxMessage.revision + 1,
        "due_at": case((is_free, now), else_=OutboxMessage.due_at),
    }


@event.listens_for(Session, "after_commit")
def _wake_after_commit(session: Session) -> None:
    if session.info.pop("outbox_posted", False):
        wake()


@event.listens_for(Session, "after_rollback")
def _forget_after_rollback(session: Session) -> None:
    session.info.pop("outbox_posted", None)


def wake() -> None:
    """Ask a worker to deliver. Losing this is harmless: the sweep finds what is due."""
    try:
        _wiring().wake()
    except Exception:  # a broker that is down never fails a request
        metrics.BROKER_FAILURES.inc()
        log.warning("no worker could be woken; the sweep will deliver")


def deliver_due() -> int:
    """Deliver what is due, each message in its own short transactions; return how many went."""
    delivered = 0
    while claim := _claim():
        delivered += _deliver(claim)
    return delivered


def _claim() -> _Claim | None:
    with unit_of_work():
        now = utcnow()
        message = db.session.scalar(
            select(OutboxMessage)
            .where(OutboxMessage.state == "pending", OutboxMessage.due_at <= now)
            .order_by(OutboxMessage.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if message is None:
            return None
        message.due_at, message.attempts = now + _wiring().lease, message.attempts + 1
        message.claim_token = random_id(12)
        return _Claim(
            message.id,
            message.topic,
            dict(message.payload),
            message.attempts,
            message.defects,
            now - message.created_at,
            message.claim_token,
            message.revision,
        )


def _deliver(claim: _Claim) -> int:
    """Hand one message to its handler, with no transaction open, and record how it went."""
    try:
        _wiring().handlers[claim.topic](claim.payload)
    except Dead as error:
        _record_failure(claim, str(error), dead=True)
    except Retry as error:
        _record_failure(claim, str(error), after=error.after_seconds)
    except Exception as error:
        db.session.rollback()
        log.exception("outbox handler failed", extra={"topic": claim.topic, "message_id": claim.id})
        defects = claim.defects + 1
        reason = f"{type(error).__name__} in our own code, {_place(error)}"
        _record_failure(claim, reason, dead=defects >= MAX_DEFECTS, defects=defects)
    else:
        _record_success(claim)
        return 1
    return 0


def _place(error: Exception) -> str:
    """Where it broke, without its words: those may be personal."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}: {last.name}"


def _record_success(claim: _Claim) -> None:
    with unit_of_work():
        gone = db.session.execute(
            delete(OutboxMessage)
            .where(_is_mine(claim), OutboxMessage.revision == claim.revision)
            .returning(OutboxMessage.id)
        ).first()
        if gone is None:
            _release_newer(claim)
    metrics.OUTBOX_DELIVERED.labels(claim.topic).inc()


def _record_failure(
    claim: _Claim,
    reason: str,
    *,
    after: float | None = None,
    dead: bool = False,
    defects: int | None = None,
) -> None:
    dead = dead or claim.age >= GIVE_UP_AFTER
    values = {
        "state": "dead" if dead else "pending",
        "due_at": utcnow() + backoff(claim.attempts, after),
        "error": reason[:500],
        "defects": claim.defects if defects is None else defects,
        "claim_token": None,
    }
    with unit_of_work():
        mine = and_(_is_mine(claim), OutboxMessage.revision == claim.revision)
        statement = update(OutboxMessage).where(mine).values(values).returning(OutboxMessage.id)
        if db.session.execute(statement).first() is None:
            _release_newer(claim)
        elif dead:
            events.publish(MessageGivenUp(claim.topic, claim.payload, reason))
    metrics.OUTBOX_FAILED.labels(claim.topic, "dead" if dead else "retry").inc()
    log.info(
        "outbox message not delivered",
        extra={"topic": claim.topic, "message_id": claim.id, "attempt": claim.attempts},
    )


def _release_newer(claim: _Claim) -> None:
    """A newer message took this one's place while it was delivered: make it due now."""
    db.session.execute(
        update(OutboxMessage)
        .where(_is_mine(claim))
        .values(due_at=utcnow(), attempts=0, claim_token=None)
    )


def _is_mine(claim: _Claim) -> ColumnElement[bool]:
    return and_(OutboxMessage.id == claim.id, OutboxMessage.claim_token == claim.token)


def backoff(attempts: int, after_seconds: float | None = None) -> timedelta:
    """Return how long to wait: 2^n s with up to 25 % jitter, 6 h at most; or what we were told."""
    wait = min(timedelta(seconds=2.0 ** min(attempts, 20)), MAX_BACKOFF)
    wait *= 1 + random.random() / 4  # spreads retries; not a secret
    if after_seconds is not None:
        wait = max(timedelta(seconds=1), min(timedelta(seconds=after_seconds), timedelta(days=1)))
    return wait


def resend(message: OutboxMessage, *, now: datetime) -> None:
    """Bring a dead (or waiting) message back to life, due now."""
    message.state, message.due_at, message.created_at = "pending", now, now
    message.attempts = message.defects = 0
    message.claim_token = None
    db.session().info["outbox_posted"] = True


def _wiring() -> _Wiring:
    wiring: _Wiring = current_app.extensions["expeditie_outbox"]
    return wiring
