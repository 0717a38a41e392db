"""From verified claims to a Launch, or a refusal that names it (LTI Core 1.3, section 5)."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from lti_app.core.schema import hostile_character
from lti_app.lti.errors import ClaimsInvalid
from lti_app.lti.launch import (
    DEEP_LINKING,
    RESOURCE_LINK,
    ContextClaim,
    GradeClaim,
    Launch,
)

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
MAX_ID = 255
MAX_ROLES = 100
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,252}[a-z0-9])?|[0-9a-f:.]+")


def to_launch(claims: Mapping[str, Any]) -> Launch:
    """Return the launch that these claims describe; ClaimsInvalid names what is missing."""
    if claims.get(LTI + "version") != "1.3.0":
        raise _invalid("version")
    message_type = claims.get(LTI + "message_type")
    if message_type not in (RESOURCE_LINK, DEEP_LINKING):
        raise _invalid("message_type")
    link = _link(claims, required=message_type == RESOURCE_LINK)
    presentation = _mapping(claims, LTI + "launch_presentation")
    return Launch(
        message_type=message_type,
        deployment_id=_identifier(claims.get(LTI + "deployment_id"), "deployment_id"),
        subject=_identifier(claims.get("sub"), "sub"),
        roles=_roles(claims),
        target_link_uri=_target(claims, required=message_type == RESOURCE_LINK),
        name=_name(claims),
        email=_text(claims.get("email"), 255) or None,
        locale=_text(presentation.get("locale") or claims.get("locale"), 35) or None,
        context=_context(claims),
        resource_link_id=link[0],
        resource_link_title=link[1],
        custom=_custom(claims),
        return_url=_web_address(presentation.get("return_url")),
        grades=_grades(claims),
        roster_url=_web_address(_mapping(claims, NRPS).get("context_memberships_url")),
        deep_linking=_deep_linking(claims) if message_type == DEEP_LINKING else None,
    )


def _invalid(claim: str) -> ClaimsInvalid:
    return ClaimsInvalid(fields={claim: [_("This part of the message is missing or malformed.")]})


def _mapping(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an optional claim that holds an object; null and absent are the same."""
    value = claims.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _invalid(name.rsplit("/", 1)[-1])
    return value


def _identifier(value: Any, name: str) -> str:
    """Return an id: printable text of 1 to 255 characters, case kept (LTI Core 1.3, 5.3)."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID or hostile_character(value):
        raise _invalid(name)
    return value


def _text(value: Any, maximum: int) -> str:
    """Return display text, cut and cleaned; platforms send null, numbers and control characters."""
    if not isinstance(value, str):
        return ""
    cleaned = "".join(" " if hostile_character(c, allow_newlines=False) else c for c in value)
    return cleaned.strip()[:maximum]


def _name(claims: Mapping[str, Any]) -> str | None:
    whole = _text(claims.get("name"), 255)
    parts = [_text(claims.get(key), 120) for key in ("given_name", "middle_name", "family_name")]
    return whole or " ".join(part for part in parts if part)[:255] or None


def _roles(claims: Mapping[str, Any]) -> tuple[str, ...]:
    value = claims.get(LTI + "roles")
    if not isinstance(value, list) or len(value) > MAX_ROLES:
        raise _invalid("roles")
    if not all(isinstance(role, str) and len(role) <= 255 for role in value):
        raise _invalid("roles")
    return tuple(role for role in value if role and not hostile_character(role))


def _link(claims: Mapping[str, Any], *, required: bool) -> tuple[str, str]:
    link = _mapping(claims, LTI + "resource_link")
    if not required and not link.get("id"):
        return "", ""
    return _identifier(link.get("id"), "resource_link.id"), _text(link.get("title"), 500)


def _target(claims: Mapping[str, Any], *, required: bool) -> str:
    value = claims.get(LTI + "target_link_uri")
    if value is None and not required:
        return ""
    if not isinstance(value, str) or len(value) > 1000 or _web_address(value) is None:
        raise _invalid("target_link_uri")
    return value


def _context(claims: Mapping[str, Any]) -> ContextClaim:
    context = _mapping(claims, LTI + "context")
    if not context.get("id"):
        return ContextClaim()
    return ContextClaim(
        id=_identifier(context["id"], "context.id"),
        title=_text(context.get("title"), 500),
        label=_text(context.get("label"), 255),
    )


def _custom(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return custom parameters as text; a variable that came back unsubstituted is absent."""
    found = {}
    for key, value in list(_mapping(claims, LTI + "custom").items())[:100]:
        text = _text(str(value) if isinstance(value, int | float) else value, 2000)
        if text and not text.startswith("$") and len(key) <= 255:
            found[key] = text
    return found


def _web_address(value: Any) -> str | None:
    """Return an absolute http(s) address, or None: such addresses are offered as links."""
    if not isinstance(value, str) or not 0 < len(value) <= 1000:
        return None
    if hostile_character(value, allow_newlines=False) or " " in value:
        return None
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and is_host(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return value if valid and parts.username is None else None


def is_host(name: str | None) -> bool:
    """Whether this is a host name or address as DNS and headers can hold it (IDNA-encoded)."""
    return name is not None and _HOST.fullmatch(name) is not None


def _grades(claims: Mapping[str, Any]) -> GradeClaim:
    claim = _mapping(claims, AGS)
    scopes = claim.get("scope")
    if not isinstance(scopes, list):
        scopes = []
    return GradeClaim(
        scopes=tuple(s for s in scopes if isinstance(s, str) and len(s) <= 255)[:20],
        lineitems=_web_address(claim.get("lineitems")),
        lineitem=_web_address(claim.get("lineitem")),
    )


def _deep_linking(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the answer needs of the settings claim (Deep Linking 2.0, 4.4.1)."""
    settings = _mapping(claims, DL)
    return_url = _web_address(settings.get("deep_link_return_url"))
    if return_url is None:
        raise _invalid("deep_link_return_url")
    types = settings.get("accept_types")
    if not isinstance(types, list) or not all(isinstance(kind, str) for kind in types):
        raise _invalid("accept_types")
    kept: dict[str, Any] = {"deep_link_return_url": return_url, "accept_types": types[:20]}
    for flag in ("accept_multiple", "accept_lineitem"):
        if settings.get(flag) is not None:
            kept[flag] = settings[flag] in (True, "true")
    data = settings.get("data")
    if isinstance(data, str) and len(data) <= 20_000:
        kept["data"] = data
    return kept
