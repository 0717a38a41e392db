"""For those who run it: is the process up, is all it needs there, what do the counters say."""

import ipaddress
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import text

from lti_app.core import metrics
from lti_app.core.db import db
from lti_app.core.errors import NotFound

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """Database, broker, keys and status lists are as they must be, else 503.

    What is wrong is said to this machine and its private network; others need only the status.
    """
    checks = {"database": _database(), "broker": _broker()}
    for name, check in current_app.extensions.get("expeditie_readiness", {}).items():
        checks[name] = check() if checks["database"] == "ok" else "unknown"
    good = all(value == "ok" for value in checks.values())
    told = {"checks": checks} if _is_near(request.remote_addr or "") else {}
    return jsonify(status="ok" if good else "not ready", **told), 200 if good else 503


@bp.get("/metrics")
def counters() -> Response:
    """Counters in Prometheus' text format, for this machine and its private network only."""
    if not _is_near(request.remote_addr or ""):
        raise NotFound("metrics")
    body = generate_latest(metrics.REGISTRY) + generate_latest(_Gauges())
    return Response(body, mimetype="text/plain")


def _is_near(address: str) -> bool:
    """Whether this is an address of this machine or of a private network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_loopback or (found.is_private and not found.is_unspecified)


class _Gauges:
    """What the slices tell of the whole installation, read from the database when asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every gauge; only that the database is down when it is."""
        is_up = _database() == "ok"
        yield metrics.gauge("expeditie_database_up", "Whether the database answers", float(is_up))
        if is_up:
            for source in current_app.extensions["expeditie_gauges"]:
                yield from source()


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
