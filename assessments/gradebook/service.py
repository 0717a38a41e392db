"""Keeping the best result, and telling the learning platform when the grade is final."""

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from assessments.attempts.models import Attempt
from assessments.gradebook import queries
from assessments.gradebook.events import AssessmentPassed
from assessments.gradebook.models import ModuleGrade, Result
from assessments.gradebook.queries import Standing
from assessments.items.mark import NOTHING
from lti_app.core import events
from lti_app.core.db import db
from lti_app.lti import grades
from lti_app.lti.models import ResourceLink
from modules.learning.models import Enrolment


def record(attempt: Attempt, *, now: datetime) -> Result:
    """Count a marked attempt; the best one stays, and a pass is told once."""
    lock(attempt.enrolment_id)
    result = queries.result(attempt.enrolment_id, attempt.block_id)
    was_passed = result is not None and result.passed
    if result is None:
        result = _first(attempt, now)
    else:
        _better(result, attempt, now)
    db.session.flush()
    if result.passed and not was_passed:
        events.publish(AssessmentPassed(attempt.enrolment_id, attempt.block_id))
    return result


def lock(enrolment_id: int) -> None:
    """Make results of one learner wait for each other: two last hand-ins must not both miss it."""
    mine = select(Enrolment.id).where(Enrolment.id == enrolment_id)
    db.session.execute(mine.with_for_update(key_share=True))


def _first(attempt: Attempt, now: datetime) -> Result:
    result = Result(
        organisation_id=attempt.organisation_id,
        enrolment_id=attempt.enrolment_id,
        block_id=attempt.block_id,
        attempt_id=attempt.id,
        best=attempt.score or NOTHING,
        passed=bool(attempt.passed),
        attempts=1,
        updated_at=now,
    )
    db.session.add(result)
    return result


def _better(result: Result, attempt: Attempt, now: datetime) -> None:
    score = attempt.score or NOTHING
    result.attempts += 1
    result.passed = result.passed or bool(attempt.passed)
    if score > result.best:
        result.best, result.attempt_id = score, attempt.id
    result.updated_at = now


def tell_platform(enrolment: Enrolment, *, now: datetime) -> None:
    """Queue the grade when all that counts was handed in and the grade is another than before."""
    if enrolment.resource_link_id is None:
        return
    blocks = queries.graded_blocks(enrolment.module_version_id)
    standing = queries.standing(blocks, queries.results(enrolment.id))
    grade = queries.grade(enrolment.id)
    is_news = grade is None or grade.fraction != standing.fraction
    if not standing.is_final or not is_news or not _is_shown_by_link(enrolment):
        return
    queued = grades.queue_score(
        resource_link_id=enrolment.resource_link_id,
        person_id=enrolment.person_id,
        fraction=standing.fraction,
        submitted_at=now,
        comment=_comment(enrolment),
        now=now,
    )
    if queued:
        _keep(enrolment, grade, standing, now)


def _is_shown_by_link(enrolment: Enrolment) -> bool:
    """Whether the link still opens this module: its column is not another module's."""
    link = db.session.get(ResourceLink, enrolment.resource_link_id)
    slug = enrolment.module_version.module.slug
    return link is not None and link.module_ref in (None, slug)


def _keep(
    enrolment: Enrolment, grade: ModuleGrade | None, standing: Standing, now: datetime
) -> None:
    """Remember the grade that was queued."""
    if grade is None:
        grade = ModuleGrade(organisation_id=enrolment.organisation_id, enrolment_id=enrolment.id)
        db.session.add(grade)
    grade.fraction, grade.queued_at = standing.fraction, now


def _comment(enrolment: Enrolment) -> str:
    """One sentence beside the grade, in the learner's language."""
    language = "en" if (enrolment.person.locale or "nl").lower().startswith("en") else "nl"
    with force_locale(language):
        if enrolment.completed_at is not None:
            return str(_("Module completed. Your best results count."))
        return str(_("All parts handed in. Your best results count; you can still improve them."))
