"""What an administrator changes: a message that was given up is sent again."""

from datetime import datetime

from lti_app.core import audit, outbox
from lti_app.core.outbox import OutboxMessage


def resend(message: OutboxMessage, *, actor_id: int | None, now: datetime) -> None:
    """Make a message due now, and record who asked."""
    outbox.resend(message, now=now)
    audit.record(
        "outbox.resent",
        actor_id=actor_id,
        organisation_id=message.organisation_id,
        object_type="outbox_message",
        object_id=message.id,
        now=now,
    )
