"""Signing in by a one-time link, for those who have no LMS (administrators in this version)."""

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_app.core.clock import utcnow
from lti_app.people import service
from lti_app.web import sessions

bp = Blueprint("people", __name__, template_folder="templates")


@bp.get("/sign-in/<token>")
def sign_in(token: str) -> ResponseReturnValue:
    """Ask for one click: a mail scanner that follows links must not use the link up."""
    return render_template("people/sign_in.html", token=token)


@bp.post("/sign-in/<token>")
def open_by_link(token: str) -> ResponseReturnValue:
    """Use the link and open the session that it is for."""
    sessions.refuse_other_sites()
    now = utcnow()
    link = service.use_sign_in_link(token, now=now)
    session, secret = sessions.open_session(
        sessions.Opening(link.person_id, link.organisation_id, link.role), now=now
    )
    response = make_response(redirect(url_for("admin.home", session_id=session.id), 303))
    sessions.set_cookie(response, session, secret, framed=sessions.is_framed())
    return response
