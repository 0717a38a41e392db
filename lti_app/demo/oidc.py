"""The OpenID Connect side of the platform: authorisation endpoint, keys, configuration."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from lti_app.demo import inputs, keys, launches, names
from lti_app.demo.profiles import choice
from lti_app.demo.profiles.moodle import Moodle
from lti_app.demo.profiles.standard import Standard
from lti_app.demo.records import Launch, Tool, find_launch, find_tool, tool_by_id
from lti_app.demo.refusals import Refused
from lti_app.demo.state import issuer, store

bp = Blueprint("oidc", __name__)
PARAMETERS = (
    *("scope", "response_type", "response_mode", "prompt", "client_id", "redirect_uri"),
    *("login_hint", "lti_message_hint", "state", "nonce"),
)
LONGEST = 8000
VARIABLES = [
    *("Context.id", "Context.title", "Context.label", "Context.id.history", "ResourceLink.id"),
    *("ResourceLink.title", "User.id", "Person.name.full", "Person.email.primary"),
    "Person.address.timezone",
]


class _Denied(Exception):
    """A fault that OpenID Connect tells the tool."""

    def __init__(self, error: str, description: str = "", code: str | None = None) -> None:
        super().__init__(error, description, code)
        self.error, self.description, self.code = error, description, code or error


@bp.route(Standard.authorization_path, methods=["GET", "POST"])
@bp.route(Moodle.authorization_path, methods=["GET", "POST"], endpoint="moodle_authorise")
def authorise() -> ResponseReturnValue:
    """Answer an authorisation request with an id_token, or with what is wrong."""
    profile = choice.of_request()
    values = request.form if request.method == "POST" else request.args
    sent = values.to_dict(flat=False)
    params = {name: inputs.single(sent, name) for name in PARAMETERS}
    launch = _launch(profile, params["lti_message_hint"])
    tool = _owner(profile, params, launch)
    redirect_uri = params["redirect_uri"] or ""
    if redirect_uri not in tool.redirect_uris:
        raise _own_page(profile, "bad_redirect_uri", redirect_uri[:200])
    try:
        fields = _answer(profile, params, tool, launch)
    except _Denied as denied:
        if profile.refuses_on_own_page(denied.code):
            raise _own_page(profile, "bad_request", denied.error) from denied
        fields = {"error": denied.error, "error_description": denied.description}
        _note(launch, denied)
    fields["state"] = params["state"] or ""
    return _form(redirect_uri, {k: v for k, v in fields.items() if v or k == "state"})


def _form(url: str, fields: dict[str, str]) -> Response:
    page = render_template("demo/auto_post.html", url=url, fields=fields, to_tool=True)
    answer = Response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _own_page(profile: Standard, code: str, detail: str) -> Refused:
    return Refused(profile.own_page_status(), code, detail)


def _launch(profile: Standard, hint: str | None) -> Launch | None:
    uid = profile.hint_uid(hint) if hint else None
    return find_launch(uid) if uid else None


def _owner(profile: Standard, params: dict[str, str | None], launch: Launch | None) -> Tool:
    """The tool that is answered: by its client_id, or (Moodle) by the hint."""
    if profile.slug == "moodle":
        if launch is None:
            raise _own_page(profile, "bad_request", "lti_message_hint")
        return tool_by_id(launch.tool_id)
    tool = find_tool(params["client_id"] or "")
    if tool is None:
        raise _own_page(profile, "unauthorized_client", (params["client_id"] or "")[:80])
    return tool


def _answer(
    profile: Standard, params: dict[str, str | None], tool: Tool, launch: Launch | None
) -> dict[str, str]:
    _check_request(profile, params)
    known = _check_launch(profile, params, tool, launch)
    if not launches.take(known, once=profile.single_use_hints):
        raise _Denied("invalid_request", "launch_no_longer_valid", "bad_hint")
    id_token, _ = launches.token(known, params["nonce"])
    return {"id_token": id_token}


def _check_request(profile: Standard, params: dict[str, str | None]) -> None:
    if params["scope"] != "openid":
        raise _Denied("invalid_scope", "scope must be openid")
    if params["response_type"] != "id_token":
        raise _Denied("unsupported_response_type", "response_type must be id_token")
    if not params["nonce"] or len(params["nonce"]) > LONGEST:
        raise _Denied("invalid_request", "nonce is missing", "no_nonce")
    if params["response_mode"] != "form_post":
        raise _Denied("invalid_request", "Invalid response_mode")
    if profile.prompt_is_wrong(params["prompt"]):
        raise _Denied("invalid_request", "Invalid prompt")
    if profile.needs_state() and not params["state"]:
        raise _Denied("invalid_request", "state is missing")


def _check_launch(
    profile: Standard, params: dict[str, str | None], tool: Tool, launch: Launch | None
) -> Launch:
    if params["client_id"] != tool.client_id:
        raise _Denied("unauthorized_client")
    if launch is None or launch.tool_id != tool.id:
        raise _Denied("invalid_request", "lti_message_hint is unknown", "bad_hint")
    person = store().row("SELECT id, uid FROM person WHERE id = ?", launch.person_id)
    if person is None or params["login_hint"] != str(person[profile.finds_by()]):
        description = "" if profile.slug == "moodle" else "login_hint is somebody else"
        raise _Denied("access_denied", description)
    return launch


def _note(launch: Launch | None, denied: _Denied) -> None:
    if launch is not None:
        reason = f"{denied.error} {denied.description}".strip()
        store().update("launch", launch.id, error=reason)


@bp.get(Standard.jwks_path)
@bp.get(Moodle.jwks_path, endpoint="moodle_jwks")
def jwks() -> ResponseReturnValue:
    """The platform's public keys."""
    return jsonify(keys.public_set(store()))


@bp.get(Standard.configuration_path)
@bp.get(Moodle.configuration_path, endpoint="moodle_configuration")
def configuration() -> ResponseReturnValue:
    """What dynamic registration needs to know."""
    return jsonify(described(choice.of_request()))


def described(profile: Standard) -> dict[str, Any]:
    """The OpenID configuration of the platform."""
    history = [] if profile.slug == "moodle" else ["ResourceLink.id.history"]
    return {
        "issuer": issuer(),
        "authorization_endpoint": profile.url(profile.authorization_path),
        "token_endpoint": profile.url(profile.token_path),
        "jwks_uri": profile.url(profile.jwks_path),
        "registration_endpoint": profile.url(profile.registration_path),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "scopes_supported": [*names.SCOPES, "openid"],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        names.PLATFORM_CONFIGURATION: {
            "product_family_code": profile.family,
            "version": "1.0",
            "messages_supported": [{"type": names.RESOURCE_LINK}, {"type": names.DEEP_LINK}],
            "variables": [*VARIABLES, *history],
        },
    }
