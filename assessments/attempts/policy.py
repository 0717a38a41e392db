"""Who may answer an attempt, and who may see it."""

from assessments.attempts.models import Attempt
from lti_app.core.policy import Actor
from modules.learning import policy as learning
from modules.learning.models import Enrolment


def may_answer(actor: Actor, attempt: Attempt) -> bool:
    """Only the learner in person."""
    return learning.may_record(actor, attempt.enrolment)


def may_see(actor: Actor, attempt: Attempt) -> bool:
    """The learner in person, and staff of the course in which it was made."""
    return may_answer(actor, attempt) or may_oversee(actor, attempt.enrolment)


def may_see_data(actor: Actor, enrolment: Enrolment) -> bool:
    """A data set: as an attempt."""
    return learning.may_record(actor, enrolment) or may_oversee(actor, enrolment)


def may_oversee(actor: Actor, enrolment: Enrolment) -> bool:
    """Staff, in a session of the very course and the organisation of this enrolment."""
    link = enrolment.resource_link
    return (
        actor.is_staff
        and link is not None
        and actor.context_id is not None
        and link.context_id == actor.context_id
        and enrolment.organisation_id == actor.organisation_id
    )
