"""A computer that people share: who comes next sees nothing of who was there before."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.student import OPENED, Student, open_in_frame, open_in_tab
from tests.support.browser import Chromium
from tests.support.stack import Stack

pytestmark = pytest.mark.browser
TYPED = "0,0123"


@pytest.fixture
def context(chromium: Chromium) -> Iterator[BrowserContext]:
    """The browser of the computer."""
    with chromium.profile() as opened:
        yield opened


@pytest.fixture
def bare(stack: Stack, chromium: Chromium) -> Iterator[BrowserContext]:
    """A browser that gives the tool no cookie and no storage inside this LMS."""
    with chromium.profile(no_cookies_of=[(stack.tool, stack.lms)]) as opened:
        yield opened


def typing(student: Student) -> None:
    """Go to the questions and type something that the server does not have yet."""
    student.begin()
    student.do_blocks("Kennistoets")
    student.start_attempt()
    student.question("k-evaporation").locator("input").fill(TYPED)


def shows_nothing_of_before(student: Student) -> None:
    """Whatever the frame shows, it is not what the one before typed."""
    expect(student.place.locator("body[data-page]")).to_be_visible()
    for field in student.place.locator("input[type=text]").all():
        assert field.input_value() != TYPED


def test_back_forward_and_reload_show_nothing_of_the_one_before(
    stack: Stack, context: BrowserContext
) -> None:
    tab = open_in_tab(context, stack.lms, "noemi")
    typing(Student(tab))
    address = tab.url
    kept = tab.evaluate("JSON.stringify(localStorage)")
    assert TYPED.replace(",", "%2C") in kept  # the copy of the one before stays on this computer
    tab.goto(f"{stack.lms}/")
    other = open_in_tab(context, stack.lms, "sem")
    before = Student(tab)
    for step in (tab.go_back, tab.go_forward, tab.go_back, tab.reload):
        step()
        if tab.url.startswith(stack.tool):
            expect(before.body).to_have_attribute("data-error", "session_ended")
            assert TYPED not in tab.content()
    restored = context.new_page()
    restored.goto(address)
    expect(restored.locator("body")).to_have_attribute("data-error", "session_ended")
    next_one = Student(other)
    next_one.begin()
    next_one.do_blocks("Kennistoets")
    next_one.start_attempt()
    expect(next_one.question("k-evaporation").locator("input")).to_have_value("")


def test_a_page_kept_without_cookies_ends_with_the_next_person(
    stack: Stack, bare: BrowserContext
) -> None:
    page = bare.new_page()
    typing(Student(open_in_frame(page, stack.lms, "noemi", storage=True)))
    other = Student(open_in_frame(page, stack.lms, "sem", storage=True))
    other.is_on("learning.overview")
    page.evaluate("history.go(-2)")
    page.wait_for_timeout(500)
    for frame in page.frames:
        assert TYPED not in frame.content()


def test_one_person_is_teacher_and_learner_in_two_tabs(
    stack: Stack, context: BrowserContext
) -> None:
    """The same person in another role keeps both sessions: each tab its own."""
    learner = open_in_tab(context, stack.lms, "noemi")
    again = open_in_tab(context, stack.lms, "noemi")
    for tab in (learner, again):
        tab.reload()
        tab.locator(OPENED).wait_for()
        expect(tab.locator("body")).to_have_attribute("data-role", "learner")
