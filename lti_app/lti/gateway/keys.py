"""The platform's public keys: cached for all processes, refetched at most once a minute.

Corrects pylti1p3 (message_launch.py, fetch_public_key): no refetch on an unknown kid, errors
cached, no time-out, algorithm taken from the key set, keys of any type and size accepted.
"""

import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError
from sqlalchemy import or_, select, update

from lti_app.core import metrics, outbound
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.upsert import insert_for
from lti_app.lti.errors import KeysUnavailable
from lti_app.lti.models import PlatformKeys, Registration

log = logging.getLogger(__name__)

MAX_BODY = 256 * 1024
MAX_KEYS = 50
REFETCH_GAP = timedelta(seconds=60)
RETRY_GAP = timedelta(seconds=5)
"""After a failed first fetch; an unknown kid waits the whole REFETCH_GAP."""
STALE_IF_ERROR = timedelta(hours=24)
_WAIT_FOR_OTHER = 3.0


@dataclass(frozen=True)
class _Cached:
    keys: Mapping[str, list[RSAPublicKey]]
    fetched_at: datetime
    fresh_until: datetime


_memory: dict[tuple[str, int], _Cached] = {}


def candidates(registration: Registration, kid: str) -> list[RSAPublicKey]:
    """Return the platform's keys with this id, fetching the set when need be.

    No transaction is open while the platform is asked. KeysUnavailable when there is no such key.
    """
    now = utcnow()
    cached = _known(registration, kid, now)
    if cached is None:
        cached = _refreshed(registration, kid, now)
    return list(cached.keys[kid])


def forget() -> None:
    """Empty this process's memory (tests; the database keeps the shared copy)."""
    _memory.clear()


def _memory_key(registration: Registration) -> tuple[str, int]:
    return str(db.engine.url), registration.id


def _known(registration: Registration, kid: str, now: datetime) -> _Cached | None:
    cached = _memory.get(_memory_key(registration))
    if cached is not None and kid in cached.keys and cached.fresh_until > now:
        return cached
    with unit_of_work():
        row = _row(registration)
    cached = _from_row(registration, row)
    if cached is not None and kid in cached.keys and cached.fresh_until > now:
        return cached
    return None


def _row(registration: Registration) -> PlatformKeys | None:
    return db.session.scalar(
        select(PlatformKeys)
        .where(PlatformKeys.registration_id == registration.id)
        .execution_options(populate_existing=True)
    )


def _from_row(registration: Registration, row: PlatformKeys | None) -> _Cached | None:
    if row is None or row.jwks is None or row.fetched_at is None or row.fresh_until is None:
        return None
    cached = _memory.get(_memory_key(registration))
    if cached is None or cached.fetched_at != row.fetched_at:
        cached = _Cached(usable_keys(row.jwks), row.fetched_at, row.fresh_until)
        _memory[_memory_key(registration)] = cached
    return cached


def _refreshed(registration: Registration, kid: str, now: datetime) -> _Cached:
    """Fetch once for all processes; the others wait for the one that fetches."""
    if _may_fetch(registration, now):
        _fetch(registration)
    else:
        _wait(registration, kid)
    with unit_of_work():
        cached = _from_row(registration, _row(registration))
    if cached is None or kid not in cached.keys or now - cached.fresh_until > STALE_IF_ERROR:
        raise KeysUnavailable(registration.id, kid)
    return cached


def _may_fetch(registration: Registration, now: datetime) -> bool:
    """Claim the right to fetch: one process, one fetch a minute (5 s while there are no keys)."""
    with unit_of_work():
        db.session.execute(
            insert_for(PlatformKeys)
            .values(registration_id=registration.id)
            .on_conflict_do_nothing(index_elements=["registration_id"])
        )
        attempted = PlatformKeys.attempted_at
        claimed = db.session.execute(
            update(PlatformKeys)
            .where(
                PlatformKeys.registration_id == registration.id,
                or_(
                    attempted.is_(None),
                    attempted < now - REFETCH_GAP,
                    PlatformKeys.fetched_at.is_(None) & (attempted < now - RETRY_GAP),
                ),
            )
            .values(attempted_at=now)
            .returning(PlatformKeys.registration_id)
        ).first()
    return claimed is not None


def _wait(registration: Registration, kid: str) -> None:
    """Wait for another process's first fetch; when there are keys already there is no point."""
    deadline = time.monotonic() + _WAIT_FOR_OTHER
    while time.monotonic() < deadline:
        with unit_of_work():
            row = _row(registration)
        if row is None or row.fetched_at is not None:
            return
        if row.attempted_at is None or utcnow() - row.attempted_at > timedelta(seconds=15):
            return
        time.sleep(0.1)


def _fetch(registration: Registration) -> None:
    try:
        answer = outbound.get(
            registration.jwks_url, max_body=MAX_BODY, headers={"Accept": "application/json"}
        )
        jwks = _parsed(answer)
    except (outbound.OutboundError, ValueError, RecursionError) as error:
        metrics.KEY_FETCHES.labels("failed").inc()
        log.warning("platform keys not fetched", extra={"registration": registration.id})
        log.debug("reason", extra={"reason": str(error)})
        return
    metrics.KEY_FETCHES.labels("fetched").inc()
    now = utcnow()
    with unit_of_work():
        db.session.execute(
            update(PlatformKeys)
            .where(PlatformKeys.registration_id == registration.id)
            .values(jwks=jwks, fetched_at=now, fresh_until=now + lifetime(answer.headers))
        )


def _parsed(answer: outbound.Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise ValueError(f"status {answer.status}")
    body = json.loads(answer.body)
    keys = body.get("keys") if isinstance(body, dict) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MAX_KEYS:
        raise ValueError("no usable key set")
    return {"keys": keys}


def lifetime(headers: Mapping[str, str]) -> timedelta:
    """Return how long a key set is fresh: Cache-Control max-age, 1 min to 24 h, default 1 h."""
    match = re.search(r"max-age=(\d{1,9})", headers.get("Cache-Control", ""))
    seconds = int(match[1]) if match else 3600
    return timedelta(seconds=max(60, min(seconds, 86400)))


def usable_keys(jwks: Mapping[str, Any]) -> dict[str, list[RSAPublicKey]]:
    """Return the RSA signing keys of at least 2048 bits by kid; everything else is skipped."""
    found: dict[str, list[RSAPublicKey]] = {}
    for jwk in jwks["keys"]:
        key = _usable(jwk)
        if key is not None:
            found.setdefault(jwk["kid"], []).append(key)
    return found


def _usable(jwk: Any) -> RSAPublicKey | None:
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str):
        return None
    if jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig" or "d" in jwk:
        return None
    if jwk.get("alg", "RS256") != "RS256":
        return None
    try:
        key = RSAAlgorithm.from_jwk(jwk)
    except (InvalidKeyError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= 2048 else None
