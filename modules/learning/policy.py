"""Who may learn, look along, and touch whose work."""

from lti_app.core.policy import Actor
from modules.learning.models import Enrolment


def may_learn(actor: Actor) -> bool:
    """A learner, in the session of a course or of one's own."""
    return actor.role == "learner" and actor.person_id is not None


def may_look(actor: Actor) -> bool:
    """A learner at the own work; staff at a preview without anybody's work."""
    return may_learn(actor) or actor.is_staff


def may_record(actor: Actor, enrolment: Enrolment) -> bool:
    """Only the learner in person, and only in the own organisation."""
    return (
        may_learn(actor)
        and enrolment.person_id == actor.person_id
        and enrolment.organisation_id == actor.organisation_id
    )
