"""Every change of an attempt: start, save, hand in, keep the marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm.attributes import set_committed_value

from assessments.attempts import answers as given
from assessments.attempts import queries
from assessments.attempts.assessment import Assessment, assessment_from
from assessments.attempts.events import AttemptHandedIn, AttemptMarked
from assessments.attempts.models import Attempt
from assessments.datasets import queries as dataset_queries
from assessments.datasets import service as datasets
from assessments.items.registry import Form, Item, Problems
from lti_app.core import events
from lti_app.core.db import db
from lti_app.core.errors import Conflict
from modules.authoring import queries as authoring
from modules.authoring.models import Block
from modules.learning import queries as learning
from modules.learning.models import Enrolment
from modules.learning.service import BlockLocked


class AttemptClosed(Conflict):
    """It was handed in before."""

    code = "attempt_closed"
    title = _l("You have handed this in already")
    advice = _l("Your answers are safe. Go back to the module to see your result.")


class AnswersChanged(Conflict):
    """Another page saved since this one was made."""

    code = "answers_changed"
    title = _l("These answers were changed on another device or in another tab")
    advice = _l("What you typed here is kept. Look at both and choose.")


class NoAttemptsLeft(Conflict):
    """The author set a maximum, and it is used up."""

    code = "no_attempts_left"
    title = _l("You have used all your attempts")
    advice = _l("Your best result counts. Ask your teacher if you need another attempt.")


class AssessmentBroken(Conflict):
    """The module asks for something that its data set does not have."""

    code = "assessment_broken"
    title = _l("This assessment is not finished yet")
    advice = _l("Something is missing in the module. Tell your teacher; nothing of yours is lost.")


@dataclass(frozen=True)
class Basis:
    """Which state of the answers a page was made from (`saved_at`), and which page that is."""

    revision: datetime | None
    writer: str


@dataclass(frozen=True)
class Outcome:
    """What became of handing in: done, or what stands in the way."""

    handed_in: bool = False
    problems: Problems = field(default_factory=dict)
    missing: Sequence[Item] = ()


def start(enrolment: Enrolment, block: Block, *, pepper: str, now: datetime) -> Attempt:
    """The learner's open attempt, or a new one with its own data set."""
    # Two tabs may start at once; whoever holds the enrolment goes first.
    mine = select(Enrolment.id).where(Enrolment.id == enrolment.id)
    db.session.execute(mine.with_for_update(key_share=True))
    before = queries.attempts(enrolment.id, block.id)
    if before and before[-1].is_open:
        return before[-1]
    _require_unlocked(enrolment, block)
    assessment = assessment_from(block.body)
    if assessment.maximum is not None and len(before) >= assessment.maximum:
        raise NoAttemptsLeft(block.id)
    number = len(before) + 1
    attempt = Attempt(
        organisation_id=enrolment.organisation_id,
        enrolment_id=enrolment.id,
        block_id=block.id,
        number=number,
        answers={},
        datasets=_datasets(enrolment, assessment, number, pepper, now),
        started_at=now,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def save(
    attempt: Attempt, answers: Mapping[str, Any], *, now: datetime, basis: Basis | None = None
) -> None:
    """Keep the answers as they are; AttemptClosed after handing in.

    With a basis, AnswersChanged when another page saved other answers since.
    """
    conditions = [] if basis is None else [_is_based_on(basis)]
    saved_by = basis.writer if basis else None
    changed = _change_open(
        attempt, *conditions, answers=dict(answers), saved_at=now, saved_by=saved_by
    )
    if not changed:
        db.session.refresh(attempt, ["answers", "saved_at", "saved_by"])
        if attempt.answers != answers:
            raise AnswersChanged(attempt.id)


def hand_in(
    attempt: Attempt,
    form: Form | None,
    *,
    language: str,
    may_miss: bool,
    now: datetime,
    basis: Basis | None = None,
) -> Outcome:
    """Close the attempt and have it marked, unless a number is unclear or an answer is missing.

    Without a form the saved answers count. What was typed is kept in every case.
    """
    if form is not None:
        answers = given.read(assessment_from(attempt.block.body), form, attempt.id)
        save(attempt, answers, now=now, basis=basis)
    left = unfinished(attempt, language=language)
    if left.problems or (left.missing and not may_miss):
        return left
    _change_open(attempt, handed_in_at=now, language=language)
    events.publish(AttemptHandedIn(attempt.id))
    return Outcome(handed_in=True)


def unfinished(attempt: Attempt, *, language: str) -> Outcome:
    """What still stands in the way of handing in the saved answers; changes nothing."""
    assessment = assessment_from(attempt.block.body)
    return Outcome(
        problems=given.problems(assessment, attempt.answers, language),
        missing=given.missing(assessment, attempt.answers),
    )


def keep_marks(attempt: Attempt, marks: Mapping[str, Any], score: Decimal, passed: bool) -> None:
    """Write the marks of a handed-in attempt, and tell who waits for them."""
    attempt.marks = dict(marks)
    attempt.score = score
    attempt.passed = passed
    db.session.flush()
    events.publish(AttemptMarked(attempt.id))


def _is_based_on(basis: Basis) -> ColumnElement[bool]:
    return or_(
        Attempt.saved_by == basis.writer,
        Attempt.saved_at.is_not_distinct_from(basis.revision),
    )


def _change_open(attempt: Attempt, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """One statement decides who is first: a second hand-in or a late save changes nothing.

    False when it is open and the further conditions do not hold; AttemptClosed when it is not.
    """
    changed = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.handed_in_at.is_(None), *conditions)
        .values(**values)
        .returning(Attempt.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        db.session.refresh(attempt, ["handed_in_at"])
        if not attempt.is_open or not conditions:
            raise AttemptClosed(attempt.id)
        return False
    for name, value in values.items():  # as it was written: no need to read it back
        set_committed_value(attempt, name, value)
    return True


def _require_unlocked(enrolment: Enrolment, block: Block) -> None:
    place = learning.outline(enrolment.module_version_id, enrolment.id).place_of(block.id)
    if place is not None and place.locked_by and not place.done:
        raise BlockLocked(block.id)


def _datasets(
    enrolment: Enrolment, assessment: Assessment, number: int, pepper: str, now: datetime
) -> dict[str, Any]:
    """The data set of this attempt; the first one again when the author wants no fresh data."""
    if assessment.dataset is None:
        return {}
    block = authoring.blocks_by_uuid(enrolment.module_version_id).get(assessment.dataset)
    if block is None:
        raise AssessmentBroken(assessment.dataset)
    turn = number if assessment.fresh_data else 1
    data = datasets.obtain(enrolment, block, turn, pepper=pepper, now=now)
    absent = assessment.key_names - set(dataset_queries.key(data))
    if absent:
        raise AssessmentBroken(sorted(absent))
    return {assessment.dataset: data.id}
