"""Every table that holds something of a person, and how it is tied to that person.

One list, children before parents: export reads it backwards, erasure and retention forwards. A test
compares it with all tables, so a new one cannot be forgotten.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select

from assessments.attempts.models import Attempt
from assessments.credentials.models import Award
from assessments.datasets.models import DatasetInstance
from assessments.gradebook.models import ModuleGrade, Result
from lti_app.core.db import Base
from lti_app.lti.models import Participation, ScoreDelivery
from lti_app.people.models import Identity, Membership, Person, SignInLink
from lti_app.web.handover import HandOver
from lti_app.web.sessions import WebSession
from modules.learning.models import BlockProgress, Enrolment


@dataclass(frozen=True)
class Holding:
    """One table with data of persons."""

    model: type[Base]
    what: LazyString
    by: str = "person_id"
    """The column that leads to the person: directly, by enrolment or by session."""
    hidden: frozenset[str] = frozenset()
    """Digests of secrets: of no use to the person, of use to a thief of the export."""

    def of(self, person_id: int) -> ColumnElement[bool]:
        """Return what selects the rows of this person."""
        column = self.model.__table__.c[self.by]
        if self.by in ("person_id", "id"):
            return column == person_id
        return column.in_(_PARENTS[self.by](person_id))


def enrolments_of(person_id: int) -> Select[Any]:
    """Return the query for the ids of a person's enrolments."""
    return select(Enrolment.id).where(Enrolment.person_id == person_id)


def _sessions_of(person_id: int) -> Select[Any]:
    return select(WebSession.id).where(WebSession.person_id == person_id)


_PARENTS = {"enrolment_id": enrolments_of, "session_id": _sessions_of}
_SECRET = frozenset({"token_hash", "phone_hash", "browser"})

WORK: tuple[Holding, ...] = (
    Holding(ModuleGrade, _l("Grades of modules"), "enrolment_id"),
    Holding(Result, _l("Results of tests"), "enrolment_id"),
    Holding(Attempt, _l("Attempts, with answers and marks"), "enrolment_id"),
    Holding(DatasetInstance, _l("Own data sets"), "enrolment_id"),
    Holding(BlockProgress, _l("Progress, readings and timers"), "enrolment_id"),
)
"""What a learner did in one enrolment."""
SURROUNDINGS: tuple[Holding, ...] = (
    Holding(ScoreDelivery, _l("Scores sent to the learning platform")),
    Holding(Participation, _l("Courses and roles in them")),
    Holding(HandOver, _l("Hand-overs to another tab"), "session_id", _SECRET),
    Holding(WebSession, _l("Sessions"), hidden=_SECRET),
    Holding(SignInLink, _l("Sign-in links"), hidden=_SECRET),
    Holding(Membership, _l("Roles in organisations")),
    Holding(Identity, _l("Identities at learning platforms")),
)
AWARDS = Holding(Award, _l("Proofs"))
ENROLMENTS = Holding(Enrolment, _l("Modules"))
PERSONS = Holding(Person, _l("Person"), "id")
HOLDINGS: tuple[Holding, ...] = (*WORK, *SURROUNDINGS, AWARDS, ENROLMENTS, PERSONS)
