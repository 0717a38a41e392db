"""Who may use the console."""

from lti_app.core.policy import Actor


def may_administer(actor: Actor) -> bool:
    """Only an administrator of the organisation, signed in as such; never by a course role."""
    return actor.role == "admin" and actor.organisation_id is not None
