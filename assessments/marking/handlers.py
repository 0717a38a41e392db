"""What marking does when something happens elsewhere."""

from assessments.attempts.events import AttemptHandedIn
from assessments.attempts.models import Attempt
from assessments.marking import service
from lti_app.core.db import db


def on_handed_in(event: AttemptHandedIn) -> None:
    """Mark at once; all questions are of kinds that can be marked automatically."""
    service.mark(db.session.get_one(Attempt, event.attempt_id))
