"""The token endpoint, and the bearer tokens that it gives."""

import hashlib
import secrets
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lti_app.demo import faults, inputs, names, tool_keys
from lti_app.demo.profiles import choice
from lti_app.demo.profiles.moodle import Moodle
from lti_app.demo.profiles.standard import Standard
from lti_app.demo.records import Tool, find_tool, tool_by_id
from lti_app.demo.refusals import Refused
from lti_app.demo.state import issuer, now, store
from lti_app.demo.tool_keys import BadToken

bp = Blueprint("tokens", __name__)
TOKEN_SECONDS = 3600
INVALID = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class _Denied(Exception):
    """An OAuth error."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(error, description, status)
        self.error, self.description, self.status = error, description, status


@bp.post(Standard.token_path)
@bp.post(Moodle.token_path, endpoint="moodle_token")
def token() -> ResponseReturnValue:
    """Give a bearer token for a client assertion that is right in every part."""
    profile = choice.of_request()
    try:
        tool = _authenticated(profile, _form())
        scopes = _granted(tool)
    except _Denied as denied:
        payload = {"error": denied.error}
        if profile.slug == "standard" and denied.description:
            payload["error_description"] = denied.description
        return profile.token_answer(payload, denied.status)
    return profile.token_answer(_issued(tool, scopes), 200)


def _form() -> dict[str, str]:
    if request.mimetype != "application/x-www-form-urlencoded":
        raise _Denied("invalid_request", "the body must be form-encoded")
    sent = request.form.to_dict(flat=False)
    try:
        return {name: inputs.single(sent, name) or "" for name in sent}
    except Refused as refused:
        raise _Denied("invalid_request", f"{refused.detail} occurs twice") from refused


def _authenticated(profile: Standard, form: dict[str, str]) -> Tool:
    if form.get("grant_type") != "client_credentials":
        raise _Denied("unsupported_grant_type", "grant_type must be client_credentials")
    if form.get("client_assertion_type") != names.ASSERTION_TYPE:
        raise _Denied("invalid_request", "client_assertion_type is wrong")
    assertion = form.get("client_assertion", "")
    tool = _claimed_tool(assertion)
    try:
        claims = tool_keys.verified(tool, assertion)
        _check_assertion(profile, tool, claims)
    except BadToken as bad:
        _deny(profile, bad.reason)
    return tool


def _deny(profile: Standard, reason: str) -> None:
    if profile.slug == "moodle":
        raise _Denied(reason)
    raise _Denied("invalid_client", reason, 401)


def _claimed_tool(assertion: str) -> Tool:
    """The tool that the assertion says it is from; nothing is believed yet."""
    tool = find_tool(tool_keys.unverified(assertion, "sub"))
    if tool is None:
        raise _Denied("invalid_client", "no tool has this client_id")
    return tool


def _check_assertion(profile: Standard, tool: Tool, claims: dict[str, Any]) -> None:
    if profile.checks_issuer_of_assertion and claims.get("iss") != tool.client_id:
        raise BadToken("iss must be the client_id")
    address = profile.url(profile.token_path)
    allowed = {tool.token_audience} if tool.token_audience else {address}
    if profile.slug == "moodle":
        allowed |= {issuer(), address}
    if not tool_keys.is_for(claims, allowed):
        raise BadToken("aud must be the token endpoint")
    tool_keys.use_once("jti", tool, claims.get("jti"))


def _granted(tool: Tool) -> list[str]:
    """What was asked and is allowed; the rest is dropped without a word."""
    asked = request.form.get("scope", "").split()
    granted = [scope for scope in names.SCOPES if scope in asked and scope in tool.scopes]
    if not granted:
        raise _Denied("invalid_scope", "none of these scopes is allowed")
    return granted


def _issued(tool: Tool, scopes: list[str]) -> dict[str, Any]:
    value = secrets.token_urlsafe(24)
    lifetime = 0 if faults.is_active("token", "expired_token") else TOKEN_SECONDS
    store().run("DELETE FROM access_token WHERE expires_at < ?", now() - 60)
    store().insert(
        "access_token",
        digest=_digest(value),
        tool_id=tool.id,
        scopes=" ".join(scopes),
        expires_at=now() + lifetime,
    )
    return {
        "access_token": value,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(scopes),
    }


def bearer(profile: Standard, *scopes: str) -> Tool:
    """The tool behind the bearer token of this request, which holds one of the scopes."""
    if faults.is_active(str(faults.service_of_request()), "expired_token"):
        revoke()
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    row = store().row("SELECT * FROM access_token WHERE digest = ?", _digest(value.strip()))
    if kind.lower() != "bearer" or row is None or row["expires_at"] <= now():
        raise Refused(401, "bad_token", "", INVALID)
    tool = tool_by_id(row["tool_id"])
    if tool.profile != profile.slug:
        raise Refused(401, "bad_token", "", INVALID)
    if not set(scopes) & set(row["scopes"].split()):
        header = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
        raise Refused(profile.unscoped_status, "no_scope", " ".join(scopes), header)
    return tool


def revoke() -> None:
    """Forget the bearer token of this request, as if its time had come."""
    value = request.headers.get("Authorization", "").partition(" ")[2].strip()
    store().run("DELETE FROM access_token WHERE digest = ?", _digest(value))


def client_of_request() -> str:
    """The client_id behind this request, for the log."""
    value = request.headers.get("Authorization", "").partition(" ")[2].strip()
    row = store().row(
        "SELECT client_id FROM access_token JOIN tool ON tool.id = tool_id WHERE digest = ?",
        _digest(value),
    )
    if row:
        return str(row["client_id"])
    if request.endpoint and request.endpoint.startswith("tokens."):
        return tool_keys.unverified(request.form.get("client_assertion", ""), "sub")
    return request.values.get("client_id", "")[:255]


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
