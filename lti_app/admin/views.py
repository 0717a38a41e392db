"""The administrator's console: what waits, what is dead, which platforms are connected."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_app.admin import queries, service
from lti_app.core.clock import utcnow
from lti_app.core.errors import NotFound
from lti_app.core.policy import Actor, may_administer, require
from lti_app.lti import queries as lti
from lti_app.lti import registration
from lti_app.web.sessions import current_actor

bp = Blueprint("admin", __name__, url_prefix="/s/<session_id>/admin", template_folder="templates")


def _administrator() -> tuple[Actor, int]:
    actor = current_actor()
    require(may_administer(actor))
    assert actor.organisation_id is not None  # the policy says so
    return actor, actor.organisation_id


@bp.get("/")
def home() -> ResponseReturnValue:
    """Show what needs attention: dead letters, waiting deployments, the queue."""
    _actor, organisation_id = _administrator()
    return render_template(
        "admin/home.html",
        dead=queries.messages(organisation_id, "dead"),
        waiting=queries.messages(organisation_id, "pending"),
        registrations=lti.registrations(organisation_id),
        deployments=lti.deployments(organisation_id),
        trail=queries.audit_trail(organisation_id, 20),
    )


@bp.post("/messages/<int:message_id>/resend")
def resend(message_id: int) -> ResponseReturnValue:
    """Try a dead letter again now."""
    actor, organisation_id = _administrator()
    message = queries.message(message_id, organisation_id)
    service.resend(message, actor_id=actor.person_id, now=utcnow())
    return redirect(url_for("admin.home"), 303)


@bp.post("/deployments/<int:deployment_id>/approve")
def approve(deployment_id: int) -> ResponseReturnValue:
    """Let a new deployment open modules."""
    actor, organisation_id = _administrator()
    found = [d for d in lti.deployments(organisation_id) if d.id == deployment_id]
    if not found:
        raise NotFound("deployment", deployment_id)
    registration.approve(
        found[0].registration,
        found[0].deployment_id,
        now=utcnow(),
        actor_id=actor.person_id,
    )
    return redirect(url_for("admin.home"), 303)
