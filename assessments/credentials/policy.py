"""Who may see and change a proof."""

from assessments.credentials.models import Award
from lti_app.core.policy import Actor, may_administer


def may_see_publicly(award: Award) -> bool:
    """Whether anybody with the address may look: only by the holder's choice."""
    return award.is_shared


def may_list_own(actor: Actor) -> bool:
    """Whether there is a person whose proofs can be listed."""
    return actor.person_id is not None


def may_hold(actor: Actor, award: Award) -> bool:
    """Whether this is the holder, in a session of the organisation that awarded it."""
    return (
        actor.person_id is not None
        and actor.person_id == award.person_id
        and actor.organisation_id == award.organisation_id
    )


def may_revoke(actor: Actor, award: Award) -> bool:
    """Whether this administrator's organisation awarded it."""
    return may_administer(actor) and actor.organisation_id == award.organisation_id
