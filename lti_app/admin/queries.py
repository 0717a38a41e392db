"""Reading the outbox, the audit trail and connections for one organisation's administrator."""

from sqlalchemy import select

from lti_app.core.audit import AuditEntry
from lti_app.core.db import db
from lti_app.core.errors import NotFound
from lti_app.core.outbox import OutboxMessage


def messages(organisation_id: int, state: str, limit: int = 100) -> list[OutboxMessage]:
    """Return this organisation's outbox messages in a state, oldest first."""
    return list(
        db.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.organisation_id == organisation_id, OutboxMessage.state == state)
            .order_by(OutboxMessage.created_at, OutboxMessage.id)
            .limit(limit)
        )
    )


def message(message_id: int, organisation_id: int) -> OutboxMessage:
    """Return one message of this organisation, or raise NotFound."""
    found = db.session.scalar(
        select(OutboxMessage).where(
            OutboxMessage.id == message_id, OutboxMessage.organisation_id == organisation_id
        )
    )
    if found is None:
        raise NotFound("message", message_id)
    return found


def audit_trail(organisation_id: int, limit: int = 100) -> list[AuditEntry]:
    """Return what happened last in this organisation."""
    return list(
        db.session.scalars(
            select(AuditEntry)
            .where(AuditEntry.organisation_id == organisation_id)
            .order_by(AuditEntry.id.desc())
            .limit(limit)
        )
    )
