"""The picker: a teacher chooses a module for a link, or for a deep linking request."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import Invalid
from lti_app.core.policy import Actor, require
from lti_app.core.schema import StrictSchema, Text
from lti_app.lti import deep_linking
from lti_app.lti import queries as lti_queries
from lti_app.lti import service as lti
from lti_app.lti.deep_linking import ModuleItem
from lti_app.web.forms import load_form
from lti_app.web.i18n import current_language
from lti_app.web.sessions import current_actor, current_session
from modules.authoring import queries as authoring
from modules.authoring.models import ModuleVersion
from modules.blocks import markdown
from modules.picker import policy

LONGEST_SEARCH = 100
FULL_SCORE = 100

bp = Blueprint("picker", __name__, template_folder="templates", url_prefix="/s/<session_id>/picker")


class ChoiceForm(StrictSchema):
    """One module, by its slug."""

    module = Text(60, required=True)
    q = Text(LONGEST_SEARCH)


@bp.get("")
def choose() -> ResponseReturnValue:
    """Which modules there are to choose from, and which one is chosen now."""
    actor = current_actor()
    require(policy.may_choose(actor))
    return _page(actor)


@bp.post("")
def keep() -> ResponseReturnValue:
    """Let the link open the chosen module, or send it to the platform that asked for it."""
    actor = current_actor()
    require(policy.may_choose(actor))
    try:
        version = _chosen(actor)
    except Invalid:
        return _page(actor, _("Choose a module from the list.")), 422
    settings = current_session().data.get("deep_linking")
    if settings:
        return _sent_back(settings, [_item(version)])
    if actor.resource_link_id is None or actor.organisation_id is None:
        raise Invalid(fields={"module": [_("Open this page from an activity in your course.")]})
    lti.set_module(
        actor.resource_link_id, version.module.slug, organisation_id=actor.organisation_id
    )
    return redirect(url_for("learning.overview"), 303)


@bp.post("/cancel")
def cancel() -> ResponseReturnValue:
    """Go back to the platform without a choice."""
    require(policy.may_choose(current_actor()))
    settings = current_session().data.get("deep_linking")
    if not settings:
        return redirect(url_for("picker.choose"), 303)
    return _sent_back(settings, [])


def _page(actor: Actor, error: str = "") -> str:
    words = request.values.get("q", "").strip()[:LONGEST_SEARCH]
    language = current_language()
    versions = [
        (version, markdown.render(version.summary, language))
        for version in authoring.usable(actor.organisation_id, words)
    ]
    return render_template(
        "picker/choose.html",
        versions=versions,
        words=words,
        chosen=_current_slug(actor),
        error=error,
        is_deep_linking=bool(current_session().data.get("deep_linking")),
    )


def _current_slug(actor: Actor) -> str | None:
    if actor.resource_link_id is None or actor.organisation_id is None:
        return None
    link = lti_queries.resource_link(actor.resource_link_id, actor.organisation_id)
    return link.module_ref if link else None


def _chosen(actor: Actor) -> ModuleVersion:
    slug = load_form(ChoiceForm)["module"]
    version = authoring.current_version(slug, actor.organisation_id)
    if version is None:
        raise Invalid(slug)
    return version


def _item(version: ModuleVersion) -> ModuleItem:
    slug = version.module.slug
    public_url = str(current_app.extensions["expeditie_settings"].public_url).rstrip("/")
    url = public_url + url_for("catalogue.launch_target", slug=slug)
    return ModuleItem(version.title[current_language()], url, slug, FULL_SCORE)


def _sent_back(settings: dict[str, Any], items: list[ModuleItem]) -> ResponseReturnValue:
    form = deep_linking.response_form(settings, items)
    # The answer is posted to the platform itself; the page's policy must name that one place.
    g.form_targets = [_origin(form.action)]
    return render_template("picker/send_back.html", form=form, is_cancelled=not items)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
