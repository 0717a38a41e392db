"""Who may see the class and its learners."""

from assessments.attempts import policy as attempts
from lti_app.core.policy import Actor
from modules.learning.models import Enrolment


def may_see_class(actor: Actor) -> bool:
    """Staff, in a session that was opened from a place in a course."""
    in_course = actor.context_id is not None and actor.resource_link_id is not None
    return actor.is_staff and in_course


def may_see_learner(actor: Actor, enrolment: Enrolment) -> bool:
    """Staff of the very course in which this learner does the module."""
    return attempts.may_oversee(actor, enrolment)
