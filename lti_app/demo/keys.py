"""The platform's own RSA keys."""

import json
import secrets
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from jwt.algorithms import RSAAlgorithm

from lti_app.demo.state import Store


def new_pem() -> str:
    """A fresh 2048-bit key."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@lru_cache(maxsize=32)
def loaded(pem: str) -> RSAPrivateKey:
    """The key object; kept, because loading one checks the primes and takes tens of ms."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


def make_first(state: Store, at: float) -> None:
    """Make a key when there is none yet; of several workers, one wins."""
    if state.row("SELECT kid FROM signing_key WHERE state = 'current'") is None:
        _add(state, at, only_if_none=True)


def rotate(state: Store, at: float, *, keep_old: bool) -> str:
    """Sign with a new key from now on; the old ones stay published when asked."""
    if keep_old:
        state.run("UPDATE signing_key SET state = 'retiring' WHERE state = 'current'")
    else:
        state.run("UPDATE signing_key SET state = 'gone'")
    return _add(state, at, only_if_none=False)


def _add(state: Store, at: float, *, only_if_none: bool) -> str:
    kid, pem = secrets.token_hex(10), new_pem()
    with state.transaction():
        exists = state.row("SELECT kid FROM signing_key WHERE state = 'current'")
        if not (only_if_none and exists):
            state.insert("signing_key", kid=kid, pem=pem, state="current", created_at=at)
    return kid


def current(state: Store) -> tuple[str, str]:
    """Name and PEM of the key that signs."""
    row = state.row(
        "SELECT kid, pem FROM signing_key WHERE state = 'current' ORDER BY created_at DESC, rowid"
    )
    assert row is not None  # made at start
    return row["kid"], row["pem"]


def retired(state: Store) -> tuple[str, str] | None:
    """Name and PEM of the newest key that signs no more, or nothing."""
    row = state.row(
        "SELECT kid, pem FROM signing_key WHERE state != 'current' ORDER BY created_at DESC"
    )
    return (row["kid"], row["pem"]) if row else None


def public_set(state: Store) -> dict[str, list[dict[str, Any]]]:
    """The JWKS: what signs now and what is retiring."""
    rows = state.rows(
        "SELECT kid, pem FROM signing_key WHERE state != 'gone' ORDER BY created_at DESC"
    )
    return {"keys": [public_jwk(row["kid"], row["pem"]) for row in rows]}


def public_jwk(kid: str, pem: str) -> dict[str, Any]:
    """The public half of a key, as Moodle writes it."""
    jwk: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(loaded(pem).public_key()))
    return {
        "kty": "RSA",
        "alg": "RS256",
        "kid": kid,
        "e": jwk["e"],
        "n": jwk["n"],
        "use": "sig",
    }


def public_pem(pem: str) -> bytes:
    """The public half as PEM."""
    return (
        loaded(pem)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
