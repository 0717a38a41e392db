"""Faults on purpose: what tests and demonstrations can switch on."""

import json
import random
import socket
import time
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request

from lti_app.demo import inputs
from lti_app.demo.refusals import Refused
from lti_app.demo.state import Row, now, store

SERVICES = ("auth", "token", "jwks", "ags", "nrps", "registration", "all")
KINDS = ("down", "slow", "status", "expired_token", "paging", "huge")
SLOWEST = 60.0
HUGE = 32 * 1024
ENDPOINTS = {
    "oidc.authorise": "auth",
    "oidc.moodle_authorise": "auth",
    "oidc.jwks": "jwks",
    "oidc.moodle_jwks": "jwks",
    "oidc.configuration": "registration",
    "oidc.moodle_configuration": "registration",
}
BLUEPRINTS = {
    "tokens": "token",
    "ags": "ags",
    "nrps": "nrps",
    "registration": "registration",
    "deep_linking": "deep_linking",
}


@dataclass(frozen=True)
class Fault:
    """One fault that is switched on."""

    id: int
    service: str
    kind: str
    settings: dict[str, Any]
    remaining: int | None
    until: float | None


def service_of_request() -> str | None:
    """The service that this request is for, or nothing for pages."""
    endpoint = request.endpoint or ""
    return ENDPOINTS.get(endpoint) or BLUEPRINTS.get(endpoint.split(".")[0])


def switch_on(data: dict[str, Any]) -> Fault:
    """Note a fault: {service, kind, status, retry_after, times, seconds, share, ...}."""
    service, kind = inputs.text(data, "service", "all"), inputs.text(data, "kind")
    if service not in SERVICES:
        raise Refused(400, "bad_field", "service")
    if kind not in KINDS:
        raise Refused(400, "bad_field", "kind")
    settings = _settings(kind, data)
    remaining = _optional(data, "times")
    lasting = _optional(data, "lasting" if kind == "slow" else "seconds")
    number = store().insert(
        "fault",
        service=service,
        kind=kind,
        settings=json.dumps(settings),
        remaining=None if remaining is None else int(remaining),
        until=None if lasting is None else now() + lasting,
    )
    return _fault(store().rows("SELECT * FROM fault WHERE id = ?", number)[0])


def _optional(data: dict[str, Any], name: str) -> float | None:
    if data.get(name) is None:
        return None
    value = inputs.number(data, name)
    if value <= 0:
        raise Refused(400, "bad_field", name)
    return value


def _settings(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    share = inputs.number(data, "share", 1.0)
    if not 0 < share <= 1:
        raise Refused(400, "bad_field", "share")
    settings["share"] = share
    if kind == "slow":
        settings["delay"] = min(max(inputs.number(data, "seconds", 5.0), 0.0), SLOWEST)
    if kind == "paging":
        settings["limit"] = max(int(inputs.number(data, "limit", 2.0)), 1)
    if kind == "status":
        settings |= _answer_settings(data)
    return settings


def _answer_settings(data: dict[str, Any]) -> dict[str, Any]:
    status = int(inputs.number(data, "status", 500.0))
    if not 200 <= status <= 599:
        raise Refused(400, "bad_field", "status")
    settings: dict[str, Any] = {"status": status}
    for name in ("body", "content_type", "location"):
        if data.get(name) is not None:
            settings[name] = _one_line(data, name)
    if data.get("retry_after") is not None:
        after = data["retry_after"]
        settings["retry_after"] = (
            str(after) if inputs.is_number(after) else _one_line(data, "retry_after")
        )
    return settings


def _one_line(data: dict[str, Any], name: str) -> str:
    value = inputs.text(data, name)
    if name != "body" and not (value.isascii() and value.isprintable()):
        raise Refused(400, "bad_field", name)
    return value


def switch_off(number: int | None = None) -> None:
    """Take one fault away, or all."""
    if number is None:
        store().run("DELETE FROM fault")
    else:
        store().run("DELETE FROM fault WHERE id = ?", number)


def active() -> list[Fault]:
    """The faults that are on now."""
    rows = store().rows(
        "SELECT * FROM fault WHERE (remaining IS NULL OR remaining > 0)"
        " AND (until IS NULL OR until > ?) ORDER BY id",
        now(),
    )
    return [_fault(row) for row in rows]


def _fault(row: Row) -> Fault:
    return Fault(**{**dict(row), "settings": json.loads(row["settings"])})


def is_active(service: str, kind: str) -> bool:
    """Whether such a fault hits this request; it then counts as used once."""
    return _hit(service, kind) is not None


def page_limit(service: str) -> int | None:
    """The page size that a fault forces on a service."""
    fault = _hit(service, "paging")
    return int(fault.settings["limit"]) if fault else None


def _hit(service: str, *kinds: str) -> Fault | None:
    for fault in active():
        is_meant = fault.service in (service, "all") and fault.kind in kinds
        if is_meant and random.random() < fault.settings["share"] and _used(fault):
            g.demo_fault = fault.kind
            return fault
    return None


def _used(fault: Fault) -> bool:
    """Count one use; of several workers, each use is counted once."""
    if fault.remaining is None:
        return True
    sql = "UPDATE fault SET remaining = remaining - 1 WHERE id = ? AND remaining > 0"
    return store().run(sql, fault.id) == 1


def before_request() -> Response | None:
    """Let a fault answer in place of the service."""
    service = service_of_request()
    if service is None:
        return None
    slow = _hit(service, "slow")
    if slow is not None:
        time.sleep(float(slow.settings["delay"]))
    fault = _hit(service, "down", "status", "huge")
    if fault is None:
        return None
    return {"down": _hang_up, "status": _status, "huge": _huge}[fault.kind](fault)


def _hang_up(_fault: Fault) -> Response:
    """Close the connection without an answer where the server lets us, else say 503."""
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was first
    return Response("", 503)


def _status(fault: Fault) -> Response:
    settings = fault.settings
    default = json.dumps({"error": "fault_on_purpose", "status": settings["status"]})
    answer = Response(settings.get("body", default), settings["status"])
    answer.content_type = settings.get("content_type", "application/json")
    if "retry_after" in settings:
        answer.headers["Retry-After"] = settings["retry_after"]
    if "location" in settings:
        answer.headers["Location"] = settings["location"]
        answer.autocorrect_location_header = False
    return answer


def _huge(_fault: Fault) -> Response:
    """An answer of 32 MB of JSON that never closes its bracket."""
    return Response((b'["' + b"x" * 1019 + b'",' for _ in range(HUGE)), mimetype="application/json")
