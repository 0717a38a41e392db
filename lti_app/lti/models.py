"""Platforms, deployments, courses, links, line items: what an LMS told us, as it wrote it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.core.db import Base
from lti_app.people.models import Organisation, Person


class Registration(Base):
    """The agreement between one platform and this tool, on behalf of one organisation."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("issuer", "client_id"),
        CheckConstraint("state in ('active', 'suspended')", name="state_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    """Unguessable; `/lti/login/<uid>` tells two clients of one issuer apart."""
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    issuer: Mapped[str] = mapped_column(String(255))
    client_id: Mapped[str] = mapped_column(String(255))
    auth_url: Mapped[str] = mapped_column(String(500))
    token_url: Mapped[str] = mapped_column(String(500))
    jwks_url: Mapped[str] = mapped_column(String(500))
    token_audience: Mapped[str | None] = mapped_column(String(500))
    """`aud` of the client assertion where the platform wants another one than its token URL."""
    frame_origins: Mapped[list[str]] = mapped_column(default=list)
    """Further origins of pages that may frame us (Canvas frames from the school's own host)."""
    state: Mapped[str] = mapped_column(String(12), default="active")
    created_at: Mapped[datetime]


class Deployment(Base):
    """One installation of the tool in the platform; opens nothing until it is approved."""

    __tablename__ = "deployment"
    __table_args__ = (
        UniqueConstraint("registration_id", "deployment_id"),
        CheckConstraint("state in ('pending', 'active', 'blocked')", name="state_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    deployment_id: Mapped[str] = mapped_column(String(255))
    """LTI Core 1.3, 5.3.3: case-sensitive, at most 255 ASCII characters."""
    state: Mapped[str] = mapped_column(String(12), default="pending")
    seen_at: Mapped[datetime]


class Context(Base):
    """A course, or a group, in the platform."""

    __tablename__ = "context"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    deployment: Mapped[Deployment] = relationship()
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    context_id: Mapped[str] = mapped_column(String(255))
    """As the platform wrote it; "link:<digest>" for a link whose launches name no context."""
    title: Mapped[str] = mapped_column(String(500), default="")
    label: Mapped[str] = mapped_column(String(255), default="")
    roster_url: Mapped[str | None] = mapped_column(String(1000))


class ResourceLink(Base):
    """A place in a course from which we are opened, and the module that it opens."""

    __tablename__ = "resource_link"
    __table_args__ = (UniqueConstraint("deployment_id", "resource_link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    deployment: Mapped[Deployment] = relationship()
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), index=True)
    context: Mapped[Context] = relationship()
    resource_link_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(500), default="")
    module_ref: Mapped[str | None] = mapped_column(String(100))
    """Slug of the module; empty while nobody has chosen one."""
    lineitems_url: Mapped[str | None] = mapped_column(String(1000))
    """AGS 2.0, 3.1: the container in which line items are found or made; may hold a query."""
    lineitem_url: Mapped[str | None] = mapped_column(String(1000))
    """AGS 2.0, 3.1: the one line item coupled to this link by the platform."""
    scopes: Mapped[list[str]] = mapped_column(default=list)
    """What the AGS claim grants; never ask for more."""


class LineItem(Base):
    """The gradebook column of a link; the row is also the lock under which it is found or made."""

    __tablename__ = "line_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    resource_link_id: Mapped[int] = mapped_column(ForeignKey("resource_link.id"), unique=True)
    resource_link: Mapped[ResourceLink] = relationship()
    url: Mapped[str | None] = mapped_column(String(1000))
    score_maximum: Mapped[int] = mapped_column(default=100)
    locked_until: Mapped[datetime | None]


class Participation(Base):
    """Somebody in a course, with the role of the last launch or roster."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("context_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    context: Mapped[Context] = relationship()
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    role: Mapped[str] = mapped_column(String(16))
    """learner | teacher: from context roles only."""
    roles: Mapped[list[str]]
    seen_at: Mapped[datetime]


class ScoreDelivery(Base):
    """What should stand in the gradebook for one learner and link, and how far that is."""

    __tablename__ = "score_delivery"
    __table_args__ = (
        UniqueConstraint("resource_link_id", "person_id"),
        CheckConstraint("state in ('queued', 'sent', 'retry', 'failed')", name="state_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship()
    resource_link_id: Mapped[int] = mapped_column(ForeignKey("resource_link.id"))
    resource_link: Mapped[ResourceLink] = relationship()
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    score_given: Mapped[str] = mapped_column(String(20))
    """Of 100, as a decimal text."""
    state: Mapped[str] = mapped_column(String(10), default="queued")
    cause: Mapped[str] = mapped_column(String(300), default="")
    last_timestamp: Mapped[datetime | None]
    """AGS 2.0, 3.4.9: each score must be later than the one before, by a whole second in Moodle."""
    sent_at: Mapped[datetime | None]


class LoginTransaction(Base):
    """One login that we began; taken once, by one launch."""

    __tablename__ = "login_transaction"
    __table_args__ = (Index("ix_login_transaction_expires_at", "expires_at"),)

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    nonce: Mapped[str] = mapped_column(String(64))
    cookie_hash: Mapped[str] = mapped_column(String(64))
    storage_hash: Mapped[str | None] = mapped_column(String(64))
    """Digest of the value put into the platform's storage; empty when it offers none."""
    storage_target: Mapped[str | None] = mapped_column(String(100))
    expires_at: Mapped[datetime]


class PendingLaunch(Base):
    """A verified launch whose browser still has to prove itself by platform storage."""

    __tablename__ = "pending_launch"
    __table_args__ = (Index("ix_pending_launch_expires_at", "expires_at"),)

    ticket_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    storage_hash: Mapped[str] = mapped_column(String(64))
    sealed_claims: Mapped[bytes]
    expires_at: Mapped[datetime]


class PlatformKeys(Base):
    """The platform's public keys as last fetched; shared by all processes."""

    __tablename__ = "platform_keys"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    registration: Mapped[Registration] = relationship()
    jwks: Mapped[dict[str, Any] | None]
    fetched_at: Mapped[datetime | None]
    fresh_until: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None]


class AccessToken(Base):
    """A service token, sealed, per registration and scopes: never shared between tenants."""

    __tablename__ = "access_token"
    __table_args__ = (UniqueConstraint("registration_id", "scopes_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    registration: Mapped[Registration] = relationship()
    scopes_hash: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime]


class ToolKey(Base):
    """A key pair of this tool. Published while next, active or retiring; signs while active."""

    __tablename__ = "tool_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    slot: Mapped[str] = mapped_column(String(64), unique=True)
    """"active", "next", or the kid once it is retiring: so there is one of each."""
    public_jwk: Mapped[dict[str, Any]]
    sealed_private: Mapped[bytes]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
