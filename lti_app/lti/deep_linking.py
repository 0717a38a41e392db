"""Answering a deep linking request: what the picker's choice becomes."""

from typing import Any

from flask_babel import lazy_gettext as _l

from lti_app.core.db import db
from lti_app.core.errors import Conflict
from lti_app.lti.gateway import deep_links
from lti_app.lti.gateway.deep_links import ModuleItem
from lti_app.lti.models import Deployment

__all__ = ["ModuleItem", "ResponseForm", "response_form"]


class NotAccepted(Conflict):
    """The platform does not take links to activities at this place."""

    code = "links_not_accepted"
    title = _l("Your learning platform does not accept activities at this place")
    advice = _l("Go back to your course and add the activity at another place.")


class ResponseForm:
    """The form that the browser posts back to the platform: its address and the signed answer."""

    def __init__(self, action: str, jwt: str) -> None:
        self.action = action
        self.jwt = jwt


def response_form(settings: dict[str, Any], items: list[ModuleItem]) -> ResponseForm:
    """Return the form for these items, cut to what the request accepts; [] cancels.

    `settings` is `current_session().data["deep_linking"]`: the request's own settings and
    `deployment`, our id of the deployment that asked.
    """
    if items and "ltiResourceLink" not in settings["accept_types"]:
        raise NotAccepted()
    if not settings.get("accept_multiple", False):
        items = items[:1]
    if settings.get("accept_lineitem") is False:
        items = [ModuleItem(i.title, i.url, i.module_ref, None) for i in items]
    deployment = db.session.get_one(Deployment, settings["deployment"])
    signed = deep_links.response_jwt(
        deployment.registration, deployment.deployment_id, settings, items
    )
    return ResponseForm(settings["deep_link_return_url"], signed)
