"""What counts: the best attempt per assessment, and the grade of the module."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assessments.attempts.models import Attempt
from lti_app.core.db import Base
from lti_app.people.models import Organisation
from modules.authoring.models import Block
from modules.learning.models import Enrolment


class Result(Base):
    """The best attempt of one learner at one assessment; once passed it stays passed."""

    __tablename__ = "result"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "block_id"),
        CheckConstraint("best between 0 and 1", name="best_is_a_fraction"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    enrolment: Mapped[Enrolment] = relationship()
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"), index=True)
    block: Mapped[Block] = relationship()
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    attempt: Mapped[Attempt] = relationship()
    """The attempt that counts."""
    best: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    passed: Mapped[bool]
    attempts: Mapped[int] = mapped_column(default=1)
    """How many were handed in."""
    updated_at: Mapped[datetime]


class ModuleGrade(Base):
    """The grade of a whole module as it was last given to the learning platform."""

    __tablename__ = "module_grade"
    __table_args__ = (CheckConstraint("fraction between 0 and 1", name="fraction_is_a_fraction"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    enrolment: Mapped[Enrolment] = relationship()
    fraction: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    queued_at: Mapped[datetime]
