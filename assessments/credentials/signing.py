"""Keys of issuers: made, sealed, published a day before use, kept for as long as needed.

did:web has no history: a key that is left out of the document kills everything it signed. Retired
keys therefore stay published, for credentials count for years; only revoked keys lose their right.
"""

from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessments.credentials import did, multibase, queries
from assessments.credentials.data_integrity import Signer
from assessments.credentials.errors import CannotSign
from assessments.credentials.models import SigningKey
from assessments.credentials.site import Site
from lti_app.core import audit, sealed
from lti_app.core.db import db
from lti_app.people.models import Organisation

PUBLISHED_BEFORE_USE = timedelta(hours=24)
_opened: dict[str, Ed25519PrivateKey] = {}
"""Private keys, unsealed once per process, by public key."""


def ensure_key(organisation: Organisation, site: Site, *, now: datetime) -> SigningKey:
    """Return the key that signs now: the first one is made, the next one takes over in time."""
    issuer = site.did_of(organisation)
    check_name(issuer, site)
    active = queries.key_in_state(issuer, "active")
    if active is None:  # several may ask for the first one at once
        queries.lock_organisation(organisation.id)
        active = queries.key_in_state(issuer, "active")
    following = queries.key_in_state(issuer, "next")
    if active is None and following is None:
        return _make(organisation, issuer, "active", now)
    if following is not None and (active is None or following.used_from <= now):
        if active is not None:
            active.state = "retired"
            db.session.flush()  # one active key at a time, also within the transaction
        following.state = "active"
        return following
    assert active is not None
    return active


def key_for_list(
    organisation: Organisation, issuer: str, site: Site, *, now: datetime
) -> SigningKey:
    """Return the key for a list of this DID, also when the organisation has moved to another."""
    if issuer == site.did_of(organisation):
        return ensure_key(organisation, site, now=now)
    found = queries.key_in_state(issuer, "active") or queries.key_in_state(issuer, "retired")
    if found is None:
        raise CannotSign(issuer)
    return found


def rotate(
    organisation: Organisation, site: Site, *, actor_id: int | None, now: datetime
) -> SigningKey:
    """Publish the next key; it takes over after a day. Asking again returns the same key."""
    issuer = site.did_of(organisation)
    ensure_key(organisation, site, now=now)
    waiting = queries.key_in_state(issuer, "next")
    if waiting is not None:
        return waiting
    made = _make(organisation, issuer, "next", now)
    made.used_from = now + PUBLISHED_BEFORE_USE
    _record("signing_key.rotated", made, actor_id, now)
    return made


def revoke_key(key: SigningKey, *, actor_id: int | None, now: datetime) -> None:
    """Withdraw a key that leaked: nothing that it signed is accepted any more."""
    key.state, key.revoked_at = "revoked", now
    _opened.pop(key.multikey, None)
    _record("signing_key.revoked", key, actor_id, now)


def signer(key: SigningKey) -> Signer:
    """Return what signs with this key."""
    if key.multikey not in _opened:
        raw = sealed.unseal(key.sealed_private, _seal_context(key.issuer_did, key.multikey))
        _opened[key.multikey] = Ed25519PrivateKey.from_private_bytes(raw)
    return Signer(key.kid, _opened[key.multikey])


def did_document(issuer: str) -> dict[str, Any] | None:
    """Return the document of a DID that we hold keys for, else None."""
    keys = queries.keys_of(issuer)
    return did.document(issuer, [_published(key) for key in keys]) if keys else None


def published_document(organisation: Organisation, site: Site, *, now: datetime) -> dict[str, Any]:
    """Return the document at this issuer's address on our host; the first key is made for it.

    An issuer that has moved to its own domain stays known here under its old name.
    """
    former = did_document(did.default_for(site.host, organisation.slug))
    if former is not None:
        return former
    issuer = site.did_of(organisation)
    ensure_key(organisation, site, now=now)
    return did_document(issuer) or did.document(issuer, [])


def check_name(issuer: str, site: Site) -> None:
    """Raise CannotSign when others could not resolve this name."""
    try:
        did.check_web(issuer, production=site.production)
    except did.BadDid as error:
        raise CannotSign(issuer) from error


def _published(key: SigningKey) -> did.PublishedKey:
    public = multibase.ed25519_public(key.multikey)
    return did.PublishedKey(key.multikey, public, key.state != "revoked", key.revoked_at)


def _make(organisation: Organisation, issuer: str, state: str, now: datetime) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    multikey = multibase.ed25519_multikey(private.public_key().public_bytes_raw())
    made = SigningKey(
        organisation=organisation,
        issuer_did=issuer,
        algorithm="Ed25519",
        multikey=multikey,
        sealed_private=sealed.seal(private.private_bytes_raw(), _seal_context(issuer, multikey)),
        state=state,
        made_at=now,
        used_from=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _seal_context(issuer: str, multikey: str) -> str:
    return f"signing-key:{issuer}:Ed25519:{multikey}"


def _record(verb: str, key: SigningKey, actor_id: int | None, now: datetime) -> None:
    audit.record(
        verb,
        actor_id=actor_id,
        organisation_id=key.organisation_id,
        object_type="signing_key",
        object_id=key.id,
        now=now,
        details={"kid": key.kid},
    )


def forget() -> None:
    """Close all private keys that this process opened."""
    _opened.clear()
