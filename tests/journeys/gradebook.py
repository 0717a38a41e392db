"""The gradebook page of the demo LMS."""

from playwright.sync_api import Locator, Page

from tests.journeys.student import COURSE


def grade_of(page: Page, lms: str, name: str) -> Locator:
    """Return what stands behind this learner in the gradebook of the LMS, when it is there."""
    page.goto(f"{lms}/courses/{COURSE}/gradebook")
    return page.get_by_role("row", name=name).locator("td strong")
