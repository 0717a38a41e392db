"""Achievements, awards, signing keys and status lists.

The columns of `Achievement` are the elements of the European approach to micro-credentials
(Council Recommendation 2022/C 243/02, Annex I). Elements 3 and 4 (country, awarding body) are those
of the awarding organisation, element 5 (date of issuing) is `Award.awarded_at`, element 6 (learning
outcomes) are the outcomes of the frozen module version.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.core.db import Base
from lti_app.core.localized import LocalizedText
from lti_app.people.models import Organisation, Person
from modules.authoring.models import ModuleVersion
from modules.learning.models import Enrolment

OPTIONAL = JSON(none_as_null=True)
REVOCATION, SUSPENSION = "revocation", "suspension"
REASONS = ("error", "misconduct", "withdrawn", "key_compromise", "replaced")


class Achievement(Base):
    """What one published module version is proof of; never changes, as the version never does."""

    __tablename__ = "achievement"
    __table_args__ = (
        CheckConstraint(
            "kind in ('extracurricular', 'regular', 'microcredential')", name="kind_is_known"
        ),
        CheckConstraint("workload_minutes > 0", name="workload_is_positive"),
        CheckConstraint("level_nlqf between 1 and 8", name="nlqf_is_known"),
        CheckConstraint("level_eqf between 1 and 8", name="eqf_is_known"),
        CheckConstraint(
            "not stackable or stacks_into is not null", name="stackable_into_something"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    """Who made it; who awards it is the organisation of the award (element 4)."""
    module_version_id: Mapped[int] = mapped_column(ForeignKey("module_version.id"), unique=True)
    module_version: Mapped[ModuleVersion] = relationship()
    """Its outcomes are element 6, its version is the version of the achievement."""
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    """`Achievement.id` is urn:uuid:UUID, the same for every holder (Open Badges 3.0)."""
    kind: Mapped[str] = mapped_column(String(20))
    """The classes of edubadges; a microcredential needs 240 study load hours and an exam board."""
    learner_identification: Mapped[LocalizedText]
    """Element 1: how the learner is known."""
    name: Mapped[LocalizedText]
    """Element 2: title."""
    workload_minutes: Mapped[int]
    """Element 7: notional workload."""
    level_nlqf: Mapped[int | None]
    """Element 8: level, as the makers see it."""
    level_eqf: Mapped[int | None]
    assessment_type: Mapped[str] = mapped_column(String(40))
    """Element 9: type of assessment."""
    assessed: Mapped[LocalizedText]
    not_assessed: Mapped[LocalizedText]
    participation_type: Mapped[str] = mapped_column(String(40))
    """Element 10: form of participation."""
    quality_name: Mapped[LocalizedText]
    """Element 11: type of quality assurance."""
    quality_description: Mapped[LocalizedText]
    quality_url: Mapped[str | None] = mapped_column(String(500))
    prerequisites: Mapped[LocalizedText | None] = mapped_column(OPTIONAL)
    """Element 12."""
    supervision_type: Mapped[str] = mapped_column(String(60))
    """Element 13: supervision and identity verification."""
    identity_checked: Mapped[bool]
    show_grade: Mapped[bool]
    """Element 14: whether the grade is part of the credential."""
    stackable: Mapped[bool]
    """Element 15: integration and stackability."""
    stacks_into: Mapped[LocalizedText | None] = mapped_column(OPTIONAL)
    description: Mapped[LocalizedText]
    further_information: Mapped[LocalizedText | None] = mapped_column(OPTIONAL)
    """Element 16."""
    alignments: Mapped[list[Any]]
    """[{"name": {nl, en}, "url", "framework", "code", "type"}]: skills in public frameworks."""
    created_at: Mapped[datetime]


class SigningKey(Base):
    """A key of one issuer. Old public keys stay published as long as a credential needs them."""

    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint("state in ('next', 'active', 'retired', 'revoked')", name="state_is_known"),
        CheckConstraint("algorithm in ('Ed25519')", name="algorithm_is_known"),
        Index(
            "uq_signing_key_one_active",
            "issuer_did",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    issuer_did: Mapped[str] = mapped_column(String(255))
    """The DID in whose document it stands; an issuer that moves house gets new keys."""
    algorithm: Mapped[str] = mapped_column(String(16), default="Ed25519")
    multikey: Mapped[str] = mapped_column(String(100), unique=True)
    """The public key (Controlled Identifiers 1.0, Multikey), and the fragment of its address."""
    sealed_private: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime]
    used_from: Mapped[datetime]
    """A new key is published a day before its first use, so that caches know it in time."""
    revoked_at: Mapped[datetime | None]

    @property
    def kid(self) -> str:
        """The verification method: DID and fragment."""
        return f"{self.issuer_did}#{self.multikey}"


class StatusList(Base):
    """One published list of bits; lists of both purposes with one number share their positions."""

    __tablename__ = "status_list"
    __table_args__ = (
        UniqueConstraint("purpose", "number"),
        CheckConstraint("purpose in ('revocation', 'suspension')", name="purpose_is_known"),
        CheckConstraint("used >= 0", name="used_is_a_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    issuer_did: Mapped[str] = mapped_column(String(255))
    """The issuer of a list and of the credentials in it must be the same."""
    purpose: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    """Unique over all issuers: it stands in the address."""
    url: Mapped[str] = mapped_column(String(500))
    """As it is written in credentials, so that it never changes."""
    seed: Mapped[str] = mapped_column(String(32))
    """Orders the positions at random: a position says nothing about when it was given out."""
    used: Mapped[int] = mapped_column(default=0)
    credential: Mapped[str | None] = mapped_column(Text)
    """The signed status list credential as it is served."""
    etag: Mapped[str | None] = mapped_column(String(64))
    signed_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]


class Award(Base):
    """One achievement of one person. The row is the truth; the signed text is its copy outside."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("status_list_id", "status_index"),
        CheckConstraint(
            "state in ('considered', 'signed', 'revoked', 'suspended')", name="state_is_known"
        ),
        CheckConstraint("visibility in ('private', 'link')", name="visibility_is_known"),
        CheckConstraint("score between 0 and 1", name="score_is_a_fraction"),
        CheckConstraint("state = 'considered' or credential is not null", name="signed_has_text"),
        CheckConstraint(
            "reason in ('error', 'misconduct', 'withdrawn', 'key_compromise', 'replaced')",
            name="reason_is_known",
        ),
        Index("ix_award_status_list_id_state", "status_list_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    """The awarding body (element 4): it knows the learner and answers for the award."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    enrolment: Mapped[Enrolment] = relationship()
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievement.id"), index=True)
    achievement: Mapped[Achievement] = relationship()
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    """128 random bits: knowing the address is being invited."""
    subject: Mapped[str] = mapped_column(String(45), unique=True)
    """urn:uuid of the holder, for this award only, so that awards cannot be joined."""
    state: Mapped[str] = mapped_column(String(12), default="considered")
    reason: Mapped[str | None] = mapped_column(String(20))
    """Why it was revoked or suspended; never shown in public."""
    changed_at: Mapped[datetime]
    """When the state last changed."""
    score: Mapped[Decimal | None]
    awarded_at: Mapped[datetime]
    """Element 5: date of issuing."""
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    credential: Mapped[str | None] = mapped_column(Text)
    """The signed credential, byte for byte as it is handed out."""
    signing_key_id: Mapped[int | None] = mapped_column(ForeignKey("signing_key.id"), index=True)
    signing_key: Mapped[SigningKey | None] = relationship()
    status_list_id: Mapped[int] = mapped_column(ForeignKey("status_list.id"))
    """The revocation list; the suspension list has the same number and position."""
    status_list: Mapped[StatusList] = relationship()
    status_index: Mapped[int]
    visibility: Mapped[str] = mapped_column(String(10), default="private")
    name_shown: Mapped[bool] = mapped_column(default=False)
    """Whether the holder's name is on the shared page; it is never in the credential."""

    @property
    def is_shared(self) -> bool:
        """Whether whoever has the address may see it."""
        return self.visibility == "link"
