"""The teacher's pages: the class, and one learner in it."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from assessments.attempts import queries as attempts
from assessments.attempts import sheet
from assessments.attempts.models import Attempt
from assessments.gradebook import policy, queries, roster
from assessments.gradebook.roster import Row
from lti_app.core.errors import NotFound
from lti_app.core.policy import require
from lti_app.lti import queries as lti
from lti_app.lti.gateway import ags
from lti_app.lti.models import ResourceLink
from lti_app.web.sessions import current_actor
from modules.authoring import queries as authoring
from modules.authoring.models import Block
from modules.learning import queries as learning
from modules.learning.models import Enrolment

bp = Blueprint(
    "gradebook", __name__, template_folder="templates", url_prefix="/s/<session_id>/class"
)

PAGE_SIZE = 50
DELIVERY = {
    "queued": (_l("on its way"), "info"),
    "sent": (_l("sent"), "success"),
    "retry": (_l("tried again soon"), "warning"),
    "failed": (_l("not delivered"), "danger"),
}


@bp.get("")
def class_page() -> ResponseReturnValue:
    """Who is where, with which results, and what the gradebook knows."""
    require(policy.may_see_class(current_actor()))
    link = _link()
    if not link.module_ref:
        return redirect(url_for("picker.choose"), 303)
    rows = roster.rows(link)
    version = learning.offered_version(current_actor())
    page, pages = _page(len(rows))
    return render_template(
        "gradebook/class.html",
        link=link,
        version=version,
        assessments=roster.assessments(version.id) if version else [],
        rows=rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        counts=_counts(rows),
        page=page,
        pages=pages,
        delivery=DELIVERY,
        has_gradebook=ags.SCORE in link.scopes,
        percent=sheet.percent,
    )


@bp.get("/<int:enrolment_id>")
def learner(enrolment_id: int) -> ResponseReturnValue:
    """One learner: every attempt at every assessment."""
    actor = current_actor()
    require(policy.may_see_class(actor))
    enrolment = learning.enrolment(enrolment_id, actor.organisation_id)
    require(policy.may_see_learner(actor, enrolment))
    deliveries = lti.score_deliveries(enrolment.resource_link_id or 0, enrolment.organisation_id)
    return render_template(
        "gradebook/learner.html",
        enrolment=enrolment,
        version=enrolment.module_version,
        outline=learning.outline(enrolment.module_version_id, enrolment.id),
        assessments=_attempts_by_block(enrolment),
        results=queries.results(enrolment.id),
        grade=queries.grade(enrolment.id),
        sent=deliveries.get(enrolment.person_id),
        delivery=DELIVERY,
        percent=sheet.percent,
    )


def _attempts_by_block(enrolment: Enrolment) -> list[tuple[Block, list[Attempt]]]:
    made = attempts.attempts_in(enrolment.id)
    blocks = authoring.blocks_by_uuid(enrolment.module_version_id).values()
    asked = [block for block in blocks if attempts.is_assessment(block)]
    return [
        (block, [one for one in made if one.block_id == block.id])
        for block in sorted(asked, key=lambda block: block.position)
    ]


def _link() -> ResourceLink:
    actor = current_actor()
    link = lti.resource_link(actor.resource_link_id or 0, actor.organisation_id or 0)
    if link is None or link.context_id != actor.context_id:
        raise NotFound("resource_link", actor.resource_link_id)
    return link


def _page(total: int) -> tuple[int, int]:
    pages = max(1, -(-total // PAGE_SIZE))
    return min(max(1, request.args.get("page", 1, type=int)), pages), pages


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    return {
        "learners": len(rows),
        "started": sum(row.enrolment is not None for row in rows),
        "completed": sum(bool(row.enrolment and row.enrolment.completed_at) for row in rows),
    }
