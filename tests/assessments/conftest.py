"""What the tests of assessments share: a course with a module in it."""

import pytest
from hypothesis import settings

from tests.assessments.attempts.course import Course, Learner, open_course
from tests.support.make import Make

# A busy machine is slow, not wrong.
settings.register_profile("assessments", deadline=None)
settings.load_profile("assessments")


@pytest.fixture
def course(make: Make) -> Course:
    """A course with the small pipette module."""
    return open_course(make)


@pytest.fixture
def learner(course: Course) -> Learner:
    """A learner who has begun with the module."""
    return course.learner()
