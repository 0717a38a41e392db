"""Deep Linking 2.0: the signed answer that puts chosen modules into the course.

pylti1p3 writes the items; corrected: `data` only when it was received, no script in the form.
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import jwt
from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem

from lti_app.lti import tool_keys
from lti_app.lti.models import Registration

_DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"


@dataclass(frozen=True)
class ModuleItem:
    """One module to put into the course."""

    title: str
    url: str
    module_ref: str
    score_maximum: int | None


def response_jwt(
    registration: Registration,
    deployment_id: str,
    settings: dict[str, Any],
    items: list[ModuleItem],
) -> str:
    """Return the signed LtiDeepLinkingResponse; no items means that the teacher cancelled."""
    agreement = SimpleNamespace(
        get_client_id=lambda: registration.client_id, get_issuer=lambda: registration.issuer
    )
    answer = DeepLink(agreement, deployment_id, settings)  # type: ignore[arg-type]
    message = answer.get_message_jwt([_resource(item) for item in items])
    if "data" not in settings:
        message.pop(_DATA, None)
    kid, key = tool_keys.signing_key()
    return jwt.encode(message, key, algorithm="RS256", headers={"kid": kid})


def _resource(item: ModuleItem) -> DeepLinkResource:
    resource = (
        DeepLinkResource()
        .set_title(item.title)
        .set_url(item.url)
        .set_custom_params({"module_ref": item.module_ref})
    )
    if item.score_maximum is not None:
        line = LineItem().set_score_maximum(item.score_maximum).set_label(item.title)
        resource.set_lineitem(line.set_resource_id(item.module_ref))
    return resource
