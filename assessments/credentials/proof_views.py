"""Pages in a session: the holder's own proofs, and what an organisation awarded."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from assessments.credentials import (
    policy,
    queries,
    schemas,
    service,
    verification,
    wording,
)
from assessments.credentials.models import Award
from assessments.credentials.site import current_site
from assessments.credentials.views import credential_response, verdict_context
from lti_app.core.clock import utcnow
from lti_app.core.policy import may_administer, require
from lti_app.web.forms import load_form
from lti_app.web.sessions import current_actor

bp = Blueprint("proof", __name__, url_prefix="/s/<session_id>/proof", template_folder="templates")


@bp.get("")
def mine() -> ResponseReturnValue:
    """Show somebody their own proofs."""
    actor = current_actor()
    require(policy.may_list_own(actor))
    awards = queries.awards_of_person(actor.person_id or 0, actor.organisation_id)
    return render_template("credentials/mine.html", awards=awards, wording=wording)


@bp.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    """Show the holder one proof as an employer would see it, with the choice to share."""
    given = _own(public_id)
    context: dict[str, Any] = {}
    if given.credential is not None:
        context = verdict_context(verification.of_award(given, now=utcnow()))
    return render_template(
        "credentials/show.html",
        award=given,
        address=current_site().credential_url(given.public_id),
        **context,
    )


@bp.post("/<public_id>/share")
def share(public_id: str) -> ResponseReturnValue:
    """Let whoever has the address see the proof, or nobody."""
    given = _own(public_id)
    form = load_form(schemas.ShareSchema)
    service.share(
        given, shared=form["share"] == "on", name_shown=form["name_shown"] == "1", now=utcnow()
    )
    return redirect(url_for("proof.show", public_id=public_id), 303)


@bp.get("/<public_id>/credential.json")
def download(public_id: str) -> Response:
    """Give the holder the signed file, shared or not."""
    given = _own(public_id)
    response = credential_response(given, "application/vc+ld+json")
    slug = given.achievement.module_version.module.slug
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.json"'
    return response


@bp.get("/awards")
def awards() -> ResponseReturnValue:
    """Show an administrator what the organisation awarded."""
    actor = current_actor()
    require(may_administer(actor))
    found = queries.awards_by_organisation(actor.organisation_id)
    return render_template("credentials/awards.html", awards=found, wording=wording)


@bp.get("/awards/<public_id>")
def manage(public_id: str) -> ResponseReturnValue:
    """Show an administrator one award, with what can be done with it."""
    given = _awarded(public_id)
    return render_template(
        "credentials/manage.html", award=given, reasons=wording.ADMIN_REASONS, wording=wording
    )


@bp.post("/awards/<public_id>/revoke")
def revoke(public_id: str) -> ResponseReturnValue:
    """Withdraw a proof for good."""
    given = _awarded(public_id)
    reason = load_form(schemas.ReasonSchema)["reason"]
    service.revoke(given, reason=reason, actor_id=current_actor().person_id, now=utcnow())
    return redirect(url_for("proof.manage", public_id=public_id), 303)


@bp.post("/awards/<public_id>/suspend")
def suspend(public_id: str) -> ResponseReturnValue:
    """Withdraw a proof until it is restored."""
    given = _awarded(public_id)
    reason = load_form(schemas.ReasonSchema)["reason"]
    service.suspend(given, reason=reason, actor_id=current_actor().person_id, now=utcnow())
    return redirect(url_for("proof.manage", public_id=public_id), 303)


@bp.post("/awards/<public_id>/restore")
def restore(public_id: str) -> ResponseReturnValue:
    """End a suspension."""
    given = _awarded(public_id)
    service.restore(given, actor_id=current_actor().person_id, now=utcnow())
    return redirect(url_for("proof.manage", public_id=public_id), 303)


def _own(public_id: str) -> Award:
    given = queries.award_by_public_id(public_id)
    require(policy.may_hold(current_actor(), given))
    return given


def _awarded(public_id: str) -> Award:
    given = queries.award_by_public_id(public_id)
    require(policy.may_revoke(current_actor(), given))
    return given
