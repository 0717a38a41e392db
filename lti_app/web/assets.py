"""Static files under addresses that change with their content, to be kept for ever."""

import hashlib
from pathlib import Path

from flask import Flask, Response, request, url_for

_hashes: dict[tuple[str, int], str] = {}


def install(app: Flask) -> None:
    """Add `asset()` to the templates, and long caching for hashed addresses."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_cache)


def asset(path: str) -> str:
    """Return the address of a file under `lti_app/web/static`."""
    return url_for("static", filename=path, v=_hash(path))


def _hash(path: str) -> str:
    file = Path(__file__).parent / "static" / path
    key = (path, file.stat().st_mtime_ns if file.is_file() else 0)
    if key not in _hashes:
        content = file.read_bytes() if file.is_file() else b""
        _hashes[key] = hashlib.sha256(content).hexdigest()[:12]
    return _hashes[key]


def _cache(response: Response) -> Response:
    if request.endpoint == "static" and request.args.get("v") and response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
