"""Answering an assessment: start, fill in, hand in, see how it went."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from assessments.attempts import answers as given
from assessments.attempts import pages, policy, queries, service
from assessments.attempts.assessment import assessment_from
from assessments.attempts.models import Attempt
from assessments.attempts.service import AnswersChanged, Basis, Outcome
from assessments.datasets import printing
from assessments.datasets import queries as datasets
from assessments.datasets.secret import pepper
from lti_app.core.clock import utcnow
from lti_app.core.errors import Invalid, NotFound
from lti_app.core.policy import require
from lti_app.web.i18n import ZONE, current_language
from lti_app.web.sessions import current_actor
from modules.learning import policy as learning_policy
from modules.learning import queries as learning

bp = Blueprint(
    "attempts", __name__, template_folder="templates", url_prefix="/s/<session_id>/attempts"
)


@bp.post("/start/<int:block_id>")
def start(block_id: int) -> ResponseReturnValue:
    """Open a new attempt, or the one that is still open."""
    actor = current_actor()
    require(learning_policy.may_learn(actor))
    enrolment = learning.enrolment_of(actor)
    if enrolment is None:
        raise NotFound("enrolment")
    require(learning_policy.may_record(actor, enrolment))
    block = queries.assessment_block(enrolment, block_id)
    attempt = service.start(enrolment, block, pepper=pepper(), now=utcnow())
    return redirect(url_for("attempts.answer", attempt_id=attempt.id), 303)


@bp.get("/<int:attempt_id>")
def answer(attempt_id: int) -> ResponseReturnValue:
    """The questions, with everything typed so far."""
    attempt = _own(attempt_id)
    if not attempt.is_open:
        return redirect(url_for("attempts.result", attempt_id=attempt.id), 303)
    if request.args.get("check") != "1":
        return pages.answer(attempt, {})
    left = service.unfinished(attempt, language=current_language())
    return pages.answer(attempt, left.problems), 422 if left.problems else 200


@bp.post("/<int:attempt_id>")
def save(attempt_id: int) -> ResponseReturnValue:
    """Keep the answers without a script, and stay or leave."""
    attempt = _own(attempt_id)
    assessment = assessment_from(attempt.block.body)
    answers = given.read(assessment, _form(), attempt.id)
    if request.form.get("action") == "theirs":
        answers = dict(attempt.answers)
    try:
        service.save(attempt, answers, now=utcnow(), basis=_basis())
    except AnswersChanged:
        return pages.conflict(attempt, answers, _form()), 409
    if request.form.get("action") == "leave":
        return redirect(url_for("learning.block", block_id=attempt.block_id), 303)
    moved = next((name[5:] for name in request.form if name.startswith("move.")), None)
    anchor = moved if moved in answers else None
    return redirect(url_for("attempts.answer", attempt_id=attempt.id, _anchor=anchor), 303)


@bp.post("/<int:attempt_id>/autosave")
def autosave(attempt_id: int) -> ResponseReturnValue:
    """Keep the answers as they are while somebody types."""
    attempt = _own(attempt_id)
    now = utcnow()
    answers = given.read(assessment_from(attempt.block.body), _form(), attempt.id)
    service.save(attempt, answers, now=now, basis=_basis())
    return jsonify(saved_at=now.astimezone(ZONE).strftime("%H:%M"), at=pages.revision(attempt))


@bp.get("/<int:attempt_id>/hand-in")
def hand_in(attempt_id: int) -> ResponseReturnValue:
    """Ask whether to hand in with empty answers."""
    attempt = _own(attempt_id)
    if not attempt.is_open:
        return redirect(url_for("attempts.result", attempt_id=attempt.id), 303)
    left = service.unfinished(attempt, language=current_language())
    if left.problems or not left.missing:
        return redirect(url_for("attempts.answer", attempt_id=attempt.id), 303)
    return pages.confirm(attempt, left)


@bp.post("/<int:attempt_id>/hand-in")
def close(attempt_id: int) -> ResponseReturnValue:
    """Hand in, unless something must be asked or put right first."""
    attempt = _own(attempt_id)
    is_confirmed = request.form.get("confirmed") == "1"
    try:
        outcome = service.hand_in(
            attempt,
            None if is_confirmed else _form(),
            language=current_language(),
            may_miss=is_confirmed,
            now=utcnow(),
            basis=_basis(),
        )
    except AnswersChanged:
        mine = given.read(assessment_from(attempt.block.body), _form(), attempt.id)
        return pages.conflict(attempt, mine, _form()), 409
    return _after_hand_in(attempt, outcome)


@bp.get("/<int:attempt_id>/result")
def result(attempt_id: int) -> ResponseReturnValue:
    """How it went: marks, explanation, and what to do next."""
    actor = current_actor()
    attempt = queries.attempt(attempt_id, actor.organisation_id)
    require(policy.may_see(actor, attempt))
    if attempt.score is None:
        return redirect(url_for("attempts.answer", attempt_id=attempt.id), 303)
    return pages.result(attempt, is_own=policy.may_answer(actor, attempt))


@bp.get("/data/<int:instance_id>/<name>.csv")
def data(instance_id: int, name: str) -> ResponseReturnValue:
    """One table of a data set, for a spreadsheet."""
    actor = current_actor()
    found = datasets.instance(instance_id, actor.organisation_id)
    require(policy.may_see_data(actor, found.enrolment))
    language = current_language()
    table = datasets.printed_table(found, name, language)
    response = Response(printing.as_csv(table, language), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{table.id}.csv"'
    return response


def _own(attempt_id: int) -> Attempt:
    actor = current_actor()
    attempt = queries.attempt(attempt_id, actor.organisation_id)
    require(policy.may_answer(actor, attempt))
    return attempt


def _form() -> Mapping[str, Sequence[str]]:
    form: dict[str, list[str]] = request.form.to_dict(flat=False)
    return form


def _basis() -> Basis | None:
    """What the page says it was made from: `If-Match`, or the fields of the form."""
    told = request.headers.get("If-Match", request.form.get("revision"))
    if told is None:
        return None
    try:
        revision = datetime.fromisoformat(told.strip('"')) if told.strip('"') else None
        if revision is not None and revision.tzinfo is None:
            raise ValueError(told)
    except ValueError as error:
        raise Invalid(fields={"revision": [_("Load the page again.")]}) from error
    return Basis(revision, request.form.get("writer", "")[:32])


def _after_hand_in(attempt: Attempt, outcome: Outcome) -> ResponseReturnValue:
    # The answers are saved, so every answer has its own address: a reload or "back" sends nothing.
    if outcome.problems:
        return redirect(url_for("attempts.answer", attempt_id=attempt.id, check=1), 303)
    if outcome.missing:
        return redirect(url_for("attempts.hand_in", attempt_id=attempt.id), 303)
    return redirect(url_for("attempts.result", attempt_id=attempt.id), 303)
