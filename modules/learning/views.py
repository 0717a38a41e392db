"""The learner's pages: what now, one block at a time, the bench sheet."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_app.core.clock import utcnow
from lti_app.core.errors import Invalid, NotFound
from lti_app.core.policy import require
from lti_app.web.i18n import ZONE, current_language
from lti_app.web.sessions import current_actor
from modules.authoring import queries as authoring
from modules.blocks import markdown
from modules.learning import pages, panels, policy, queries, service
from modules.learning.models import Enrolment
from modules.learning.outline import Place
from modules.learning.pages import NOTHING_REFUSED, Refusal, Study

bp = Blueprint(
    "learning", __name__, template_folder="templates", url_prefix="/s/<session_id>/learn"
)


@bp.get("")
def overview() -> ResponseReturnValue:
    """What now: one button, and how much is left."""
    actor = current_actor()
    require(policy.may_look(actor))
    study = pages.study_for(current_actor())
    if study is None:
        return redirect(url_for("picker.choose" if actor.is_staff else "learning.not_ready"), 303)
    language, enrolment = current_language(), study.enrolment
    is_completed = enrolment is not None and enrolment.completed_at is not None
    return render_template(
        "learning/overview.html",
        study=study,
        version=study.version,
        outline=study.outline,
        is_completed=is_completed,
        summary=markdown.render(study.version.summary, language),
        outcomes=[
            (found.code, markdown.inline(found.text, language)) for found in study.version.outcomes
        ],
        panels=panels.for_completed(enrolment.id, language) if enrolment and is_completed else [],
    )


@bp.post("/start")
def start() -> ResponseReturnValue:
    """Begin the module that this place in the course opens."""
    actor = current_actor()
    require(policy.may_learn(actor))
    version = queries.offered_version(actor)
    if version is None or actor.person_id is None or actor.organisation_id is None:
        return redirect(url_for("learning.not_ready"), 303)
    enrolment = service.enrol(
        actor.person_id, version, actor.resource_link_id, actor.organisation_id, utcnow()
    )
    outline = queries.outline(enrolment.module_version_id, enrolment.id)
    place = outline.next_place
    return redirect(_url(place) if place else url_for("learning.overview"), 303)


@bp.get("/blocks/<int:block_id>")
def block(block_id: int) -> ResponseReturnValue:
    """One block, with the way back and forward."""
    require(policy.may_look(current_actor()))
    study = pages.study_for(current_actor())
    if study is None or (study.enrolment is None and not study.is_preview):
        return redirect(url_for("learning.overview"), 303)
    return _block_page(study, _place(study, block_id))


@bp.post("/blocks/<int:block_id>")
def save(block_id: int) -> ResponseReturnValue:
    """Keep what was typed or pressed: by autosave, by a timer's button, or as a correction."""
    enrolment = _own_enrolment()
    now = utcnow()
    target = authoring.block_in(enrolment.module_version_id, block_id)
    form = request.form.to_dict()
    try:
        service.record(enrolment, target, form, now=now)
    except Invalid as refused:
        if request.headers.get("X-Autosave"):
            raise
        return _refused(block_id, Refusal(refused.fields, form))
    if request.headers.get("X-Autosave"):
        return jsonify(saved_at=now.astimezone(ZONE).strftime("%H:%M"), at=now.isoformat())
    return redirect(url_for("learning.block", block_id=block_id), 303)


@bp.post("/blocks/<int:block_id>/done")
def finish(block_id: int) -> ResponseReturnValue:
    """Tick the block off and go on with the next one."""
    enrolment = _own_enrolment()
    target = authoring.block_in(enrolment.module_version_id, block_id)
    form = request.form.to_dict()
    try:
        service.finish_block(enrolment, target, form, now=utcnow())
    except Invalid as refused:
        return _refused(block_id, Refusal(refused.fields, form))
    study = pages.study_for(current_actor())
    if study is None:
        return redirect(url_for("learning.overview"), 303)
    return redirect(_after(study, _place(study, block_id)), 303)


@bp.get("/print")
def sheet() -> ResponseReturnValue:
    """The bench sheet: everything for paper, with boxes and lines to sign on."""
    actor = current_actor()
    require(policy.may_look(actor))
    study = pages.study_for(current_actor())
    if study is None:
        return redirect(url_for("learning.overview"), 303)
    stages = [
        (stage, [(place, pages.print_html(study, place, actor)) for place in stage.places])
        for stage in study.outline.stages
    ]
    return render_template("learning/sheet.html", study=study, version=study.version, stages=stages)


@bp.get("/not-ready")
def not_ready() -> ResponseReturnValue:
    """Nothing is set here yet: what to do about it."""
    require(policy.may_look(current_actor()))
    return render_template("learning/not_ready.html")


def _own_enrolment() -> Enrolment:
    actor = current_actor()
    require(policy.may_learn(actor))
    enrolment = queries.enrolment_of(actor)
    if enrolment is None:
        raise NotFound("enrolment")
    require(policy.may_record(actor, enrolment))
    return enrolment


def _place(study: Study, block_id: int) -> Place:
    place = study.outline.place_of(block_id)
    if place is None:
        raise NotFound("block", block_id)
    return place


def _refused(block_id: int, refusal: Refusal) -> ResponseReturnValue:
    study = pages.study_for(current_actor())
    if study is None:
        raise NotFound("enrolment")
    return _block_page(study, _place(study, block_id), refusal), 422


def _block_page(study: Study, place: Place, refusal: Refusal = NOTHING_REFUSED) -> str:
    before, after = study.outline.beside(place)
    is_locked = bool(place.locked_by) and not study.is_preview
    return render_template(
        "learning/block.html",
        study=study,
        place=place,
        before=before,
        after=after,
        is_locked=is_locked,
        refusal=refusal,
        block_html="" if is_locked else pages.block_html(study, place, current_actor(), refusal),
        has_button=pages.has_button(place),
        keeps_form=pages.keeps_form(place),
        looked_at=_looked_back(study),
    )


def _looked_back(study: Study) -> list[str]:
    # Who has no script sees a value beyond its limits said here, right after sending it.
    earlier = study.outline.place_of(request.args.get("after", 0, type=int))
    return list(pages.warnings(earlier, current_language())) if earlier else []


def _after(study: Study, place: Place) -> str:
    if study.outline.next_place is None:
        return url_for("learning.overview")
    _before, following = study.outline.beside(place)
    target = following if following and not following.done else study.outline.next_place
    if pages.warnings(place, current_language()):
        return url_for("learning.block", block_id=target.block.id, after=place.block.id)
    return _url(target)


def _url(place: Place) -> str:
    return url_for("learning.block", block_id=place.block.id)
