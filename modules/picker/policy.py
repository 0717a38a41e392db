"""Who may decide what a place in a course opens."""

from lti_app.core.policy import Actor


def may_choose(actor: Actor) -> bool:
    """Those who teach in this course."""
    return actor.is_staff and actor.organisation_id is not None
