"""LTI Dynamic Registration 1.0: a tool that introduces itself."""

import hashlib
import json
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from lti_app.demo import arrangements, inputs, names
from lti_app.demo.profiles import choice
from lti_app.demo.profiles.moodle import Moodle
from lti_app.demo.profiles.standard import Standard
from lti_app.demo.records import Tool
from lti_app.demo.refusals import Refused
from lti_app.demo.state import now, store

bp = Blueprint("registration", __name__)
TOKEN_SECONDS = 3600
REQUIRED = (
    *("application_type", "response_types", "grant_types", "initiate_login_uri"),
    *("redirect_uris", "client_name", "jwks_uri", "token_endpoint_auth_method"),
    names.TOOL_CONFIGURATION,
)


class _Denied(Exception):
    """A registration that is refused."""

    def __init__(self, status: int, error: str, description: str, plain: str) -> None:
        super().__init__(status, error, description, plain)
        self.status, self.error, self.description, self.plain = status, error, description, plain


def invite(profile: Standard) -> dict[str, str]:
    """A token that registers one tool once, and where to use it."""
    token = secrets.token_urlsafe(24)
    store().insert(
        "registration",
        digest=_digest(token),
        client_id=profile.new_client_id(),
        expires_at=now() + TOKEN_SECONDS,
    )
    return {
        "registration_token": token,
        "openid_configuration": profile.url(profile.configuration_path),
    }


@bp.post(Standard.registration_path)
@bp.post(Moodle.registration_path, endpoint="moodle_register")
def register() -> ResponseReturnValue:
    """Take a registration with a one-time token."""
    profile = choice.of_request()
    try:
        client_id = _invited()
        data = _metadata()
        _check(data)
        _use_up(client_id)
        tool = _added(profile, client_id, data)
    except _Denied as denied:
        return _refusal(profile, denied)
    answer = Response(json.dumps(_described(tool, data)), profile.registered_status)
    answer.content_type = "application/json"
    return answer


def _refusal(profile: Standard, denied: _Denied) -> Response:
    if profile.slug == "moodle":
        return Response(denied.plain, denied.status, mimetype="text/html")
    body = {"error": denied.error, "error_description": denied.description}
    return Response(json.dumps(body), denied.status, mimetype="application/json")


def _invited() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise _Denied(401, "invalid_token", "no token", "missing_registration_token")
    row = store().row("SELECT * FROM registration WHERE digest = ?", _digest(token.strip()))
    if row is None or row["expires_at"] < now():
        raise _Denied(401, "invalid_token", "unknown or expired", "invalid_token")
    if row["used_at"] is not None:
        raise _Denied(401, "invalid_token", "used before", "token_already_used")
    return str(row["client_id"])


def _use_up(client_id: str) -> None:
    taken = store().run(
        "UPDATE registration SET used_at = ? WHERE client_id = ? AND used_at IS NULL",
        *(now(), client_id),
    )
    if taken != 1:
        raise _Denied(401, "invalid_token", "used before", "token_already_used")


def _metadata() -> dict[str, Any]:
    try:
        return inputs.json_object()
    except Refused as refused:
        raise _Denied(400, "invalid_client_metadata", "no JSON object", "not JSON") from refused


def _check(data: dict[str, Any]) -> None:
    for name in REQUIRED:
        if not data.get(name):
            raise _wrong(name, f"missing required attribute {name}")
    if data["application_type"] != "web":
        raise _wrong("application_type", "invalid_application_type")
    if data["response_types"] != ["id_token"]:
        raise _wrong("response_types", "invalid_response_types")
    if data["token_endpoint_auth_method"] != "private_key_jwt":
        raise _wrong("token_endpoint_auth_method", "invalid_token_endpoint_auth_method")
    _check_addresses(data)
    _check_configuration(data[names.TOOL_CONFIGURATION])


def _check_addresses(data: dict[str, Any]) -> None:
    for name in ("initiate_login_uri", "jwks_uri"):
        if not inputs.is_url(data[name]):
            raise _wrong(name, f"invalid {name}")
    redirects = data["redirect_uris"]
    if not isinstance(redirects, list) or not all(inputs.is_url(each) for each in redirects):
        raise _Denied(400, "invalid_redirect_uri", "redirect_uris", "invalid_redirect_uris")


def _wrong(name: str, plain: str) -> _Denied:
    return _Denied(400, "invalid_client_metadata", name, plain)


def _check_configuration(configuration: object) -> None:
    if not isinstance(configuration, dict):
        raise _wrong(names.TOOL_CONFIGURATION, "invalid tool configuration")
    domain = configuration.get("domain")
    if not isinstance(domain, str) or not domain:
        raise _wrong("domain", "missing_domain")
    target = configuration.get("target_link_uri") or f"https://{domain}"
    if not inputs.is_url(target) or urlsplit(target).netloc != domain.split("//")[-1]:
        raise _wrong("domain", "domain_targetlinkuri_mismatch")


def _added(profile: Standard, client_id: str, data: dict[str, Any]) -> Tool:
    configuration = data[names.TOOL_CONFIGURATION]
    asked = str(data.get("scope", "")).split()
    wanted = configuration.get("claims")
    claims = wanted if isinstance(wanted, list) else []
    try:
        tool, _ = arrangements.put_tool(
            {
                "key": client_id,
                "client_id": client_id,
                "profile": profile.slug,
                "name": data["client_name"],
                "initiate_login_uri": data["initiate_login_uri"],
                "redirect_uris": data["redirect_uris"],
                "jwks_uri": data["jwks_uri"],
                "target_link_uri": _target(configuration),
                "deep_linking_uri": _deep_linking_uri(configuration),
                "custom": configuration.get("custom_parameters"),
                "scopes": [scope for scope in names.SCOPES if scope in asked],
                "share_names": "name" in claims,
                "share_email": "email" in claims,
            }
        )
    except Refused as refused:
        raise _wrong(refused.detail, refused.detail) from refused
    return tool


def _target(configuration: dict[str, Any]) -> str:
    return str(configuration.get("target_link_uri") or f"https://{configuration['domain']}")


def _deep_linking_uri(configuration: dict[str, Any]) -> str | None:
    messages = configuration.get("messages")
    for message in messages if isinstance(messages, list) else []:
        if isinstance(message, dict) and message.get("type") == names.DEEP_LINK:
            return message.get("target_link_uri") or None
    return None


def _described(tool: Tool, data: dict[str, Any]) -> dict[str, Any]:
    configuration = data[names.TOOL_CONFIGURATION]
    return {
        "client_id": tool.client_id,
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": tool.initiate_login_uri,
        "redirect_uris": tool.redirect_uris,
        "jwks_uri": tool.jwks_uri,
        "client_name": tool.name,
        "logo_uri": data.get("logo_uri", ""),
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(tool.scopes),
        names.TOOL_CONFIGURATION: {
            **configuration,
            "version": "1.3.0",
            "deployment_id": tool.deployment_ids[0],
            "target_link_uri": tool.target_link_uri,
        },
    }


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
