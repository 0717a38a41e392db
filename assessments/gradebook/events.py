"""What the gradebook tells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AssessmentPassed:
    """A learner met the pass mark of an assessment for the first time."""

    enrolment_id: int
    block_id: int
