"""Calls to a platform's services: pooled, with time-outs, a token per registration and scopes.

Corrects pylti1p3's ServiceConnector: tokens shared between tenants of one issuer, no time-outs, a
bearer sent to any host that a paging link names, the PEM loaded for every assertion.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt
from flask import current_app
from sqlalchemy import delete, select

from lti_app.core import outbound
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.outbox import Dead, Retry
from lti_app.core.sealed import seal, unseal
from lti_app.core.tokens import digest, random_id
from lti_app.core.upsert import insert_for
from lti_app.lti import tool_keys
from lti_app.lti.models import AccessToken, Registration

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_EARLY = timedelta(seconds=60)
_RETRYABLE = {408, 425, 429, 500, 502, 503, 504}


class Refused(Dead):
    """The platform understood and refused; `status` and `reason` say why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}"[:300])
        self.status = status


class Unreachable(Retry):
    """The platform gave no answer at all: asking it again at once would only cost time."""


@dataclass(frozen=True)
class Call:
    """One service request: the address comes from a claim, the scopes from what it granted."""

    method: str
    url: str
    scopes: tuple[str, ...]
    accept: str = "application/json"
    content_type: str = "application/json"
    body: dict[str, Any] | None = None


def send(registration: Registration, call: Call) -> outbound.Answer:
    """Make the call with a bearer token; Retry or Refused unless it is answered with 2xx.

    A 401 drops the token and tries once more with a fresh one.
    """
    answer = _once(registration, call, _token(registration, call.scopes))
    if answer.status == 401:
        _drop(registration, call.scopes)
        answer = _once(registration, call, _token(registration, call.scopes))
    _raise_for(answer)
    return answer


def _once(registration: Registration, call: Call, token: str) -> outbound.Answer:
    headers = {"Authorization": f"Bearer {token}", "Accept": call.accept}
    data = None
    if call.body is not None:
        headers["Content-Type"] = call.content_type
        data = json.dumps(call.body).encode()
    try:
        return outbound.request(call.method, call.url, headers=headers, data=data)
    except outbound.OutboundError as error:
        raise Unreachable(f"{urlsplit(call.url).hostname}: {error.reason}") from error


def _raise_for(answer: outbound.Answer) -> None:
    if 200 <= answer.status < 300:
        return
    after = retry_after(answer.headers.get("Retry-After"))
    limited = answer.status == 403 and answer.headers.get("X-Rate-Limit-Remaining") is not None
    if answer.status in _RETRYABLE or limited or answer.status == 401:
        raise Retry(f"the platform answered {answer.status}", after_seconds=after)
    # Moodle gives its reason in the status line only; bodies may hold personal data.
    raise Refused(answer.status, answer.reason)


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds only)."""
    if value is None or not value.strip().isascii() or not value.strip().isdigit():
        return None
    return float(min(int(value.strip()[:9]), 86400))


def json_of(answer: outbound.Answer) -> Any:
    """Return the JSON body whatever its media type says (Moodle: text/html); else Retry."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise Retry("the platform's answer is not JSON") from error


def _token(registration: Registration, scopes: Iterable[str]) -> str:
    """Return a token that is good for another minute: from memory, from the database, or new."""
    key = (registration.id, digest(" ".join(sorted(scopes))))
    memory: dict[tuple[int, str], tuple[str, datetime]]
    memory = current_app.extensions.setdefault("expeditie_tokens", {})
    now = utcnow()
    held = memory.get(key) or _stored(key)
    if held is None or held[1] <= now + _EARLY:
        held = _requested(registration, sorted(scopes), now)
        _store(key, held)
    memory[key] = held
    return held[0]


def _stored(key: tuple[int, str]) -> tuple[str, datetime] | None:
    with unit_of_work():
        row = db.session.scalar(
            select(AccessToken).where(
                AccessToken.registration_id == key[0], AccessToken.scopes_hash == key[1]
            )
        )
    if row is None:
        return None
    return unseal(row.sealed, f"access-token:{key[0]}:{key[1]}").decode(), row.expires_at


def _store(key: tuple[int, str], held: tuple[str, datetime]) -> None:
    values = {
        "sealed": seal(held[0].encode(), f"access-token:{key[0]}:{key[1]}"),
        "expires_at": held[1],
    }
    with unit_of_work():
        db.session.execute(
            insert_for(AccessToken)
            .values(registration_id=key[0], scopes_hash=key[1], **values)
            .on_conflict_do_update(index_elements=["registration_id", "scopes_hash"], set_=values)
        )


def _drop(registration: Registration, scopes: Iterable[str]) -> None:
    key = (registration.id, digest(" ".join(sorted(scopes))))
    current_app.extensions.get("expeditie_tokens", {}).pop(key, None)
    with unit_of_work():
        db.session.execute(
            delete(AccessToken).where(
                AccessToken.registration_id == key[0], AccessToken.scopes_hash == key[1]
            )
        )


def _requested(
    registration: Registration, scopes: list[str], now: datetime
) -> tuple[str, datetime]:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": _assertion(registration, now),
        "scope": " ".join(scopes),
    }
    try:
        answer = outbound.request("POST", registration.token_url, data=form)
    except outbound.OutboundError as error:
        raise Unreachable(f"token endpoint: {error.reason}") from error
    if answer.status in _RETRYABLE:
        after = retry_after(answer.headers.get("Retry-After"))
        raise Retry(f"token endpoint answered {answer.status}", after_seconds=after)
    if answer.status != 200:
        raise Retry(f"token endpoint refused with {answer.status}", after_seconds=60)
    return _read_token(json_of(answer), now)


def _read_token(body: Any, now: datetime) -> tuple[str, datetime]:
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not 0 < len(token) <= 8192 or not token.isascii():
        raise Retry("token endpoint sent no token")
    lifetime = body.get("expires_in")
    if not isinstance(lifetime, int | float) or not 0 < lifetime < 10**7:
        lifetime = 300
    return token, now + timedelta(seconds=float(lifetime))


def _assertion(registration: Registration, now: datetime) -> str:
    """Sign a client assertion (LTI Security Framework 1.1, 4.1.1): 5 minutes, single use."""
    with unit_of_work():
        kid, key = tool_keys.signing_key()
    issued = int(now.timestamp())
    claims = {
        "iss": registration.client_id,
        "sub": registration.client_id,
        "aud": registration.token_audience or registration.token_url,
        "iat": issued - 5,
        "exp": issued + 295,
        "jti": random_id(24),
    }
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})
