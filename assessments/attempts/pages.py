"""The pages of an attempt: its questions, the question before handing in, its result."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template

from assessments.attempts import queries, sheet, text
from assessments.attempts.assessment import assessment_from
from assessments.attempts.models import Attempt
from assessments.attempts.service import Outcome
from assessments.items.registry import Form
from lti_app.core.tokens import random_id
from lti_app.web.i18n import ZONE, current_language
from modules.learning import queries as learning

_OF_THE_PAGE = {"csrf_token", "revision", "writer", "action", "confirmed"}


def confirm(attempt: Attempt, outcome: Outcome) -> str:
    """Ask whether to hand in with empty answers."""
    numbered = enumerate(assessment_from(attempt.block.body).items, 1)
    return render_template(
        "attempts/confirm.html",
        attempt=attempt,
        title=sheet.title_of(attempt),
        missing=[(number, item) for number, item in numbered if item in outcome.missing],
    )


def answer(attempt: Attempt, problems: Mapping[str, Sequence[str]]) -> str:
    """The questions with what was typed, and what is wrong with it."""
    language = current_language()
    assessment = assessment_from(attempt.block.body)
    md = text.writer(language, text.media_of(attempt.block.version_id))
    return render_template(
        "attempts/answer.html",
        attempt=attempt,
        assessment=assessment,
        title=sheet.title_of(attempt),
        questions=sheet.questions(
            assessment, md, sheet.Filled(attempt.id, attempt.answers, problems)
        ),
        problems=[(name, " ".join(said)) for name, said in problems.items()],
        data_views=sheet.data_views(attempt, language),
        saved_at=attempt.saved_at.astimezone(ZONE).strftime("%H:%M") if attempt.saved_at else None,
        revision=revision(attempt),
        writer=random_id(12),
        md=md,
    )


def revision(attempt: Attempt) -> str:
    """Which state of the answers this is; "" before the first save."""
    return attempt.saved_at.isoformat() if attempt.saved_at else ""


def conflict(attempt: Attempt, mine: Mapping[str, Any], form: Form) -> str:
    """Both versions side by side where they differ, with a button to keep the one or the other."""
    language = current_language()
    kept = {name: values for name, values in form.items() if name not in _OF_THE_PAGE}
    return render_template(
        "attempts/conflict.html",
        attempt=attempt,
        title=sheet.title_of(attempt),
        differences=sheet.differences(assessment_from(attempt.block.body), mine, attempt.answers),
        kept=kept,
        revision=revision(attempt),
        writer=random_id(12),
        md=text.writer(language, text.media_of(attempt.block.version_id)),
    )


def result(attempt: Attempt, *, is_own: bool) -> str:
    """Marks and explanation, and for the learner what to do next."""
    language = current_language()
    assessment = assessment_from(attempt.block.body)
    md = text.writer(language, text.media_of(attempt.block.version_id))
    version_id, enrolment_id = attempt.enrolment.module_version_id, attempt.enrolment_id
    made = queries.attempts(enrolment_id, attempt.block_id)
    is_left = assessment.maximum is None or len(made) < assessment.maximum
    return render_template(
        "attempts/result.html",
        attempt=attempt,
        assessment=assessment,
        title=sheet.title_of(attempt),
        reviewed=sheet.reviewed(attempt, assessment, md),
        data_views=sheet.data_views(attempt, language),
        attempts=made,
        may_retry=is_own and (is_left or made[-1].is_open),
        next_place=learning.outline(version_id, enrolment_id).next_place if is_own else None,
        is_own=is_own,
        percent=sheet.percent,
        sentences=sheet.sentences,
        part_names=sheet.part_names(),
        md=md,
    )
