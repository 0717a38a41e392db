"""Sessions of one launch or sign-in: server side, named in the path, proved by cookie or bearer.

Every session lives under `/s/<session id>/…`, so that two tabs never mix. The id alone gives
nothing: a request must also carry the secret, in a cookie that is limited to that path or, where
the browser keeps no cookie in a frame, as `Authorization: Bearer`.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import Index, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.clock import utcnow
from lti_app.core.db import Base, db
from lti_app.core.errors import DomainError, Forbidden
from lti_app.core.localized import LANGUAGES
from lti_app.core.policy import PUBLIC, Actor
from lti_app.core.tokens import digest, random_id

COOKIE = "expeditie_session"
IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
LEFT = "left"
"""In the data of a session: since when it is over, because somebody else launched there."""
STAY = timedelta(seconds=30)
_TOUCH_EVERY = timedelta(minutes=5)
_SAFE = {"GET", "HEAD", "OPTIONS"}


class SessionMissing(DomainError):
    """There is no such session, it has ended, or this browser is not the one that opened it."""

    code = "session_ended"
    status = 401
    title = _l("Your session has ended")
    advice = _l("Open the module again from your course. What you typed is kept.")


class CsrfRefused(Forbidden):
    """A form that this session did not make."""

    code = "form_expired"
    title = _l("This form is no longer valid")
    advice = _l("Load the page again and send the form once more.")


class WebSession(Base):
    """What one launch or sign-in may do, until it ends."""

    __tablename__ = "web_session"
    __table_args__ = (
        Index("ix_web_session_expires_at", "expires_at"),
        Index("ix_web_session_browser", "browser"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int]
    organisation_id: Mapped[int]
    role: Mapped[str] = mapped_column(String(16))
    context_id: Mapped[int | None]
    resource_link_id: Mapped[int | None]
    data: Mapped[dict[str, Any]]
    """locale, return_url, frame_origins, launch (true when LTI opened it), deep_linking, left."""
    browser: Mapped[str | None] = mapped_column(String(64))
    """Digest of the mark of the browser that launched it: see `leave_others`."""
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


@dataclass(frozen=True)
class OpenSession:
    """The session of this request as it was when the request began.

    Plain values: a page that tells of a failure must not need the database that failed.
    """

    id: str
    person_id: int
    organisation_id: int
    role: str
    context_id: int | None
    resource_link_id: int | None
    data: dict[str, Any]


@dataclass(frozen=True)
class Opening:
    """For whom a session is opened, and with which rights."""

    person_id: int
    organisation_id: int
    role: str
    context_id: int | None = None
    resource_link_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    opened_at: datetime | None = None
    """When the session began that this one goes on; its absolute end stays."""
    browser: str | None = None


def open_session(opening: Opening, *, now: datetime) -> tuple[WebSession, str]:
    """Store a new session; return it with its secret, which is not stored."""
    secret = random_id(32)
    opened_at = opening.opened_at or now
    session = WebSession(
        id=random_id(12),
        token_hash=digest(secret),
        person_id=opening.person_id,
        organisation_id=opening.organisation_id,
        role=opening.role,
        context_id=opening.context_id,
        resource_link_id=opening.resource_link_id,
        data=opening.data,
        browser=opening.browser,
        opened_at=opened_at,
        seen_at=now,
        expires_at=min(now + IDLE, opened_at + ABSOLUTE),
    )
    db.session.add(session)
    return session, secret


def leave_others(opening: Opening, *, now: datetime) -> None:
    """End what other people of the organisation opened in this browser: it has changed hands.

    Unless a page of theirs is still open there, beside the new one, and says so: see `stay`.
    """
    others = select(WebSession).where(
        WebSession.browser == opening.browser,
        WebSession.organisation_id == opening.organisation_id,
        WebSession.person_id != opening.person_id,
    )
    for session in db.session.scalars(others):
        session.data = {LEFT: now.isoformat()} | session.data


def stay(session: WebSession) -> None:
    """Go on with a session that somebody else's launch in the same browser had ended."""
    session.data = {key: value for key, value in session.data.items() if key != LEFT}


def set_cookie(response: Response, session: WebSession, secret: str, *, framed: bool) -> None:
    """Give the browser the secret, for this session's own path only."""
    response.set_cookie(
        COOKIE,
        secret,
        path=f"/s/{session.id}/",
        secure=True,
        httponly=True,
        samesite="None",
        # In a frame only a partitioned cookie survives; at top level it would be one too many.
        partitioned=framed,
        max_age=int(ABSOLUTE.total_seconds()),
    )


def owner_mark(session: WebSession) -> str:
    """Return what a page without cookies knows its owner by: the same person, the same mark."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"owner:{session.person_id}".encode(), hashlib.sha256).hexdigest()[:20]


def is_framed() -> bool:
    """Whether this request fills a frame (Fetch Metadata; our script says X-Embedded)."""
    if request.headers.get("X-Embedded") == "1":
        return True
    return request.headers.get("Sec-Fetch-Dest", "") in ("iframe", "frame", "embed", "object")


def current_session() -> OpenSession:
    """Return the session of this request, or raise SessionMissing."""
    session: OpenSession | None = g.get("web_session")
    if session is None:
        raise SessionMissing()
    return session


def current_actor() -> Actor:
    """Return who asks; PUBLIC outside a session."""
    session: OpenSession | None = g.get("web_session")
    if session is None:
        return PUBLIC
    return Actor(
        person_id=session.person_id,
        organisation_id=session.organisation_id,
        role=session.role,
        context_id=session.context_id,
        resource_link_id=session.resource_link_id,
        session_id=session.id,
    )


def csrf_token(session: OpenSession | WebSession) -> str:
    """Return the token that this session's forms carry."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"csrf:{session.id}".encode(), hashlib.sha256).hexdigest()[:40]


def purge_expired() -> int:
    """Delete ended sessions; return how many."""
    ended = db.session.execute(
        delete(WebSession).where(WebSession.expires_at < utcnow()).returning(WebSession.id)
    )
    return len(ended.all())


def install(app: Flask) -> None:
    """Load the session named in the path before each view, and name it in every URL made there."""

    @app.url_value_preprocessor
    def pull(endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.session_id = (values or {}).pop("session_id", None)

    @app.url_defaults
    def inject(endpoint: str, values: dict[str, Any]) -> None:
        if "session_id" not in values and app.url_map.is_endpoint_expecting(endpoint, "session_id"):
            values["session_id"] = g.get("session_id")


def load_for_request() -> None:
    """Prove the session of this path, inside the request's transaction; check forms."""
    if g.get("session_id") is None:
        return
    session = db.session.get(WebSession, g.session_id)
    now = utcnow()
    if session is None:
        raise SessionMissing()
    g.frame_ancestors = session.data.get("frame_origins", [])  # for the page that says "ended" too
    if session.expires_at < now or _is_left(session, now):
        raise SessionMissing()
    bearer = _bearer()
    secret = bearer or request.cookies.get(COOKIE, "")
    if not hmac.compare_digest(digest(secret), session.token_hash):
        raise SessionMissing()
    _touch(session, now)
    _remember_language(session)
    g.web_session = _as_it_is(session)
    if request.method not in _SAFE and not bearer:
        _check_form(g.web_session)


def _is_left(session: WebSession, now: datetime) -> bool:
    left = session.data.get(LEFT)
    if left is None:
        return False
    may_stay = request.endpoint == "handover.here" and now - datetime.fromisoformat(left) < STAY
    return not may_stay


def _as_it_is(session: WebSession) -> OpenSession:
    return OpenSession(
        id=session.id,
        person_id=session.person_id,
        organisation_id=session.organisation_id,
        role=session.role,
        context_id=session.context_id,
        resource_link_id=session.resource_link_id,
        data=dict(session.data),
    )


def _bearer() -> str:
    scheme, _sep, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _touch(session: WebSession, now: datetime) -> None:
    if now - session.seen_at > _TOUCH_EVERY:
        session.seen_at = now
        session.expires_at = min(now + IDLE, session.opened_at + ABSOLUTE)


def _remember_language(session: WebSession) -> None:
    asked = request.args.get("lang")
    if asked in LANGUAGES and asked != session.data.get("locale"):
        session.data = session.data | {"locale": asked}


def refuse_other_sites(*, required: bool = False) -> None:
    """Refuse a form that another site's page sent (`Origin`, RFC 6454).

    Browsers always name the origin of a POST; `required` refuses what does not.
    """
    sent = request.headers.get("Origin")
    if sent is None and not required:
        return
    ours = current_app.extensions["expeditie_settings"].public_url
    if sent not in (ours, request.host_url.rstrip("/")):
        raise CsrfRefused()


def _check_form(session: OpenSession) -> None:
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(sent.encode(), csrf_token(session).encode()):
        raise CsrfRefused()
    refuse_other_sites()
