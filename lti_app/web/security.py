"""Headers that keep a page ours, and input that no page should ever see."""

import secrets
import time
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from lti_app.core import metrics
from lti_app.core.tokens import random_id
from lti_app.web.errors import BadRequest

MAX_BODY = 1024 * 1024


class _Integer(IntegerConverter):
    """Ids that fit the column: a larger one is simply not there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max", 2**31 - 1)
        super().__init__(*args, **kwargs)


def install(app: Flask) -> None:
    """Screen every request, and dress every answer."""
    app.url_map.converters["int"] = _Integer
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.config["MAX_FORM_PARTS"] = 2000
    app.before_request(_prepare)
    app.after_request(_dress)


def _prepare() -> None:
    g.started = time.perf_counter()
    g.correlation_id = random_id(8)
    g.csp_nonce = secrets.token_urlsafe(16)
    g.frame_ancestors = []


def screen() -> None:
    """Refuse NUL and other characters that databases do not take, wherever they stand."""
    values = [request.path, *request.args.keys(), *request.args.values()]
    try:
        form = request.form
    except HTTPException:
        raise
    except Exception as error:  # a body that breaks off or comes in broken chunks: the server's own
        raise BadRequest() from error
    for name in form:
        values += [name, *form.getlist(name)]
    if any("\x00" in value for value in values):
        raise BadRequest()


def _dress(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # "no-referrer" would make browsers send `Origin: null` with our own forms.
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
    headers.setdefault("Content-Security-Policy", policy())
    headers.setdefault("X-Request-Id", g.get("correlation_id", ""))
    if g.get("session_id") is not None:
        headers.setdefault("Cache-Control", "no-store")
    _count(response)
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _count(response: Response) -> None:
    endpoint = request.endpoint or "none"
    metrics.REQUESTS.labels(endpoint, str(response.status_code)).inc()
    if "started" in g:
        metrics.REQUEST_SECONDS.labels(endpoint).observe(time.perf_counter() - g.started)


def policy() -> str:
    """Return the content security policy of this page; frames only in the LMS it belongs to."""
    ancestors = " ".join(["'self'", *g.get("frame_ancestors", [])])
    form_targets = " ".join(["'self'", *g.get("form_targets", [])])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'nonce-{g.get('csp_nonce', '')}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            f"form-action {form_targets}",
            "base-uri 'none'",
            "manifest-src 'self'",
            f"frame-ancestors {ancestors}",
        ]
    )
