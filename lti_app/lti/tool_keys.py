"""The key pairs with which this tool signs: always one active and one next, both published."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import current_app
from jwt.algorithms import RSAAlgorithm
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import or_, select

from lti_app.core import audit
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.core.metrics import gauge, seconds_between
from lti_app.core.sealed import SealBroken, seal, unseal
from lti_app.core.tokens import random_id
from lti_app.core.upsert import insert_for
from lti_app.lti.models import ToolKey

RETIRED_KEPT = timedelta(hours=48)
"""How long a key stays published after it last signed: platforms cache key sets."""


def ensure(now: datetime) -> None:
    """Make the active and the next key where they are missing; safe when done twice at once."""
    slots = set(db.session.scalars(select(ToolKey.slot)))
    for slot in ("active", "next"):
        if slot not in slots:
            _make(slot, now)


def _make(slot: str, now: datetime) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kid = random_id(12)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    jwk = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    db.session.execute(
        insert_for(ToolKey)
        .values(
            kid=kid,
            slot=slot,
            public_jwk={"kty": "RSA", "n": jwk["n"], "e": jwk["e"]}
            | {"kid": kid, "alg": "RS256", "use": "sig"},
            sealed_private=seal(pem, f"tool-key:{kid}"),
            made_at=now,
        )
        .on_conflict_do_nothing(index_elements=["slot"])
    )


def published(now: datetime) -> list[dict[str, Any]]:
    """Return the public keys that platforms may meet: next, active, and lately retired."""
    keys = db.session.scalars(
        select(ToolKey)
        .where(or_(ToolKey.retired_at.is_(None), ToolKey.retired_at > now - RETIRED_KEPT))
        .order_by(ToolKey.id)
    )
    return [key.public_jwk for key in keys]


def rotate(now: datetime) -> str:
    """Let the next key sign, keep the old one published for 48 h; return the new kid."""
    ensure(now)
    by_slot = {key.slot: key for key in db.session.scalars(select(ToolKey).with_for_update())}
    old, new = by_slot["active"], by_slot["next"]
    old.slot, old.retired_at = old.kid, now
    db.session.flush()
    new.slot = "active"
    db.session.flush()
    _make("next", now)
    audit.record(
        "tool_key.rotated",
        actor_id=None,
        organisation_id=None,
        object_type="tool_key",
        object_id=new.kid,
        now=now,
    )
    return new.kid


def signing_key() -> tuple[str, rsa.RSAPrivateKey]:
    """Return kid and key object of the active key; the object is kept in memory.

    Loading a PEM costs 35 ms, signing 0.25 ms: never load one per signature.
    """
    kid = db.session.scalar(select(ToolKey.kid).where(ToolKey.slot == "active"))
    if kid is None:
        raise LookupError("no tool key; run 'expeditie db upgrade'")
    memory: dict[str, rsa.RSAPrivateKey] = current_app.extensions.setdefault("expeditie_keys", {})
    if kid not in memory:
        sealed = db.session.scalars(select(ToolKey.sealed_private).where(ToolKey.kid == kid)).one()
        pem = unseal(sealed, f"tool-key:{kid}")
        loaded = serialization.load_pem_private_key(pem, None)
        assert isinstance(loaded, rsa.RSAPrivateKey)  # the only type that `_make` seals
        memory[kid] = loaded
    return kid, memory[kid]


def check() -> str:
    """Return "ok" when there is a signing key that this master key opens, else what is wrong."""
    try:
        signing_key()
    except (LookupError, SealBroken) as error:
        return type(error).__name__
    return "ok"


def gauges() -> Iterable[GaugeMetricFamily]:
    """Return how old the key is that signs towards platforms."""
    made = db.session.scalar(select(ToolKey.made_at).where(ToolKey.slot == "active"))
    yield gauge(
        "expeditie_tool_key_age_seconds",
        "Age of the key that signs towards platforms",
        seconds_between(made, utcnow()),
    )
