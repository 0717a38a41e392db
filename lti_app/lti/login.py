"""The login before a launch: single use, bound to browser, issuer and client (LTI Core 5.1.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import delete, select

from lti_app.core.db import db
from lti_app.core.tokens import digest, random_id
from lti_app.lti.errors import PlatformSuspended, StateUnknown, UnknownPlatform
from lti_app.lti.models import LoginTransaction, PendingLaunch, Registration

LIFETIME = timedelta(minutes=10)
TICKET_LIFETIME = timedelta(minutes=2)


@dataclass(frozen=True)
class Initiation:
    """What the platform sends to begin a login."""

    issuer: str
    login_hint: str
    target_link_uri: str
    client_id: str = ""
    message_hint: str | None = None
    storage_target: str | None = None


@dataclass(frozen=True)
class Begun:
    """A login that was begun: where to send the browser, and what proves it later."""

    auth_url: str
    state: str
    cookie_secret: str
    storage_value: str | None


def find_registration(issuer: str, client_id: str, uid: str | None) -> Registration:
    """Return the registration for this login; UnknownPlatform or PlatformSuspended otherwise.

    By issuer and client; else by the unguessable address; else by issuer when it has but one.
    """
    query = select(Registration).where(Registration.issuer == issuer)
    if client_id:
        query = query.where(Registration.client_id == client_id)
    if uid is not None:
        query = query.where(Registration.uid == uid)
    found = db.session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise UnknownPlatform(issuer, client_id)
    refuse_suspended(found[0])
    return found[0]


def refuse_suspended(registration: Registration) -> None:
    """Raise PlatformSuspended unless the registration works."""
    if registration.state != "active":
        raise PlatformSuspended(registration.id)


def begin(
    registration: Registration, initiation: Initiation, redirect_uri: str, *, now: datetime
) -> Begun:
    """Store a login transaction; return the authentication request that belongs to it."""
    state, nonce, cookie = random_id(32), random_id(32), random_id(32)
    storage_value = random_id(32) if initiation.storage_target else None
    db.session.add(
        LoginTransaction(
            state_hash=digest(state),
            registration_id=registration.id,
            nonce=nonce,
            cookie_hash=digest(cookie),
            storage_hash=digest(storage_value) if storage_value else None,
            storage_target=initiation.storage_target,
            expires_at=now + LIFETIME,
        )
    )
    auth_url = _with_parameters(
        registration.auth_url,
        _request(registration, initiation, redirect_uri) | {"state": state, "nonce": nonce},
    )
    return Begun(auth_url, state, cookie, storage_value)


def _request(
    registration: Registration, initiation: Initiation, redirect_uri: str
) -> dict[str, str]:
    """Return the authentication request (LTI Core 5.1.1.2), all but state and nonce."""
    parameters = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": redirect_uri,
        "login_hint": initiation.login_hint,
    }
    if initiation.message_hint is not None:
        parameters["lti_message_hint"] = initiation.message_hint
    return parameters


def _with_parameters(url: str, parameters: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))


def take(state: str, *, now: datetime) -> LoginTransaction:
    """Take the login out of the table: of two launches with one state, exactly one gets it.

    DELETE … RETURNING is atomic on both databases; `rowcount` is not to be relied on.
    """
    taken = db.session.scalar(
        delete(LoginTransaction)
        .where(LoginTransaction.state_hash == digest(state))
        .returning(LoginTransaction)
        .execution_options(synchronize_session=False)
    )
    if taken is None or taken.expires_at < now:
        raise StateUnknown()
    return taken


def keep_pending(transaction: LoginTransaction, sealed_claims: bytes, *, now: datetime) -> str:
    """Keep a verified launch until the browser proved itself; return the one-time ticket."""
    ticket = random_id(32)
    db.session.add(
        PendingLaunch(
            ticket_hash=digest(ticket),
            registration_id=transaction.registration_id,
            storage_hash=transaction.storage_hash or "",
            sealed_claims=sealed_claims,
            expires_at=now + TICKET_LIFETIME,
        )
    )
    return ticket


def take_pending(ticket: str, *, now: datetime) -> PendingLaunch:
    """Take the launch that waits under this ticket; StateUnknown when there is none any more."""
    taken = db.session.scalar(
        delete(PendingLaunch)
        .where(PendingLaunch.ticket_hash == digest(ticket))
        .returning(PendingLaunch)
        .execution_options(synchronize_session=False)
    )
    if taken is None or taken.expires_at < now:
        raise StateUnknown()
    return taken


def purge_expired(now: datetime) -> None:
    """Delete logins and tickets that nobody came back for."""
    db.session.execute(delete(LoginTransaction).where(LoginTransaction.expires_at < now))
    db.session.execute(delete(PendingLaunch).where(PendingLaunch.expires_at < now))
