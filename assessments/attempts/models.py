"""Attempts of learners at assessments."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.core.db import Base
from lti_app.people.models import Organisation
from modules.authoring.models import Block
from modules.learning.models import Enrolment

_OPEN = text("handed_in_at is null")


class Attempt(Base):
    """One try at one assessment block; a handed-in attempt never changes again."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "block_id", "number"),
        Index(
            "ix_attempt_open",
            "enrolment_id",
            "block_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        CheckConstraint("score between 0 and 1", name="score_is_a_fraction"),
        CheckConstraint("score is null or handed_in_at is not null", name="score_after_hand_in"),
        CheckConstraint("(score is null) = (passed is null)", name="passed_with_score"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    enrolment: Mapped[Enrolment] = relationship()
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"), index=True)
    block: Mapped[Block] = relationship()
    number: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Item id -> the answer, word for word as typed."""
    datasets: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """uuid of the data set block -> id of the learner's own `DatasetInstance`."""
    language: Mapped[str | None] = mapped_column(String(2))
    """The language of the page when it was handed in: it decides what 1.000 may mean."""
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    """Also the revision of the answers: a page says which one it was made from."""
    saved_by: Mapped[str | None] = mapped_column(String(32))
    """The page that saved last: it is never in conflict with itself."""
    handed_in_at: Mapped[datetime | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    """A fraction of the points."""
    marks: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Item id -> the mark with its parts, reasons and feedback."""
    passed: Mapped[bool | None]

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.handed_in_at is None
