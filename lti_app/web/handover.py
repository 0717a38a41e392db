"""From the frame of the LMS to a tab of its own: a one-time address, good for a minute.

A partitioned cookie of the frame is not sent in a new tab, so the tab gets a session of its own
with the same rights, opened by a code that the frame's own page asked for.
"""

import re
from datetime import datetime, timedelta

from flask import Blueprint, g, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import String, delete
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
    """A code that opens one more session like the one that asked for it."""

    __tablename__ = "hand_over"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(32))
    page: Mapped[str] = mapped_column(String(500))
    """Path below `/s/<session id>/`."""
    expires_at: Mapped[datetime]


def address(path: str) -> str | None:
    """Return the address that hands this page of the current session over, if there is one."""
    session: OpenSession | None = g.get("web_session")
    prefix = f"/s/{session.id}/" if session is not None else None
    if prefix is None or not path.startswith(prefix):
        return None
    return url_for("handover.make", page=path[len(prefix) :][:500])


@bp.get("/s/<session_id>/new-tab")
def make() -> ResponseReturnValue:
    """Answer the page's script with a one-time address; a plain click just goes to the page."""
    session = sessions.current_session()
    page = request.args.get("page", "").lstrip("/")
    if not _PAGE.fullmatch(page):
        raise NotFound("page")
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
        delete(HandOver).where(HandOver.token_hash == digest(token)).returning(HandOver)
    )
    origin = db.session.get(WebSession, code.session_id) if code is not None else None
    if code is None or origin is None or min(code.expires_at, origin.expires_at) < now:
        raise SessionMissing()
    session, secret = sessions.open_session(_like(origin), now=now)
    response = make_response(redirect(f"/s/{session.id}/{code.page}", 303))
    sessions.set_cookie(response, session, secret, framed=sessions.is_framed())
    return response


def purge_expired(now: datetime) -> None:
    """Delete codes that nobody used."""
    db.session.execute(delete(HandOver).where(HandOver.expires_at < now))


def _like(origin: WebSession) -> sessions.Opening:
    return sessions.Opening(
        person_id=origin.person_id,
        organisation_id=origin.organisation_id,
        role=origin.role,
        context_id=origin.context_id,
        resource_link_id=origin.resource_link_id,
        data=dict(origin.data),
        opened_at=origin.opened_at,
    )
