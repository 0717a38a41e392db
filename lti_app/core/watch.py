"""What those who run it must see: the queue, signs of life, the clock and the disk."""

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from flask import current_app
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import func, select

from lti_app.core import heartbeat
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.core.metrics import gauge, seconds_between
from lti_app.core.outbox import STATES, OutboxMessage


def gauges() -> Iterable[GaugeMetricFamily]:
    """Return what the kernel knows; all but the disk is the same for every process."""
    yield _messages()
    now = utcnow()
    yield gauge(
        "expeditie_outbox_oldest_seconds",
        "Age of the oldest waiting message, also of one that waits for a platform",
        seconds_between(_oldest_message(), now) or 0,
    )
    yield gauge(
        "expeditie_outbox_overdue_seconds",
        "How long the message that is due longest should have been delivered",
        max(0, seconds_between(_longest_due(), now) or 0),
    )
    yield gauge(
        "expeditie_heartbeat_age_seconds",
        "Time since beat asked for a sign of life and a worker gave it",
        seconds_between(heartbeat.last(), now),
    )
    yield gauge(
        "expeditie_clock_skew_seconds", "Clock of the database minus our own", _clock_skew()
    )
    yield gauge(
        "expeditie_instance_disk_free_ratio",
        "Free part of the disk with the instance folder of this process",
        _disk_free(current_app.extensions["expeditie_settings"].instance_path),
    )


def _messages() -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "expeditie_outbox_messages", "Messages in the outbox", labels=["state"]
    )
    query = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    found = {state: number for state, number in db.session.execute(query)}
    for state in STATES:
        family.add_metric([state], found.get(state, 0))
    return family


def _oldest_message() -> datetime | None:
    query = select(func.min(OutboxMessage.created_at)).where(OutboxMessage.state == "pending")
    return db.session.scalar(query)


def _longest_due() -> datetime | None:
    query = select(func.min(OutboxMessage.due_at)).where(OutboxMessage.state == "pending")
    return db.session.scalar(query)


def _clock_skew() -> float | None:
    """A database in a file has no clock of its own."""
    if db.engine.dialect.name == "sqlite":
        return None
    before = utcnow()
    theirs: datetime | None = db.session.scalar(select(func.clock_timestamp()))
    return seconds_between(before + (utcnow() - before) / 2, theirs)


def _disk_free(folder: Path) -> float:
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total
