"""From the school's computer to a phone: the same attempt, on both, without a second login."""

import pytest
from playwright.sync_api import expect

from tests.journeys.student import Student, open_in_frame
from tests.support.browser import Chromium
from tests.support.stack import Stack

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("has_cookies", [True, False], ids=["cookies", "bearer"])
def test_a_learner_goes_on_with_a_phone_and_chooses_when_both_answered(
    stack: Stack, chromium: Chromium, has_cookies: bool
) -> None:
    without = [] if has_cookies else [(stack.tool, stack.lms)]
    person = "noemi" if has_cookies else "chloe"
    with (
        chromium.profile(no_cookies_of=without) as computer,
        chromium.profile(viewport={"width": 360, "height": 740}) as pocket,
    ):
        frame = open_in_frame(computer.new_page(), stack.lms, person, storage=not has_cookies)
        first, second = Student(frame), Student(pocket.new_page())
        first.begin()
        first.do_blocks("Kennistoets")
        first.start_attempt()
        first.place.get_by_role("link", name=first.words("Continue on your phone")).click()
        address = first.main.locator(".address").inner_text()

        second.place.goto(address)  # type: ignore[union-attr]
        code = second.main.locator("strong").inner_text()
        expect(first.main.locator("strong")).to_have_text(code)  # by itself
        first.button("Yes, that is my phone").click()
        second.is_on("attempts.answer")  # by itself
        expect(first.body).to_have_attribute("data-page", "phone.show")

        first.link("Back to where I was").click()
        first.is_on("attempts.answer")
        answer, theirs = (one.question("k-evaporation").locator("input") for one in (first, second))
        theirs.fill("0,02")
        second.is_saved()
        answer.fill("0,03")
        first.button("Compare and choose").click()
        expect(first.main).to_contain_text("0,02")
        expect(first.main).to_contain_text("0,03")
        first.button("Keep what I typed here").click()
        first.is_on("attempts.answer")
        expect(answer).to_have_value("0,03")
        theirs.page.reload()
        expect(theirs).to_have_value("0,03")
