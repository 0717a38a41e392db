"""The data set that one learner got: printed, kept, never drawn again."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.core.db import Base
from lti_app.people.models import Organisation
from modules.authoring.models import Block
from modules.learning.models import Enrolment


class DatasetInstance(Base):
    """The n-th data set of one block for one learner. The tables count, not the seed."""

    __tablename__ = "dataset_instance"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "block_id", "number"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    enrolment: Mapped[Enrolment] = relationship()
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"), index=True)
    block: Mapped[Block] = relationship()
    number: Mapped[int]
    generator: Mapped[str] = mapped_column(String(40))
    generator_version: Mapped[int]
    seed: Mapped[str] = mapped_column(String(64))
    parameters: Mapped[dict[str, Any]]
    tables: Mapped[dict[str, Any]]
    """As printed for this learner; marking starts from here, also after an upgrade."""
    made_at: Mapped[datetime]
