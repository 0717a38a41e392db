"""Who does which version of which module, and how far each block is."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.core.db import Base
from lti_app.lti.models import ResourceLink
from lti_app.people.models import Organisation, Person
from modules.authoring.models import Block, ModuleVersion


class Enrolment(Base):
    """One person in one version of a module, at one place of a course; stays on that version."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("person_id", "resource_link_id", "module_version_id"),
        Index("ix_enrolment_resource_link_id", "resource_link_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    """The organisation in whose course it is done; whose module it is says the module."""
    organisation: Mapped[Organisation] = relationship()
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship()
    module_version_id: Mapped[int] = mapped_column(ForeignKey("module_version.id"), index=True)
    module_version: Mapped[ModuleVersion] = relationship()
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id"))
    """Empty for somebody who learns without a course."""
    resource_link: Mapped[ResourceLink | None] = relationship()
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class BlockProgress(Base):
    """What one learner recorded in one block, and when it was finished."""

    __tablename__ = "block_progress"
    __table_args__ = (UniqueConstraint("enrolment_id", "block_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    enrolment: Mapped[Enrolment] = relationship()
    block_id: Mapped[int] = mapped_column(ForeignKey("block.id"), index=True)
    block: Mapped[Block] = relationship()
    state: Mapped[dict[str, Any]]
    """Readings, timers, confirmations, in the shape of the block's type."""
    updated_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
