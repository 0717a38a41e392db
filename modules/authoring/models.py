"""Modules, their versions and what is in them; a published version never changes."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.core.db import Base
from lti_app.core.localized import LocalizedText
from lti_app.people.models import Organisation

VISIBILITIES = ("private", "open")
OPTIONAL = JSON(none_as_null=True)


class Module(Base):
    """What is taught, under one name in addresses, whatever its version."""

    __tablename__ = "module"
    __table_args__ = (
        CheckConstraint("visibility in ('private', 'open')", name="visibility_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    visibility: Mapped[str] = mapped_column(String(12), default="open")
    """open: in the public catalogue, for every course. private: for its own organisation."""
    created_at: Mapped[datetime]


class ModuleVersion(Base):
    """One edition of a module. Published means frozen: see `freeze.py`."""

    __tablename__ = "module_version"
    __table_args__ = (
        UniqueConstraint("module_id", "version"),
        CheckConstraint("state in ('draft', 'published', 'retired')", name="state_is_known"),
        CheckConstraint(
            "state = 'draft' or (frozen_sha256 is not null and published_at is not null)",
            name="published_is_frozen",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    module: Mapped[Module] = relationship()
    version: Mapped[str] = mapped_column(String(20))
    """Semantic version, as text: 1.0.0."""
    rank: Mapped[int] = mapped_column(BigInteger)
    """The version as one number, so that a database can find the newest."""
    state: Mapped[str] = mapped_column(String(12), default="draft")
    title: Mapped[LocalizedText]
    summary: Mapped[LocalizedText]
    languages: Mapped[list[str]]
    licence: Mapped[str] = mapped_column(String(100))
    """SPDX identifier."""
    attribution: Mapped[list[Any]]
    pass_mark: Mapped[Decimal | None]
    level: Mapped[dict[str, Any] | None] = mapped_column(OPTIONAL)
    """{"nlqf": 4, "eqf": 4}; empty when no level is claimed."""
    validity_months: Mapped[int | None]
    minutes: Mapped[int]
    """Study load: the sum of the sections."""
    extensions: Mapped[dict[str, Any]]
    """What other slices read from the package, such as the achievement; kept as it came."""
    search_text: Mapped[str] = mapped_column(Text)
    """Title, summary and outcomes, folded: databases differ in how they ignore case."""
    frozen_sha256: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the canonical module.json; pictures count, because their names are hashes."""
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    sections: Mapped[list["Section"]] = relationship(
        back_populates="version", order_by="Section.position"
    )
    blocks: Mapped[list["Block"]] = relationship(
        back_populates="version", order_by="Block.position"
    )
    outcomes: Mapped[list["Outcome"]] = relationship(
        back_populates="version", order_by="Outcome.position"
    )
    media: Mapped[list["MediaAsset"]] = relationship(
        back_populates="version", order_by="MediaAsset.position"
    )


class Section(Base):
    """A part of a version that is done in one place."""

    __tablename__ = "section"
    __table_args__ = (
        UniqueConstraint("version_id", "uuid"),
        CheckConstraint("mode in ('online', 'bench', 'workplace')", name="mode_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("module_version.id"), index=True)
    version: Mapped[ModuleVersion] = relationship(back_populates="sections")
    uuid: Mapped[str] = mapped_column(String(36))
    position: Mapped[int]
    title: Mapped[LocalizedText]
    mode: Mapped[str] = mapped_column(String(12))
    minutes: Mapped[int]


class Block(Base):
    """One thing on a page; `uuid` stays the same from version to version."""

    __tablename__ = "block"
    __table_args__ = (UniqueConstraint("version_id", "uuid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("module_version.id"))
    version: Mapped[ModuleVersion] = relationship(back_populates="blocks")
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), index=True)
    section: Mapped[Section] = relationship()
    uuid: Mapped[str] = mapped_column(String(36))
    position: Mapped[int]
    """Place in the whole version, over all sections."""
    type: Mapped[str] = mapped_column(String(40))
    title: Mapped[LocalizedText | None] = mapped_column(OPTIONAL)
    required: Mapped[bool]
    points: Mapped[Decimal]
    body: Mapped[dict[str, Any]]
    """As it came in, checked by the schema of its type; optional keys may be absent."""


class Outcome(Base):
    """What a learner can do afterwards, and the blocks that show it."""

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("version_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("module_version.id"))
    version: Mapped[ModuleVersion] = relationship(back_populates="outcomes")
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    text: Mapped[LocalizedText]
    assessed_by: Mapped[list[str]]
    """uuids of blocks."""


class MediaFile(Base):
    """The bytes of a picture, once, under their own hash.

    They are kept in the database: a back-up of it is then complete, a rolled back import leaves
    no files behind, and the pictures of a module are few and small (10 MB at most, each).
    """

    __tablename__ = "media_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    mime: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class MediaAsset(Base):
    """A picture as one version uses it: its words, licence and source."""

    __tablename__ = "media_asset"
    __table_args__ = (UniqueConstraint("version_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("module_version.id"))
    version: Mapped[ModuleVersion] = relationship(back_populates="media")
    file_sha256: Mapped[str] = mapped_column(ForeignKey("media_file.sha256"), index=True)
    file: Mapped[MediaFile] = relationship()
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    """The id that texts use: media:NAME."""
    alt: Mapped[dict[str, Any]]
    """{"nl": …, "en": …}, or {"decorative": true}."""
    licence: Mapped[str | None] = mapped_column(String(100))
    source: Mapped[str | None] = mapped_column(String(1000))
