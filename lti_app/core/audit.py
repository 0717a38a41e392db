"""The audit trail: who did what to which thing, added with the change itself, never altered."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, db


class AuditEntry(Base):
    """One act. Holds ids only, so that it may outlive the personal data."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None]
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    object_type: Mapped[str] = mapped_column(String(64))
    object_id: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]]


def record(
    verb: str,
    *,
    actor_id: int | None,
    organisation_id: int | None,
    object_type: str,
    object_id: str | int,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry in the caller's transaction."""
    db.session.add(
        AuditEntry(
            at=now,
            verb=verb,
            actor_id=actor_id,
            organisation_id=organisation_id,
            object_type=object_type,
            object_id=str(object_id),
            details=details or {},
        )
    )
