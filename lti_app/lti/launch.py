"""What a launch says, once it is trusted: our own words, bounded, without the platform's shapes."""

from dataclasses import dataclass, field
from typing import Any

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINKING = "LtiDeepLinkingRequest"


@dataclass(frozen=True)
class ContextClaim:
    """The course; `id` is empty for a launch without one."""

    id: str = ""
    title: str = ""
    label: str = ""


@dataclass(frozen=True)
class GradeClaim:
    """The Assignment and Grade Services endpoint claim."""

    scopes: tuple[str, ...] = ()
    lineitems: str | None = None
    lineitem: str | None = None


@dataclass(frozen=True)
class Launch:
    """A verified message of a platform."""

    message_type: str
    deployment_id: str
    subject: str
    roles: tuple[str, ...]
    target_link_uri: str = ""
    name: str | None = None
    email: str | None = None
    locale: str | None = None
    context: ContextClaim = ContextClaim()
    resource_link_id: str = ""
    resource_link_title: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    return_url: str | None = None
    grades: GradeClaim = GradeClaim()
    roster_url: str | None = None
    deep_linking: dict[str, Any] | None = None


@dataclass(frozen=True)
class RecordedLaunch:
    """A launch after it was stored: our own ids, the role in this course, and where it may land."""

    registration_id: int
    organisation_id: int
    deployment_id: int
    person_id: int
    role: str
    context_id: int | None
    resource_link_id: int | None
    module_ref: str | None
    launch: Launch
