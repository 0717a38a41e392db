"""The class as its teacher sees it: who is where, with which results; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from assessments.attempts.models import Attempt
from assessments.gradebook import queries
from assessments.gradebook.models import Result
from lti_app.core.db import db
from lti_app.core.localized import LocalizedText
from lti_app.lti import queries as lti
from lti_app.lti.models import ResourceLink, ScoreDelivery
from lti_app.people.models import Person
from modules.authoring.models import Block, Section
from modules.learning.models import BlockProgress, Enrolment


@dataclass(frozen=True)
class Mark:
    """The best result of one learner at one assessment."""

    best: Decimal
    passed: bool
    attempts: int


@dataclass(frozen=True)
class Row:
    """One learner in the class."""

    person: Person
    enrolment: Enrolment | None
    done: int
    total: int
    at: LocalizedText | None
    """The first required block that is not done; empty when all is done or nothing was begun."""
    marks: Mapping[str, Mark]
    """By the lasting identity of the block, the same in every version."""
    grade: Decimal | None
    """A fraction, as it was last given to the learning platform."""
    delivery: ScoreDelivery | None
    active_at: datetime | None


@dataclass(frozen=True)
class _Step:
    """A required block, and what it is called."""

    id: int
    title: LocalizedText


@dataclass(frozen=True)
class _Class:
    """Everything about a place in a course, read at once."""

    enrolments: Mapping[int, Enrolment]
    steps: Mapping[int, Sequence[_Step]]
    done: Mapping[int, set[int]]
    marks: Mapping[int, Mapping[str, Mark]]
    grades: Mapping[int, Decimal]
    deliveries: Mapping[int, ScoreDelivery]
    active: Mapping[int, datetime]


def rows(link: ResourceLink) -> list[Row]:
    """All learners of the course, in order of name; those who have not begun too."""
    known = _Class(
        enrolments=_enrolments(link),
        steps=_steps(link),
        done=_done(link),
        marks=_marks(link),
        grades=_grades(link),
        deliveries=lti.score_deliveries(link.id, link.organisation_id),
        active=_active(link),
    )
    people = {
        one.person_id: one.person
        for one in lti.participants(link.context_id, link.organisation_id)
        if one.role == "learner"
    }
    # Who left the course keeps a row as long as there is work.
    people |= {e.person_id: e.person for e in known.enrolments.values()}
    ordered = sorted(people.values(), key=lambda one: (one.display_name.casefold(), one.id))
    return [_row(person, known) for person in ordered]


def assessments(version_id: int) -> Sequence[Block]:
    """The columns with results: what counts in this version."""
    return queries.graded_blocks(version_id)


def _row(person: Person, known: _Class) -> Row:
    enrolment = known.enrolments.get(person.id)
    delivery = known.deliveries.get(person.id)
    if enrolment is None:
        return Row(person, None, 0, 0, None, {}, None, delivery, None)
    steps = known.steps.get(enrolment.module_version_id, [])
    done = known.done.get(enrolment.id, set())
    left = [step for step in steps if step.id not in done]
    return Row(
        person=person,
        enrolment=enrolment,
        done=len(steps) - len(left),
        total=len(steps),
        at=left[0].title if left else None,
        marks=known.marks.get(enrolment.id, {}),
        grade=known.grades.get(enrolment.id),
        delivery=delivery,
        active_at=known.active.get(enrolment.id, enrolment.started_at),
    )


def _enrolments(link: ResourceLink) -> dict[int, Enrolment]:
    """The newest enrolment of each learner at this place."""
    found = db.session.execute(
        select(Enrolment, Person)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.resource_link_id == link.id,
            Enrolment.organisation_id == link.organisation_id,
        )
        .order_by(Enrolment.id)
    )
    return {person.id: enrolment for enrolment, person in found}


def _steps(link: ResourceLink) -> dict[int, list[_Step]]:
    versions = select(Enrolment.module_version_id).where(Enrolment.resource_link_id == link.id)
    found = db.session.execute(
        select(Block.version_id, Block.id, Block.title, Section.title)
        .join(Section, Section.id == Block.section_id)
        .where(Block.version_id.in_(versions), Block.required.is_(True))
        .order_by(Block.position)
    )
    steps: dict[int, list[_Step]] = defaultdict(list)
    for version_id, block_id, title, section_title in found:
        steps[version_id].append(_Step(block_id, title or section_title))
    return steps


def _done(link: ResourceLink) -> dict[int, set[int]]:
    found = db.session.execute(
        select(BlockProgress.enrolment_id, BlockProgress.block_id)
        .join(Enrolment, Enrolment.id == BlockProgress.enrolment_id)
        .where(Enrolment.resource_link_id == link.id, BlockProgress.done_at.is_not(None))
    )
    done: dict[int, set[int]] = defaultdict(set)
    for enrolment_id, block_id in found:
        done[enrolment_id].add(block_id)
    return done


def _marks(link: ResourceLink) -> dict[int, dict[str, Mark]]:
    found = db.session.execute(
        select(Result.enrolment_id, Block.uuid, Result.best, Result.passed, Result.attempts)
        .join(Block, Block.id == Result.block_id)
        .join(Enrolment, Enrolment.id == Result.enrolment_id)
        .where(Enrolment.resource_link_id == link.id)
    )
    marks: dict[int, dict[str, Mark]] = defaultdict(dict)
    for enrolment_id, uuid, best, passed, attempts in found:
        marks[enrolment_id][uuid] = Mark(best, passed, attempts)
    return marks


def _grades(link: ResourceLink) -> dict[int, Decimal]:
    return {grade.enrolment_id: grade.fraction for grade in queries.grades_at(link.id)}


def _active(link: ResourceLink) -> dict[int, datetime]:
    """When each learner last did something, in a block or in an attempt."""
    active: dict[int, datetime] = {}
    for column, owner in (
        (BlockProgress.updated_at, BlockProgress.enrolment_id),
        (func.coalesce(Attempt.saved_at, Attempt.started_at), Attempt.enrolment_id),
    ):
        found = db.session.execute(
            select(owner, func.max(column, type_=BlockProgress.updated_at.type))
            .join(Enrolment, Enrolment.id == owner)
            .where(Enrolment.resource_link_id == link.id)
            .group_by(owner)
        )
        for enrolment_id, moment in found:
            active[enrolment_id] = max(moment, active.get(enrolment_id, moment))
    return active
