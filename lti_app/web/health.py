"""For those who run it: is the process up, is all it needs there, what do the counters say."""

import ipaddress
from datetime import UTC

from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import func, select, text

from lti_app.core import metrics
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.core.errors import NotFound
from lti_app.core.outbox import OutboxMessage

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """Database, broker and keys answer; 503 names what does not."""
    checks = {"database": _database(), "broker": _broker()}
    for name, check in current_app.extensions.get("expeditie_readiness", {}).items():
        checks[name] = check() if checks["database"] == "ok" else "unknown"
    good = all(value == "ok" for value in checks.values())
    return jsonify(status="ok" if good else "not ready", checks=checks), 200 if good else 503


@bp.get("/metrics")
def counters() -> Response:
    """Counters in Prometheus' text format, for this machine and its private network only."""
    if not _is_near(request.remote_addr or ""):
        raise NotFound("metrics")
    body = generate_latest(metrics.REGISTRY) + generate_latest(_Queue())
    return Response(body, mimetype="text/plain")


def _is_near(address: str) -> bool:
    """Whether this is an address of this machine or of a private network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_loopback or (found.is_private and not found.is_unspecified)


class _Queue:
    """Gauges that come from the database, the same for every process."""

    def collect(self) -> list[GaugeMetricFamily]:
        """Return how many messages wait or are dead, and how long the oldest is due."""
        count = GaugeMetricFamily(
            "expeditie_outbox_messages", "Messages in the outbox", labels=["state"]
        )
        rows = db.session.execute(
            select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
        ).all()
        for state, number in rows:
            count.add_metric([state], number)
        oldest = db.session.scalar(
            select(func.min(OutboxMessage.created_at)).where(OutboxMessage.state == "pending")
        )
        age = (utcnow() - oldest.astimezone(UTC)).total_seconds() if oldest else 0
        gauge = GaugeMetricFamily(
            "expeditie_outbox_oldest_seconds", "Age of the oldest waiting message"
        )
        gauge.add_metric([], age)
        return [count, gauge]


def _database() -> str:
    try:
        db.session.execute(text("select 1"))
    except Exception as error:  # whatever it is, it is the answer to this question
        db.session.rollback()
        return type(error).__name__
    return "ok"


def _broker() -> str:
    try:
        with current_app.extensions["expeditie_celery"].connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except Exception as error:
        return type(error).__name__
    return "ok"
