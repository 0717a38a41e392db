"""Reload, back, leave and come back, change the language: what was typed and started is there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys.student import OPENED, Student, open_in_frame
from tests.support.browser import Chromium
from tests.support.stack import Stack

pytestmark = pytest.mark.browser
LEARNER = "anais"


@pytest.fixture(scope="module")
def context(chromium: Chromium) -> Iterator[BrowserContext]:
    """One browser with third-party cookies blocked."""
    with chromium.profile() as opened:
        yield opened


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab."""
    opened = context.new_page()
    yield opened
    opened.close()


def at(page: Page, lms: str, heading: str) -> Student:
    """Open the module and go to the block with this heading."""
    student = Student(open_in_frame(page, lms, LEARNER))
    student.begin()
    student.do_blocks(heading)
    return student


def reload_frame(page: Page) -> None:
    """Reload what stands in the frame."""
    frame = page.frame(name="tool")
    assert frame is not None
    with page.expect_event("framenavigated"):
        frame.evaluate("location.reload()")


def test_answers_survive_a_reload_and_a_new_launch(stack: Stack, page: Page) -> None:
    student = at(page, stack.lms, "Kennistoets")
    student.start_attempt()
    number = student.question("k-evaporation").locator("input")
    number.fill("0,0")
    student.is_saved()
    number.fill("0,01")  # not saved yet when the page goes
    reload_frame(page)
    expect(number).to_have_value("0,01")
    student.is_saved()

    again = at(page, stack.lms, "Kennistoets")
    again.start_attempt()
    expect(again.question("k-evaporation").locator("input")).to_have_value("0,01")


def test_the_language_changes_and_the_work_stays(stack: Stack, page: Page) -> None:
    student = at(page, stack.lms, "Kennistoets")
    student.start_attempt()
    student.question("k-depth").get_by_role("radio").first.check()
    chosen = student.question("k-depth").locator("input:checked").get_attribute("value")
    student.is_saved()
    student.place.get_by_role("link", name="English").click()
    english = Student(student.place, "en")
    expect(english.place.locator("html")).to_have_attribute("lang", "en")
    checked = english.question("k-depth").locator("input:checked")
    expect(checked).to_have_attribute("value", chosen or "")
    english.place.get_by_role("link", name="Nederlands").click()
    expect(student.place.locator("html")).to_have_attribute("lang", "nl")


@pytest.fixture
def handed_in(stack: Stack, page: Page) -> Student:
    """A learner who handed in without any answer, and looks at the result."""
    student = at(page, stack.lms, "Kennistoets")
    student.start_attempt()
    student.button("Hand in").click()
    student.is_on("attempts.hand_in")  # asks about the empty answers first
    student.button("Hand in anyway").click()
    student.is_on("attempts.result")
    return student


def test_going_back_after_handing_in_stays_inside_the_tool(handed_in: Student, page: Page) -> None:
    with page.expect_event("framenavigated"):
        page.evaluate("history.back()")
    expect(handed_in.body).to_have_attribute("data-page", "attempts.result")


def test_going_further_back_shows_the_result_and_changes_nothing(
    stack: Stack, handed_in: Student, page: Page
) -> None:
    with page.expect_event("framenavigated"):
        page.evaluate("history.go(-2)")  # where the questions were
    expect(handed_in.body).to_have_attribute("data-page", "attempts.result")
    again = at(page, stack.lms, "Kennistoets")
    expect(again.main).to_contain_text("0 %")
    expect(again.button("Try again")).to_be_visible()


def test_readings_and_timers_survive_a_reload_and_a_new_launch(stack: Stack, page: Page) -> None:
    student = Student(open_in_frame(page, stack.lms, "chloe"))
    if student.button("Start").count():
        student.begin()
        student.place.get_by_role("link", name=student.words("My module")).click()
    student.is_on("learning.overview")
    student.place.locator("summary", has_text="Veilig werken").click()
    student.place.get_by_role("link", name="Veilig en gezond werken").click()
    expect(student.place.locator("h1")).to_have_text("Veilig en gezond werken")
    student.do_blocks("Weeg 10 keer bij 100")
    time = student.start_timer()
    reading = student.place.locator("input[data-warning]").first
    reading.fill("250,5")
    warning = student.place.locator("[role=status] .notice.is-warning").first
    expect(warning).to_be_visible()
    student.is_saved()
    before = seconds(time)
    reload_frame(page)
    expect(reading).to_have_value("250,5")
    expect(warning).to_be_visible()
    expect(student.place.locator("[data-timer][data-state=running]")).to_be_visible()
    page.wait_for_timeout(1100)
    assert before - 60 < seconds(time) < before

    page.reload()  # the LMS launches anew
    page.frame_locator("iframe.tool").locator(OPENED).wait_for()
    student.place.locator("summary", has_text="In het lab").click()
    student.place.get_by_role("link", name="Weeg 10 keer bij 100 µL").click()
    expect(reading).to_have_value("250,5")
    expect(student.place.locator("[data-timer][data-state=running]")).to_be_visible()


def seconds(time: Locator) -> int:
    """Return what a timer shows, in seconds."""
    parts = time.inner_text().strip().split(":")
    return sum(int(part) * 60**place for place, part in enumerate(reversed(parts)))
