"""Headers that keep the pages safe."""

from flask import Response, current_app, request

from lti_app.demo import inputs
from lti_app.demo.records import tools


def tool_origins() -> list[str]:
    """Where pages may send the browser: the registered tools and nothing else."""
    origins = {inputs.origin(address) for tool in tools() for address in tool.addresses}
    if current_app.config["DEMO_TOOL_URL"]:
        origins.add(inputs.origin(current_app.config["DEMO_TOOL_URL"]))
    return sorted(origins)


def after_request(answer: Response) -> Response:
    """A strict policy on pages; no caching of what depends on a person."""
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if answer.mimetype == "text/html" and request.endpoint != "static":
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers["Content-Security-Policy"] = _policy()
    return answer


def _policy() -> str:
    allowed = " ".join(["'self'", *tool_origins()])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            f"frame-src {allowed}",
            f"form-action {allowed}",
            "frame-ancestors 'self'",
            "base-uri 'none'",
        ]
    )
