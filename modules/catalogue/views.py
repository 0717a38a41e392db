"""Public pages: all modules, one module, one picture."""

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lti_app.core.errors import NotFound
from lti_app.core.policy import require
from lti_app.web.i18n import current_language
from lti_app.web.sessions import current_actor
from modules.authoring import queries
from modules.authoring.models import ModuleVersion
from modules.blocks import markdown
from modules.catalogue import policy

LONGEST_SEARCH = 100
# A drawing is shown as a picture, never as a page: this is for whoever opens its address.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

bp = Blueprint("catalogue", __name__, template_folder="templates")


@bp.get("/modules")
def index() -> ResponseReturnValue:
    """All open modules, or those in which the words occur."""
    require(policy.may_browse(current_actor()))
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    language = current_language()
    versions = [
        (version, markdown.render(version.summary, language, top=3))
        for version in queries.usable(None, words)
    ]
    return render_template("catalogue/index.html", versions=versions, words=words)


@bp.get("/modules/<slug>")
def module(slug: str) -> ResponseReturnValue:
    """What a module is about, what it asks and what it gives."""
    require(policy.may_browse(current_actor()))
    version = _open_version(slug)
    whole = queries.whole(version.id)
    language = current_language()
    return render_template(
        "catalogue/module.html",
        version=whole,
        summary=markdown.render(whole.summary, language),
        outcomes=[
            (outcome.code, markdown.inline(outcome.text, language)) for outcome in whole.outcomes
        ],
        launch_url=f"{_public_url()}{url_for('catalogue.launch_target', slug=slug)}",
    )


@bp.get("/m/<slug>")
def launch_target(slug: str) -> ResponseReturnValue:
    """The address by which a course opens a module; opened by hand it explains itself."""
    require(policy.may_browse(current_actor()))
    return redirect(url_for("catalogue.module", slug=_open_version(slug).module.slug), 303)


@bp.get("/media/<string(length=64):sha256>")
def media(sha256: str) -> ResponseReturnValue:
    """A picture, for ever the same under this address; knowing the hash is the permission."""
    require(policy.may_browse(current_actor()))
    file = queries.media_file(sha256)
    if sha256 in request.if_none_match:
        response = Response(status=304)
    else:
        response = Response(file.content, mimetype=file.mime)
    response.set_etag(sha256)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _open_version(slug: str) -> ModuleVersion:
    found = queries.current_version(slug, None)
    if found is None:
        raise NotFound("module", slug)
    return found


def _public_url() -> str:
    return str(current_app.extensions["expeditie_settings"].public_url).rstrip("/")
