"""Organisations, persons, the identities by which they arrive, and their roles."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.core.db import Base


class Organisation(Base):
    """A school, a company or a consortium: the tenant to which data belongs, and an issuer."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("kind in ('school', 'company', 'consortium')", name="kind_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    did: Mapped[str | None] = mapped_column(String(255), unique=True)
    """The organisation's own did:web; empty means the default under our host."""
    country_code: Mapped[str] = mapped_column(String(2), default="NL")
    """ISO 3166-1; EU micro-credential element 3, country of the issuer."""
    region: Mapped[str | None] = mapped_column(String(100))
    website: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]


class Person(Base):
    """Somebody as one organisation knows them; never joined by e-mail address."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    name: Mapped[str | None] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(255))
    locale: Mapped[str | None] = mapped_column(String(35))
    alias: Mapped[str] = mapped_column(String(40))
    """Stable stand-in when the platform sends no name, for instance "Deelnemer 4F2A"."""
    created_at: Mapped[datetime]

    @property
    def display_name(self) -> str:
        """The name, or the alias that the course's staff can recognise."""
        return self.name or self.alias


class Identity(Base):
    """One way in which a person arrives: a realm and the subject that it vouches for."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("realm", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    realm: Mapped[str] = mapped_column(String(64))
    """`lti:<registration id>` for an LTI platform, `local` for a person of our own."""
    subject: Mapped[str] = mapped_column(String(255))
    """Case-sensitive; LTI's `sub`."""


class Membership(Base):
    """A role of a person in an organisation, given by an administrator (not by a course)."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("person_id", "organisation_id", "role"),
        CheckConstraint(
            "role in ('admin', 'author', 'assessor', 'teacher', 'exam_board', 'learner')",
            name="role_is_known",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship()
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    role: Mapped[str] = mapped_column(String(16))


class SignInLink(Base):
    """A one-time address by which a person without an LMS opens a session."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship()
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    organisation: Mapped[Organisation] = relationship()
    role: Mapped[str] = mapped_column(String(16))
    expires_at: Mapped[datetime]
