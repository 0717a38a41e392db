"""What the gradebook does when something happens elsewhere."""

from assessments.attempts.events import AttemptMarked
from assessments.attempts.models import Attempt
from assessments.gradebook import queries, service
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.lti.events import GradesGranted
from modules.learning.events import ModuleCompleted
from modules.learning.models import Enrolment


def on_marked(event: AttemptMarked) -> None:
    """Count the attempt, and pass the grade on when it is final."""
    attempt = db.session.get_one(Attempt, event.attempt_id)
    now = attempt.handed_in_at or utcnow()
    service.record(attempt, now=now)
    service.tell_platform(attempt.enrolment, now=now)


def on_module_completed(event: ModuleCompleted) -> None:
    """The grade may have become final with the last part."""
    service.tell_platform(db.session.get_one(Enrolment, event.enrolment_id), now=utcnow())


def on_grades_granted(event: GradesGranted) -> None:
    """Tell the grades that could not be told before."""
    for enrolment in queries.enrolments_at(event.resource_link_id):
        service.lock(enrolment.id)
        service.tell_platform(enrolment, now=utcnow())
