"""The judge of statements: what is tied to one tenant, and what is not."""

import pytest
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import sqlite

from assessments.attempts.models import Attempt
from assessments.credentials.models import Award
from lti_app.core.db import Base
from modules.learning.models import Enrolment
from tests.support import statements, tenancy

MINE = select(Enrolment.id).where(Enrolment.person_id == 1)
TIED = [
    select(Attempt).where(Attempt.organisation_id == 1, Attempt.id == 2),
    select(Attempt).join(Enrolment).where(Enrolment.person_id == 1),
    delete(Attempt).where(Attempt.enrolment_id.in_(MINE)),
    select(Enrolment).where(
        Enrolment.person_id == 1, ~select(Award).where(Award.enrolment_id == Enrolment.id).exists()
    ),
]
LOOSE = [
    (select(Attempt).where(Attempt.id == 1), {"attempt"}),
    (select(Attempt).where(or_(Attempt.organisation_id == 1, Attempt.id == 2)), {"attempt"}),
    (select(Attempt).where(Attempt.organisation_id != 1), {"attempt"}),
    (select(Attempt).join(Enrolment), {"attempt", "enrolment"}),
    (update(Attempt).values(number=2), {"attempt"}),
    (
        select(Enrolment).where(MINE.exists(), Enrolment.id.in_(select(Award.id))),
        {"enrolment", "award"},
    ),
]


def judged(statement: object) -> frozenset[str]:
    """Return what the judge finds loose."""
    compiled = statement.compile(dialect=sqlite.dialect())  # type: ignore[attr-defined]
    return statements.loose_tables(compiled, tenancy.KEYS)


@pytest.mark.parametrize("statement", TIED, ids=str)
def test_a_statement_with_a_tenant_predicate_is_left_alone(statement: object) -> None:
    assert judged(statement) == frozenset()


@pytest.mark.parametrize(("statement", "tables"), LOOSE, ids=str)
def test_a_statement_without_one_is_named(statement: object, tables: set[str]) -> None:
    assert judged(statement) == tables


def test_every_table_says_what_ties_it_or_that_it_is_shared() -> None:
    known = set(tenancy.KEYS) | set(tenancy.SHARED)
    assert {table.name for table in Base.metadata.sorted_tables} - known == set()
