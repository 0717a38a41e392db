"""Connecting and disconnecting platforms (manual registration; the service behind the command)."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lti_app.core import audit
from lti_app.core.db import db
from lti_app.core.errors import Conflict, Fields, Invalid, NotFound
from lti_app.core.schema import hostile_character
from lti_app.core.tokens import random_id
from lti_app.lti import service
from lti_app.lti.gateway.claims import is_host
from lti_app.lti.models import Deployment, Registration
from lti_app.people.models import Organisation

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")
_KNOWN_FRAMES = {"https://canvas.instructure.com": ["https://*.instructure.com"]}
"""Platforms whose courses are shown from other hosts than the issuer's."""


class AlreadyRegistered(Conflict):
    """There is a registration of this issuer and client; it is never overwritten."""

    code = "already_registered"
    title = _l("This platform and client id are connected already")
    advice = _l("Suspend the existing connection first, or use another client id.")


@dataclass(frozen=True)
class Platform:
    """What the administrator of the platform gives us."""

    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None = None
    deployment_ids: tuple[str, ...] = ()
    frame_origins: tuple[str, ...] = ()
    """Origins of the platform's pages that frame us, beyond issuer and authentication address."""


def add(
    organisation: Organisation, platform: Platform, *, https_only: bool, now: datetime
) -> Registration:
    """Register a platform; Invalid names each wrong value, AlreadyRegistered when it exists."""
    _check(platform, https_only)
    query = select(Registration.id).where(
        Registration.issuer == platform.issuer, Registration.client_id == platform.client_id
    )
    if db.session.scalar(query) is not None:
        raise AlreadyRegistered(platform.issuer)
    registration = Registration(
        uid=random_id(16),
        organisation_id=organisation.id,
        issuer=platform.issuer,
        client_id=platform.client_id,
        auth_url=platform.auth_url,
        token_url=platform.token_url,
        jwks_url=platform.jwks_url,
        token_audience=platform.token_audience,
        frame_origins=[*_KNOWN_FRAMES.get(platform.issuer, []), *platform.frame_origins],
        created_at=now,
    )
    db.session.add(registration)
    db.session.flush()
    for deployment_id in platform.deployment_ids:
        service.add_deployment(registration, deployment_id, "active", now=now)
    _note("platform.added", registration, now)
    return registration


def _check(platform: Platform, https_only: bool) -> None:
    wrong: Fields = {}
    for name in ("issuer", "auth_url", "token_url", "jwks_url"):
        if not is_address(getattr(platform, name), https_only):
            wrong[name] = [_("This must be a full address that starts with https://.")]
    for name in ("client_id", "issuer"):
        if not _is_short(getattr(platform, name)):
            wrong[name] = [_("This must be 1 to 255 ordinary characters.")]
    if not all(_is_short(deployment_id) for deployment_id in platform.deployment_ids):
        wrong["deployment_id"] = [_("This must be 1 to 255 ordinary characters.")]
    if not all(_ORIGIN.fullmatch(origin) for origin in platform.frame_origins):
        wrong["frame_origin"] = [_("This must be an origin such as https://school.example.")]
    if wrong:
        raise Invalid(fields=wrong)


def _is_short(value: str) -> bool:
    return 0 < len(value) <= 255 and hostile_character(value, allow_newlines=False) is None


def is_address(value: str, https_only: bool) -> bool:
    """Whether this is a full web address (https, or also http in development) that we can store."""
    try:
        parts = urlsplit(value)
        good = is_host(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:
        return False
    schemes = ("https",) if https_only else ("https", "http")
    clean = hostile_character(value, allow_newlines=False) is None and " " not in value
    return good and clean and parts.scheme in schemes and len(value) <= 500


def set_state(registration: Registration, state: str, *, now: datetime) -> None:
    """Suspend a registration, or let it work again."""
    registration.state = state
    _note(f"platform.{state}", registration, now)


def approve(
    registration: Registration, deployment_id: str, *, now: datetime, actor_id: int | None = None
) -> Deployment:
    """Approve a deployment, whether it was seen before or not."""
    deployment = service.add_deployment(registration, deployment_id, "active", now=now)
    deployment.state = "active"
    _note("deployment.approved", registration, now, actor_id)
    return deployment


def by_id(registration_id: int) -> Registration:
    """Return the registration, or raise NotFound."""
    found = db.session.get(Registration, registration_id)
    if found is None:
        raise NotFound("registration", registration_id)
    return found


def _note(
    verb: str, registration: Registration, now: datetime, actor_id: int | None = None
) -> None:
    audit.record(
        verb,
        actor_id=actor_id,
        organisation_id=registration.organisation_id,
        object_type="registration",
        object_id=registration.id,
        now=now,
    )
