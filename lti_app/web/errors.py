"""Every refusal as a page (Dutch or English) or, for programs, as problem+json (RFC 9457)."""

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from lti_app.core.db import db
from lti_app.core.errors import Conflict, DomainError, Gone, Invalid, NotFound

log = logging.getLogger(__name__)


class TooLarge(DomainError):
    """The body is larger than we take."""

    code = "too_large"
    status = 413
    title = _l("This is too large")
    advice = _l("Send a smaller file or a shorter text.")


class BadRequest(DomainError):
    """The request itself is malformed."""

    code = "bad_request"
    status = 400
    title = _l("This request cannot be read")
    advice = _l("Go back and try again. If it happens again, give the code below to your teacher.")


class MethodNotAllowed(DomainError):
    """The address exists, but not for this verb."""

    code = "method_not_allowed"
    status = 405
    title = _l("This address cannot be opened like this")
    advice = _l("Open the module again from your course.")


class Busy(DomainError):
    """The database could not be reached in time."""

    code = "busy"
    status = 503
    title = _l("It is too busy right now")
    advice = _l("Wait a minute and try again. What you typed is still on your screen.")


class OurFault(DomainError):
    """A defect of ours; logged with the code that the page shows."""

    code = "our_fault"
    status = 500
    title = _l("This is our mistake")
    advice = _l("We have noted it. Try again in a minute, or tell your teacher the code below.")


_BY_STATUS: dict[int, type[DomainError]] = {
    400: BadRequest, 404: NotFound, 405: MethodNotAllowed, 410: Gone, 413: TooLarge, 422: Invalid,
}  # fmt: skip


def install(app: Flask) -> None:
    """Answer every exception in words."""
    app.register_error_handler(DomainError, answer)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, lambda error: answer(Conflict()))
    app.register_error_handler(DataError, lambda error: answer(BadRequest()))
    app.register_error_handler(OverflowError, lambda error: answer(BadRequest()))
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _defect)


def answer(error: DomainError) -> Response:
    """Return the page or problem+json for this refusal."""
    g.error_code = error.code
    log.info(
        "refused", extra={"code": error.code, "status": error.status, "endpoint": request.endpoint}
    )
    try:
        response = _problem(error) if wants_json() else _page(error)
    except Exception:  # a request so broken that no page can be made for it (a bad Host header)
        log.warning("no page for a refusal", extra={"code": error.code})
        response = make_response(str(error.title))
        response.mimetype = "text/plain"
    response.status_code = error.status
    response.headers["X-Error-Code"] = error.code
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_json() -> bool:
    """Whether a program asks, not a person."""
    if request.headers.get("X-Autosave") or request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    asks = any(kind.endswith("json") and quality > 0 for kind, quality in accepted)
    return asks and accepted["text/html"] == 0


def _problem(error: DomainError) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(error.title),
        "status": error.status,
        "code": error.code,
        "detail": str(error.advice),
        "errors": error.fields,
        "instance": g.get("correlation_id"),
    }
    response = jsonify(body)
    response.mimetype = "application/problem+json"
    return response


def _page(error: DomainError) -> Response:
    session = g.get("web_session")
    return make_response(
        render_template(
            "errors/error.html",
            error_code=error.code,
            title=error.title,
            advice=error.advice,
            fields=error.fields,
            status=error.status,
            return_url=session.data.get("return_url")
            if session is not None
            else g.get("return_url"),
            correlation_id=g.get("correlation_id"),
        )
    )


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    kind = _BY_STATUS.get(error.code or 500, BadRequest if (error.code or 500) < 500 else OurFault)
    refusal = kind()
    if kind is BadRequest and error.code:
        refusal.status = error.code
    return answer(refusal)


def _database(error: OperationalError) -> Response:
    db.session.rollback()
    log.error("the database did not answer", exc_info=error)
    return answer(Busy())


def _defect(error: Exception) -> Response:
    db.session.rollback()
    log.error("defect", exc_info=error, extra={"correlation_id": g.get("correlation_id")})
    return answer(OurFault())
