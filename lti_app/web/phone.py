"""From this device to a phone, without a second login: a QR code, and a yes on the first device.

The hand-over goes open -> seen (a phone came, the first one counts) -> confirmed or refused ->
used. Each step is one conditional UPDATE, so of two phones or two clicks one wins.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import segno
from flask import (
    Blueprint,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select, update

from lti_app.core import audit
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.core.errors import Conflict, Forbidden, Gone, NotFound
from lti_app.core.policy import require
from lti_app.core.tokens import digest, random_id
from lti_app.web import handover, sessions
from lti_app.web.handover import HandOver
from lti_app.web.sessions import WebSession

bp = Blueprint("phone", __name__)

LIFETIME = timedelta(minutes=2)
COOKIE = "expeditie_phone"


class PhoneLinkEnded(Gone):
    """Older than two minutes, used, or never made."""

    code = "phone_link_ended"
    title = _l("This QR code does not work any more")
    advice = _l(
        "A code is good for two minutes and for one phone. Make a new one on your first device."
    )


class PhoneTaken(Conflict):
    """Another phone or browser opened the code first."""

    code = "phone_taken"
    title = _l("Another phone or browser opened this code first")
    advice = _l("Was that not you? Choose No on your first device and make a new code.")


class PhoneRefused(Forbidden):
    """The first device said no."""

    code = "phone_refused"
    title = _l("Your first device said no")
    advice = _l("Nothing was opened here. Make a new code on your first device if you meant yes.")


@bp.get("/s/<session_id>/phone")
def make() -> ResponseReturnValue:
    """Make a code for this page of the learner and show it."""
    require(sessions.current_actor().role == "learner")
    ref = random_id(12)
    db.session.add(
        HandOver(
            token_hash=digest(_token(ref)),
            session_id=sessions.current_session().id,
            page=handover.page_asked(),
            expires_at=utcnow() + LIFETIME,
            ref=ref,
            state="open",
        )
    )
    return redirect(url_for("phone.show", ref=ref), 303)


@bp.get("/s/<session_id>/phone/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """The code, or the question whether it was you; for the page's script only the state."""
    found = _own(ref)
    state = _state(found)
    if _wants_state():
        return jsonify(state=state)
    token = _token(ref)
    address = current_app.extensions["expeditie_settings"].public_url + url_for(
        "phone.claim", token=token
    )
    return render_template(
        "phone/device.html",
        state=state,
        ref=ref,
        page=found.page,
        address=address,
        qr=_qr(address) if state == "open" else None,
        code=_code(found),
        back=f"/s/{found.session_id}/{found.page}",
    )


@bp.post("/s/<session_id>/phone/<ref>")
def decide(ref: str) -> ResponseReturnValue:
    """Let the phone in, or not. Deciding twice changes nothing."""
    found = _own(ref)
    verdict = "confirmed" if request.form.get("answer") == "yes" else "refused"
    if _move(found, "seen", verdict):
        _record(f"phone.{verdict}", found)
    return redirect(url_for("phone.show", ref=ref), 303)


@bp.get("/phone/<token>")
def claim(token: str) -> ResponseReturnValue:
    """The phone comes in: the first one waits for a yes, every other one is told."""
    found = db.session.scalar(
        select(HandOver).where(HandOver.token_hash == digest(token), HandOver.ref.is_not(None))
    )
    if found is None:
        raise PhoneLinkEnded()
    waiting = redirect(url_for("phone.wait", ref=found.ref), 303)
    if _is_this_phone(found):
        return waiting
    secret = random_id(32)
    until = utcnow() + LIFETIME
    if not _move(found, "open", "seen", phone_hash=digest(secret), expires_at=until):
        raise PhoneTaken() if _state(found) in ("seen", "confirmed") else PhoneLinkEnded()
    waiting.set_cookie(
        COOKIE, secret, path="/phone/", secure=True, httponly=True, samesite="Lax", max_age=600
    )
    return waiting


@bp.get("/phone/wait/<ref>")
def wait(ref: str) -> ResponseReturnValue:
    """Wait for the first device, with the code that it shows; go on when it said yes."""
    found = db.session.scalar(select(HandOver).where(HandOver.ref == ref))
    if found is None:
        raise PhoneLinkEnded()
    if not _is_this_phone(found):
        raise PhoneTaken()
    state = _state(found)
    if _wants_state():
        return jsonify(state=state)
    if state == "refused":
        raise PhoneRefused()
    if state == "seen":
        return render_template("phone/wait.html", code=_code(found), ref=ref)
    return _go_on(found)


def _go_on(found: HandOver) -> ResponseReturnValue:
    """Open the phone's own session; once."""
    origin = db.session.get(WebSession, found.session_id)
    now = utcnow()
    if origin is None or origin.expires_at < now or not _move(found, "confirmed", "used"):
        raise PhoneLinkEnded()
    session, secret = sessions.open_session(handover.like(origin, None), now=now)
    _record("phone.opened", found)
    response = make_response(redirect(f"/s/{session.id}/{found.page}", 303))
    sessions.set_cookie(response, session, secret, framed=False)
    return response


def _move(found: HandOver, before: str, after: str, **values: Any) -> bool:
    """Take one step, unless it was taken or its time is over; say whether."""
    changed = db.session.scalar(
        update(HandOver)
        .where(HandOver.ref == found.ref, HandOver.state == before, HandOver.expires_at >= utcnow())
        .values(state=after, **values)
        .returning(HandOver.ref)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(found)
    return changed is not None


def _own(ref: str) -> HandOver:
    session = sessions.current_session()
    require(session.role == "learner")
    found = db.session.scalar(
        select(HandOver).where(HandOver.ref == ref, HandOver.session_id == session.id)
    )
    if found is None:
        raise NotFound("phone")
    return found


def _state(found: HandOver) -> str:
    is_over = found.state in ("refused", "used")
    return "expired" if found.expires_at < utcnow() and not is_over else str(found.state)


def _token(ref: str) -> str:
    """The secret in the QR code: made from the reference, so that a reload shows it again."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"phone:{ref}".encode(), hashlib.sha256).hexdigest()[:32]


def _code(found: HandOver) -> str:
    """Two digits that both devices show."""
    return str(10 + int(found.phone_hash[:8], 16) % 90) if found.phone_hash else ""


def _is_this_phone(found: HandOver) -> bool:
    held = digest(request.cookies.get(COOKIE, ""))
    return hmac.compare_digest(held, found.phone_hash or "")


def _wants_state() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _qr(address: str) -> Markup:
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(border=4, light="#fff", dark="#000", omitsize=True))  # noqa: S704


def _record(verb: str, found: HandOver) -> None:
    origin = db.session.get(WebSession, found.session_id)
    audit.record(
        verb,
        actor_id=origin.person_id if origin else None,
        organisation_id=origin.organisation_id if origin else None,
        object_type="hand_over",
        object_id=str(found.ref),
        now=utcnow(),
    )
