"""Public pages: one proof, its JSON, status lists, issuers, and the check of any proof."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from assessments.credentials import (
    display,
    policy,
    queries,
    schemas,
    signing,
    strict_json,
    verification,
    wording,
)
from assessments.credentials.checking import Verdict
from assessments.credentials.errors import NotShared, NotSignedYet
from assessments.credentials.models import Award
from assessments.credentials.site import current_site
from lti_app.core.clock import utcnow
from lti_app.web.forms import load_form
from lti_app.web.i18n import current_language

bp = Blueprint("credentials", __name__, template_folder="templates")

MEDIA_TYPE = "application/vc+ld+json"
_JSON_TYPES = (MEDIA_TYPE, "application/vc", "application/ld+json", "application/json")
_STATUS_SECONDS = 300


@bp.get("/credentials/<public_id>")
def page(public_id: str) -> ResponseReturnValue:
    """Show a shared proof to a person, or hand the signed credential to a program."""
    given = _shared(public_id)
    best = request.accept_mimetypes.best_match(("text/html", *_JSON_TYPES), default="text/html")
    if best in _JSON_TYPES:
        return credential_response(given, str(best))
    verdict = verification.of_award(given, now=utcnow())
    response = make_response(
        render_template("credentials/page.html", award=given, **verdict_context(verdict))
    )
    response.headers["Vary"] = "Accept, Accept-Language, Cookie"
    return _unlisted(response)


@bp.get("/credentials/<public_id>.json")
def document(public_id: str) -> ResponseReturnValue:
    """Hand out the signed credential of a shared proof."""
    return credential_response(_shared(public_id), MEDIA_TYPE)


@bp.get("/credentials/status/<purpose>/<int:number>")
def status_list(purpose: str, number: int) -> ResponseReturnValue:
    """Serve a signed status list; anybody may read and keep it for a few minutes."""
    found = queries.status_list(purpose, number)
    response = _open_json(found.credential or "", MEDIA_TYPE)
    response.headers["Cache-Control"] = (
        f"public, max-age={_STATUS_SECONDS}, stale-if-error={7 * 86400}"
    )
    response.set_etag(found.etag or "")
    return response.make_conditional(request)


@bp.get("/issuers/<slug>/did.json")
def did_document(slug: str) -> ResponseReturnValue:
    """Serve the public keys of an issuer (did:web)."""
    found = signing.published_document(queries.organisation(slug), current_site(), now=utcnow())
    response = _open_json(jsonify(found).get_data(as_text=True), "application/did+ld+json")
    response.headers["Cache-Control"] = "public, max-age=300, stale-if-error=604800"
    return response


@bp.get("/verify")
def verify() -> ResponseReturnValue:
    """Ask for a proof to check."""
    return _unlisted(make_response(render_template("credentials/verify.html", pasted="")))


@bp.post("/verify")
def check() -> ResponseReturnValue:
    """Check what was pasted or uploaded, by whoever it was issued."""
    pasted = load_form(schemas.VerifySchema)["credential"].strip()
    uploaded = request.files.get("file")
    content: bytes | str = pasted
    if uploaded is not None and uploaded.filename:
        content = uploaded.stream.read(strict_json.MAX_BYTES + 1)
    verdict = verification.of_text(
        content, verification.own_sources(), site=current_site(), now=utcnow()
    )
    status = _status(verdict)
    kept = pasted if status >= 400 else ""  # to correct; an answer needs no second copy
    shown = render_template("credentials/verify.html", pasted=kept, **verdict_context(verdict))
    response = make_response(shown, status)
    if response.status_code >= 400:
        response.headers["X-Error-Code"] = verdict.reason
    return _unlisted(response)


def verdict_context(verdict: Verdict) -> dict[str, Any]:
    """Return what the templates need to show a verdict."""
    title, meaning, kind = wording.STATES[verdict.state]
    readable = verdict.is_authentic and verdict.document
    return {
        "verdict": verdict,
        "verdict_title": title,
        "verdict_meaning": meaning,
        "verdict_kind": kind,
        "wording": wording,
        "shown": display.shown(verdict.document, current_language()) if readable else None,
    }


def credential_response(given: Award, media_type: str) -> Response:
    """Hand out the signed text, byte for byte."""
    if given.credential is None:
        raise NotSignedYet()
    response = _open_json(given.credential, media_type)
    response.headers["Vary"] = "Accept"
    return _unlisted(response)


def _shared(public_id: str) -> Award:
    """Return the proof that its holder shared; the refusal does not say whether it exists."""
    given = queries.award_by_public_id(public_id)
    if not policy.may_see_publicly(given):
        raise NotShared()
    if given.credential is None:
        raise NotSignedYet()
    return given


def _status(verdict: Verdict) -> int:
    """Rubbish is refused as input; a proof that was looked at gets its answer as a page."""
    wrong = {check.step for check in verdict.checks if check.outcome == "failed"}
    if not wrong & {"well_formed", "kind"}:
        return 200
    return 413 if verdict.reason == "too_large" else 422


def _open_json(text: str, media_type: str) -> Response:
    response = Response(text, content_type=f"{media_type}")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
