"""The addresses that a platform calls: login, launch, key set. See `shared` lti.md, 6.2."""

import hmac
import json
import logging
import re
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from config.settings import Settings
from lti_app.core import metrics, sealed
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.errors import DomainError, Invalid
from lti_app.core.schema import load
from lti_app.core.tokens import digest, random_id
from lti_app.lti import landing, login, service, tool_keys
from lti_app.lti.errors import (
    BrowserNotProved,
    ClaimsInvalid,
    LaunchRefused,
    PlatformRefused,
)
from lti_app.lti.gateway import claims as claim_reader
from lti_app.lti.gateway import id_token
from lti_app.lti.launch import Launch, RecordedLaunch
from lti_app.lti.models import LoginTransaction, Registration
from lti_app.lti.schemas import LaunchForm, LoginForm, ProofForm
from lti_app.web import sessions

bp = Blueprint("lti", __name__, url_prefix="/lti", template_folder="templates")
log = logging.getLogger(__name__)

_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?=[/?#]|\Z)")
PROBE = "expeditie_probe"
BROWSER = "expeditie_browser"  # who launches here next ends what others opened here
"""A cookie that scripts can read: tells whether this browser keeps cookies in this place."""


def _settings() -> Settings:
    settings: Settings = current_app.extensions["expeditie_settings"]
    return settings


def _single_values(source: MultiDict[str, str], schema: type[Schema]) -> dict[str, Any]:
    """Load a form in which no parameter may stand twice (a classic way to confuse two readers)."""
    values: dict[str, str] = {}
    for name, found in source.lists():
        if len(found) > 1:
            raise LaunchRefused(name)
        values[name] = found[0]
    try:
        return load(schema, values)
    except Invalid as error:
        raise ClaimsInvalid(fields=error.fields) from error


@bp.route("/login", methods=["GET", "POST"])
@bp.route("/login/<uid>", methods=["GET", "POST"])
def begin_login(uid: str | None = None) -> ResponseReturnValue:
    """Begin a login: remember it, mark the browser, send it to the platform."""
    form = _single_values(request.values if request.method == "POST" else request.args, LoginForm)
    registration = login.find_registration(form["iss"], form["client_id"], uid)
    g.frame_ancestors = frame_origins(registration)
    initiation = login.Initiation(
        issuer=form["iss"],
        login_hint=form["login_hint"],
        target_link_uri=form["target_link_uri"],
        client_id=form["client_id"],
        message_hint=form["lti_message_hint"],
        storage_target=form["lti_storage_target"],
    )
    redirect_uri = _settings().public_url + "/lti/launch"
    begun = login.begin(registration, initiation, redirect_uri, now=utcnow())
    if _must_be_proved(initiation):
        response = make_response(_proof_page(begun, initiation, registration))
    else:
        response = make_response(redirect(begun.auth_url, 302))
    _mark_browser(response, begun)
    return response


def _must_be_proved(initiation: login.Initiation) -> bool:
    """Whether we must learn, before leaving for the platform, if this browser keeps our cookie.

    Moodle's launch hint works once: finding out afterwards is too late.
    """
    if PROBE in request.cookies:
        return False
    unknown_place = "Sec-Fetch-Dest" not in request.headers
    return sessions.is_framed() or (unknown_place and initiation.storage_target is not None)


def _proof_page(
    begun: login.Begun, initiation: login.Initiation, registration: Registration
) -> str:
    again = {
        "iss": initiation.issuer,
        "client_id": registration.client_id,
        "login_hint": initiation.login_hint,
        "target_link_uri": initiation.target_link_uri,
    }
    if initiation.message_hint is not None:
        again["lti_message_hint"] = initiation.message_hint
    return render_template(
        "proof.html",
        auth_url=begun.auth_url,
        state=begun.state,
        storage_value=begun.storage_value,
        storage_target=initiation.storage_target,
        storage_origin=origin(registration.auth_url),
        new_tab_url=url_for("lti.begin_login", uid=registration.uid) + "?" + urlencode(again),
    )


def _mark_browser(response: Response, begun: login.Begun) -> None:
    framed = sessions.is_framed()
    common: dict[str, Any] = {"path": "/lti/", "secure": True, "samesite": "None"}
    response.set_cookie(
        _cookie_name(begun.state),
        begun.cookie_secret,
        httponly=True,
        partitioned=framed,
        max_age=int(login.LIFETIME.total_seconds()),
        **common,
    )
    if PROBE not in request.cookies:
        response.set_cookie(PROBE, "1", partitioned=framed, max_age=30 * 86400, **common)
    response.headers["Cache-Control"] = "no-store"


def _cookie_name(state: str) -> str:
    # One cookie per login, so that two tabs that log in at once do not take each other's.
    return f"expeditie_login_{digest(state)[:12]}"


@bp.post("/launch")
def launch() -> ResponseReturnValue:
    """Take a launch: verify it, prove the browser, store it, open its session, go to its page."""
    try:
        return _launch()
    except DomainError as error:
        db.session.rollback()
        metrics.LAUNCHES.labels(error.code).inc()
        raise


def _launch() -> ResponseReturnValue:
    if "error" in request.form:
        raise PlatformRefused(fields=_platform_error())
    form = _single_values(request.form, LaunchForm)
    now = utcnow()
    with unit_of_work():  # whatever follows, this state has been used
        transaction = login.take(form["state"], now=now)
        registration = transaction.registration
    login.refuse_suspended(registration)
    g.frame_ancestors = frame_origins(registration)
    claims = id_token.verify(form["id_token"], registration, transaction.nonce)
    told = claim_reader.to_launch(claims)
    service.check_target(told.target_link_uri, _settings().public_url)
    g.return_url = told.return_url
    if _cookie_proves(form["state"], transaction):
        return _opened(registration, told, bearer=False)
    if transaction.storage_hash is None:
        raise BrowserNotProved()
    return _ask_storage(form["state"], transaction, claims)


def _platform_error() -> dict[str, list[str]]:
    """Return the platform's own words, short; the template escapes them."""
    shown = request.form.get("error_description") or request.form.get("error", "")
    return {"error": [shown[:200]]}


def _cookie_proves(state: str, transaction: LoginTransaction) -> bool:
    secret = request.cookies.get(_cookie_name(state), "")
    return hmac.compare_digest(digest(secret), transaction.cookie_hash)


def _ask_storage(
    state: str, transaction: LoginTransaction, claims: dict[str, Any]
) -> ResponseReturnValue:
    registration = transaction.registration
    secret = sealed.seal(json.dumps(claims).encode(), f"pending-launch:{registration.id}")
    ticket = login.keep_pending(transaction, secret, now=utcnow())
    return render_template(
        "launch_proof.html",
        state=state,
        storage_target=transaction.storage_target,
        storage_origin=origin(registration.auth_url),
        ticket=ticket,
        proof_action=url_for("lti.prove"),
        new_tab_url=None,
        return_url=g.get("return_url"),
    )


@bp.post("/launch/proof")
def prove() -> ResponseReturnValue:
    """Finish a launch whose browser proved itself by the platform's storage."""
    sessions.refuse_other_sites(required=True)
    form = _single_values(request.form, ProofForm)
    with unit_of_work():
        pending = login.take_pending(form["ticket"], now=utcnow())
        registration = pending.registration
    login.refuse_suspended(registration)
    g.frame_ancestors = frame_origins(registration)
    if not hmac.compare_digest(digest(form["value"]), pending.storage_hash):
        raise BrowserNotProved()
    plain = sealed.unseal(pending.sealed_claims, f"pending-launch:{registration.id}")
    return _opened(registration, claim_reader.to_launch(json.loads(plain)), bearer=True)


def _opened(registration: Registration, told: Launch, *, bearer: bool) -> ResponseReturnValue:
    """Store the launch, open its session and go to its first page."""
    now = utcnow()
    recorded = service.record_launch(registration, told, now=now)
    mark = None if bearer else request.cookies.get(BROWSER) or random_id(32)
    opening = _opening(registration, recorded, browser=digest(mark) if mark else None)
    if mark in request.cookies.getlist(BROWSER):
        sessions.leave_others(opening, now=now)
    session, secret = sessions.open_session(opening, now=now)
    destination = landing.land(recorded, session.id)
    metrics.LAUNCHES.labels("opened").inc()
    if bearer:
        owner = sessions.owner_mark(session)
        page = render_template(
            "bearer.html", bearer_token=secret, destination=destination, owner=owner
        )
        response = make_response(page)
        response.headers["Cache-Control"] = "no-store"
        return response
    response = make_response(redirect(destination, 303))
    sessions.set_cookie(response, session, secret, framed=sessions.is_framed())
    _keep_mark(response, str(mark))
    return response


def _keep_mark(response: Response, mark: str) -> None:
    response.set_cookie(
        BROWSER,
        mark,
        path="/lti/",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=sessions.is_framed(),
        max_age=30 * 86400,
    )


def _opening(
    registration: Registration, recorded: RecordedLaunch, *, browser: str | None
) -> sessions.Opening:
    told = recorded.launch
    data: dict[str, Any] = {
        "launch": True,
        "locale": told.locale,
        "return_url": told.return_url,
        "frame_origins": frame_origins(registration, told.return_url),
    }
    if told.deep_linking is not None:
        data["deep_linking"] = told.deep_linking | {"deployment": recorded.deployment_id}
    return sessions.Opening(
        person_id=recorded.person_id,
        organisation_id=recorded.organisation_id,
        role=recorded.role,
        context_id=recorded.context_id,
        resource_link_id=recorded.resource_link_id,
        data=data,
        browser=browser,
    )


def origin(url: str) -> str:
    """Return scheme, host and port of an address; "" when a header could not hold it safely."""
    match = _ORIGIN.match(url)
    return match[0].lower() if match else ""


def frame_origins(registration: Registration, return_url: str | None = None) -> list[str]:
    """Return the origins that may frame our pages: this platform's own, nobody else's."""
    told = [registration.issuer, registration.auth_url, return_url or ""]
    found = [origin(url) for url in told]
    return list(dict.fromkeys(filter(None, [*found, *registration.frame_origins])))


@bp.get("/jwks.json")
def key_set() -> Response:
    """The public keys with which platforms check our messages."""
    response = jsonify(keys=tool_keys.published(utcnow()))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/launch")
def launch_by_hand() -> ResponseReturnValue:
    """Somebody opened the launch address in a browser: say how it is meant."""
    raise LaunchRefused("GET")
