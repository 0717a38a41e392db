"""From the frame of the LMS to a tab of its own: a one-time address, good for a minute.

A partitioned cookie of the frame is not sent in a new tab, so the tab gets a session of its own
with the same rights, opened by a code that the frame's own page asked for.
"""

import re
from datetime import datetime, timedelta

from flask import Blueprint, g, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Index, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.clock import utcnow
from lti_app.core.db import Base, db
from lti_app.core.errors import NotFound
from lti_app.core.tokens import digest, random_id
from lti_app.web import sessions
from lti_app.web.sessions import OpenSession, SessionMissing, WebSession

bp = Blueprint("handover", __name__)

LIFETIME = timedelta(seconds=60)
_PAGE = re.compile(r"[A-Za-z0-9_./?=&%-]{0,500}")


class HandOver(Base):
    """A code that opens one more session like the one that asked for it: here, or on a phone."""

    __tablename__ = "hand_over"
    __table_args__ = (Index("ix_hand_over_ref", "ref", unique=True),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(32))
    page: Mapped[str] = mapped_column(String(500))
    """Path below `/s/<session id>/`."""
    expires_at: Mapped[datetime]
    ref: Mapped[str | None] = mapped_column(String(32))
    """Names the hand-over to a phone in addresses; the token cannot be made from it."""
    state: Mapped[str | None] = mapped_column(String(16))
    """To a phone: open, seen, confirmed, refused, used. None: to a tab."""
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    """Digest of the secret of the phone that came first."""


def address(path: str) -> str | None:
    """Return the address that hands this page of the current session over, if there is one."""
    page = page_of(path)
    return url_for("handover.make", page=page) if page is not None else None


def page_of(path: str) -> str | None:
    """Return the path below the current session; None for a path elsewhere."""
    session: OpenSession | None = g.get("web_session")
    prefix = f"/s/{session.id}/" if session is not None else None
    if prefix is None or not path.startswith(prefix):
        return None
    return path[len(prefix) :][:500]


@bp.get("/s/<session_id>/new-tab")
def make() -> ResponseReturnValue:
    """Answer the page's script with a one-time address; a plain click just goes to the page."""
    session = sessions.current_session()
    page = page_asked()
    if request.accept_mimetypes.best != "application/json":
        return redirect(f"/s/{session.id}/{page}", 303)
    token = random_id(32)
    expires_at = utcnow() + LIFETIME
    db.session.add(
        HandOver(token_hash=digest(token), session_id=session.id, page=page, expires_at=expires_at)
    )
    return jsonify(url=url_for("handover.use", token=token))


@bp.get("/open/<token>")
def use(token: str) -> ResponseReturnValue:
    """Open a session of this tab's own and go to the page."""
    now = utcnow()
    code = db.session.scalar(
        delete(HandOver)
        .where(HandOver.token_hash == digest(token), HandOver.ref.is_(None))
        .returning(HandOver)
    )
    origin = db.session.get(WebSession, code.session_id) if code is not None else None
    if code is None or origin is None or min(code.expires_at, origin.expires_at) < now:
        raise SessionMissing()
    session, secret = sessions.open_session(like(origin, origin.browser), now=now)
    response = make_response(redirect(f"/s/{session.id}/{code.page}", 303))
    sessions.set_cookie(response, session, secret, framed=sessions.is_framed())
    return response


@bp.post("/s/<session_id>/end")
def end() -> ResponseReturnValue:
    """End this session: somebody else goes on in this browser."""
    db.session.execute(delete(WebSession).where(WebSession.id == sessions.current_session().id))
    return "", 204


@bp.post("/s/<session_id>/here")
def here() -> ResponseReturnValue:
    """A page of this session is still open beside the one that somebody else opened: both stay."""
    session = db.session.get(WebSession, sessions.current_session().id)
    if session is not None:
        sessions.stay(session)
    return "", 204


def purge_expired(now: datetime) -> None:
    """Delete codes that nobody used."""
    db.session.execute(delete(HandOver).where(HandOver.expires_at < now))


def page_asked() -> str:
    """Return the page to go on with, below `/s/<session id>/`; NotFound for what is none."""
    page = request.args.get("page", "").lstrip("/")
    if not _PAGE.fullmatch(page):
        raise NotFound("page")
    return page


def like(origin: WebSession, browser: str | None) -> sessions.Opening:
    """Return the same rights, in this browser, until the same absolute end."""
    return sessions.Opening(
        person_id=origin.person_id,
        organisation_id=origin.organisation_id,
        role=origin.role,
        context_id=origin.context_id,
        resource_link_id=origin.resource_link_id,
        data=dict(origin.data),
        opened_at=origin.opened_at,
        browser=browser,
    )
