"""Who acts, and the one way to refuse."""

from dataclasses import dataclass

from lti_app.core.errors import Forbidden


@dataclass(frozen=True)
class Actor:
    """Somebody who asks for something, with the rights of this one session."""

    person_id: int | None = None
    organisation_id: int | None = None
    role: str = "public"
    """learner | teacher | author | assessor | admin | public"""
    context_id: int | None = None
    resource_link_id: int | None = None
    session_id: str | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this session may see other people's work in its own course."""
        return self.role in ("teacher", "admin")


PUBLIC = Actor()


def may_administer(actor: Actor) -> bool:
    """Only an administrator of the organisation, signed in as such; never by a course role."""
    return actor.role == "admin" and actor.organisation_id is not None


def require(allowed: bool) -> None:
    """Refuse with 403 unless the rule allows it."""
    if not allowed:
        raise Forbidden()
