"""The short way on PostgreSQL and Valkey: launch, both assessments, the score in the gradebook."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.journeys.gradebook import grade_of
from tests.journeys.student import Student, open_in_frame
from tests.journeys.whole import do_everything
from tests.support.browser import Chromium
from tests.support.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.services]


def test_a_learner_without_a_name_gets_the_grade(
    stack_postgresql: Stack, chromium: Chromium
) -> None:
    lms = stack_postgresql.lms
    assert stack_postgresql.environ["EXPEDITIE_DATABASE_URL"].startswith("postgresql")
    with chromium.profile() as context:
        student = Student(open_in_frame(context.new_page(), lms, "sem"))
        assert do_everything(student) == [Decimal(100), Decimal(100)]
        expect(grade_of(context.new_page(), lms, "Sem Zonder-Naam")).to_have_text("100")

        teacher = Student(open_in_frame(context.new_page(), lms, "marijke"))
        teacher.is_on("gradebook.class_page")
        expect(teacher.main).not_to_contain_text("Zonder-Naam")
        expect(teacher.main).to_contain_text(teacher.words("sent"))
