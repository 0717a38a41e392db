"""The sign of life of beat and worker: beat asks for it, a worker writes it down."""

from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.clock import utcnow
from lti_app.core.db import Base, db, unit_of_work
from lti_app.core.upsert import insert_for

EVERY = timedelta(seconds=30)
_WORK = "work"


class Heartbeat(Base):
    """When something was last alive."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    beaten_at: Mapped[datetime]


def beat() -> None:
    """Write down that beat asked and a worker answered."""
    now = utcnow()
    with unit_of_work():
        statement = insert_for(Heartbeat).values(name=_WORK, beaten_at=now)
        db.session.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"beaten_at": now})
        )


def last() -> datetime | None:
    """Return when beat and a worker were last alive; None when they never were."""
    return db.session.scalar(select(Heartbeat.beaten_at).where(Heartbeat.name == _WORK))
