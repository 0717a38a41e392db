"""A log of what tools asked, for tests and for people who wonder."""

from flask import Response, g, request

from lti_app.demo import faults, tokens
from lti_app.demo.state import now, store

LONGEST_BODY = 8000
KEPT = 5000


def after_request(answer: Response) -> Response:
    """Note a service call; tokens and assertions are left out."""
    service = faults.service_of_request()
    if service is None:
        return answer
    number = store().insert(
        "request_log",
        at=now(),
        service=service,
        method=request.method,
        url=request.full_path.rstrip("?")[:2000],
        client_id=tokens.client_of_request(),
        status=answer.status_code,
        fault=g.get("demo_fault", ""),
        accept=request.headers.get("Accept", "")[:500],
        content_type=request.headers.get("Content-Type", "")[:500],
        user_agent=request.headers.get("User-Agent", "")[:500],
        body=_body(),
    )
    if number % 500 == 0:
        store().run("DELETE FROM request_log WHERE id <= ?", number - KEPT)
    return answer


def _body() -> str:
    if request.mimetype == "application/x-www-form-urlencoded" or "json" not in request.mimetype:
        return ""
    return request.get_data()[:LONGEST_BODY].decode("utf-8", "replace").replace("\x00", "")
