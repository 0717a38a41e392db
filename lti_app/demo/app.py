"""The demo LMS as a Flask application."""

import tempfile
import time
from pathlib import Path

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lti_app.demo import (
    ags,
    api,
    api_for_tests,
    deep_linking,
    faults,
    keys,
    languages,
    names,
    nrps,
    oidc,
    pages,
    registration,
    request_log,
    security,
    seed,
    staff_pages,
    tokens,
)
from lti_app.demo.profiles import choice
from lti_app.demo.refusals import Refused
from lti_app.demo.state import Store, close_store

BLUEPRINTS = (
    *(oidc.bp, tokens.bp, ags.bp, nrps.bp, deep_linking.bp, registration.bp),
    *(pages.bp, staff_pages.bp, api.bp, api_for_tests.bp),
)
SERVICE_TYPES = {"scores": names.SCORE_TYPE, "moodle_scores": names.SCORE_TYPE}


def create_platform(*, issuer: str, storage: Path | None, tool_url: str = "") -> Flask:
    """The demo LMS; without a storage folder it forgets everything when it ends."""
    app = Flask(__name__, template_folder="templates", static_folder="static")
    app.config["DEMO_ISSUER"] = issuer.rstrip("/")
    app.config["DEMO_TOOL_URL"] = tool_url.rstrip("/")
    app.config["DEMO_CLOCK"] = time.time
    app.config["DEMO_STORAGE"] = _file(app, storage)
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    _make_ready(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.before_request(languages.remember)
    app.before_request(faults.before_request)
    app.after_request(request_log.after_request)
    app.after_request(security.after_request)
    app.teardown_appcontext(close_store)
    app.context_processor(languages.in_templates)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _file(app: Flask, storage: Path | None) -> Path:
    if storage is None:
        folder = tempfile.TemporaryDirectory(prefix="demo-lms-")
        app.extensions["demo_folder"] = folder  # removed together with the application
        return Path(folder.name) / "demo-lms.db"
    storage.mkdir(parents=True, exist_ok=True)
    return storage / "demo-lms.db"


def _make_ready(app: Flask) -> None:
    state = Store(app.config["DEMO_STORAGE"])
    try:
        state.create_tables()
        seed.seed(state)
        keys.make_first(state, time.time())
    finally:
        state.close()


def _refused(refused: Refused) -> ResponseReturnValue:
    """Say no in the form that the caller reads: a page, JSON, or the service's own way."""
    message = languages.translated(f"refused_{refused.code}")
    if request.blueprint in ("ags", "nrps"):
        return _service_refusal(refused)
    if request.blueprint in ("api", "api_for_tests", "tokens", "registration"):
        answer = jsonify(refused.as_json(message))
        answer.headers.extend(refused.headers)
        return answer, refused.status
    page = render_template("demo/refused.html", refused=refused, message=message)
    return page, refused.status, {"X-Error-Code": refused.code}


def _service_refusal(refused: Refused) -> Response:
    profile = choice.of_request()
    if refused.code == "moodle_html":
        return Response("<!DOCTYPE html><title>Error</title>", 404, mimetype="text/html")
    endpoint = (request.endpoint or "").split(".")[-1]
    media_type = SERVICE_TYPES.get(endpoint) if refused.status in (400, 409) else None
    return profile.refusal(refused, languages.english(f"refused_{refused.code}"), media_type)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    if request.path.startswith(("/api/", "/services/", "/mod/lti/services.php", "/oauth2/")):
        body = {"status": status, "error": error.name, "error_description": error.description}
        return jsonify(body), status
    refused = Refused(status, "http")
    message = languages.translated("refused_http")
    return render_template("demo/refused.html", refused=refused, message=message), status
