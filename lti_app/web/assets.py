"""Static files under addresses that change with their content, to be kept for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

_STATIC = Path(__file__).parent / "static"


def install(app: Flask) -> None:
    """Add `asset()` to the templates, and long caching for hashed addresses."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_cache)


def asset(path: str) -> str:
    """Return the address of a file under `lti_app/web/static`."""
    file = _STATIC / path
    # Where files are edited while the application runs, each look counts; elsewhere one is enough.
    changed_at = file.stat().st_mtime_ns if current_app.config["TEMPLATES_AUTO_RELOAD"] else 0
    return url_for("static", filename=path, v=_hash(file, changed_at))


@lru_cache(maxsize=256)
def _hash(file: Path, _changed_at: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _cache(response: Response) -> Response:
    if request.endpoint == "static" and request.args.get("v") and response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
