"""A student at work: finds things on the page as people do, by their role and name."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.journeys import pipette
from tests.journeys.answers import Answer
from tests.journeys.pipette import Measured
from tests.journeys.words import Words

Place = Page | FrameLocator
MODULE = "Pipetten kalibreren"
COURSE = "mlo-lab"
OPENED = "body[data-launch=ok]"
STANDSTILL = 10  # seconds for a page to come to rest


def open_from_home(page: Page, lms: str, role: str = "student") -> FrameLocator:
    """Go to the home of the LMS and open the module there, in its frame."""
    page.goto(f"{lms}/")
    page.get_by_role("link", name=re.compile(f"Open als {role}.*{MODULE}")).first.click()
    return _opened_frame(page)


def open_in_frame(page: Page, lms: str, person: str, *, storage: bool = False) -> FrameLocator:
    """Open the module from the course page of this person; the LMS may offer its storage."""
    page.goto(f"{lms}/courses/{COURSE}?as={person}")
    page.get_by_role("link", name=re.compile(f"^(Openen|Open) ?: {MODULE}")).click()
    if storage:
        page.get_by_role("link", name="Open met platformopslag").click()
    return _opened_frame(page)


def _opened_frame(page: Page) -> FrameLocator:
    frame = page.frame_locator("iframe.tool")
    frame.locator(OPENED).wait_for()
    return frame


def open_in_tab(context: BrowserContext, lms: str, person: str, lang: str = "nl") -> Page:
    """Open the module from the course page in a tab of its own; presses on without scripts too."""
    course = context.new_page()
    course.goto(f"{lms}/courses/{COURSE}?as={person}&lang={lang}")
    name = re.compile(f"^Open in (nieuw tabblad|new tab) ?: {MODULE}")
    with context.expect_page() as opened:
        course.get_by_role("link", name=name).click()
    tab = opened.value
    for _form in range(2):  # with scripts these pages send themselves
        tab.wait_for_load_state()
        send = tab.locator("form[data-auto-post] button")
        if send.count():
            send.click()
    tab.locator(OPENED).wait_for()
    return tab


@dataclass
class Student:
    """One learner in one place: a frame of the LMS, or a tab."""

    place: Place
    language: str = "nl"
    script: bool = True

    @property
    def words(self) -> Words:
        """The texts on the screen."""
        return Words(self.language)

    @property
    def comma(self) -> str:
        """The decimal sign of the language."""
        return "," if self.language == "nl" else "."

    @property
    def body(self) -> Locator:
        """The body of the page, with its markers."""
        return self.place.locator("body")

    @property
    def main(self) -> Locator:
        """The content of the page."""
        return self.place.locator("main")

    def is_on(self, page: str) -> None:
        """Wait until this page is open, and its script has looked at it."""
        expect(self.body).to_have_attribute("data-page", page)
        if self.script:
            expect(self.place.locator("html")).to_have_attribute("data-once", "1")

    def button(self, msgid: str) -> Locator:
        """Return the button with this name."""
        return self.place.get_by_role("button", name=self.words(msgid), exact=True).first

    def link(self, msgid: str) -> Locator:
        """Return the link with this name, maybe with more behind it."""
        return self.main.get_by_role("link", name=self.words(msgid)).first

    def primary(self) -> Locator:
        """Return the one thing to do next."""
        return self.main.locator(".button--big").first

    def press(self) -> None:
        """Press the one thing to do next, once it stands still: the LMS resizes the frame."""
        before, deadline = None, time.monotonic() + STANDSTILL
        while (now := self.primary().bounding_box()) != before and time.monotonic() < deadline:
            before = now
            time.sleep(0.15)
        self.primary().click()

    def heading(self) -> str:
        """Return the title of the page."""
        return self.place.locator("h1").inner_text().replace("\u00a0", " ")

    def begin(self) -> None:
        """Press what starts the module, or goes on with it."""
        self.is_on("learning.overview")
        self.press()
        self.is_on("learning.block")

    def go_on(self) -> None:
        """Tick this block off; the next page is another one."""
        before = self.heading()
        self.press()
        expect(self.place.locator("h1")).not_to_have_text(before)

    def do_blocks(self, until: str) -> list[str]:
        """Do one block after the other, up to the one with this heading; return what was done."""
        done: list[str] = []
        while until not in self.heading():
            done.append(self.heading())
            self.do_what_is_asked()
            self.go_on()
        self.is_on("learning.block")
        return done

    def do_what_is_asked(self) -> None:
        """Tick the confirmation, and type a reading in the middle of its limits."""
        self.is_on("learning.block")
        confirm = self.place.locator("input[name=confirm]")
        if confirm.count():
            confirm.check()
        for reading in self.place.locator("input[data-warning]").all():
            reading.fill(pipette.reading(reading, self.language))

    def start_timer(self) -> Locator:
        """Start the first timer of this step; return where its time stands."""
        name = re.compile("^" + re.escape(self.words("Start the timer")))
        self.place.get_by_role("button", name=name).first.click()
        running = self.place.locator("[data-timer][data-state=running]").first
        running.wait_for()
        return running.locator("[data-timer-time]")

    def start_attempt(self) -> None:
        """Begin the questions of this block, or go on with them."""
        self.press()
        self.is_on("attempts.answer")

    def answer_all(self, given: Mapping[str, Answer]) -> None:
        """Fill in every answer."""
        for name, answer in given.items():
            answer.give(self.question(name), self.script)

    def question(self, name: str) -> Locator:
        """Return a question of the module, on the answer page or the result page."""
        return self.place.locator(f"section[aria-labelledby='question-{name}']")

    def measured(self) -> Measured:
        """Read the own measurements from the page."""
        return pipette.read(self.place, self.language)

    def is_saved(self) -> None:
        """Wait until the page says that everything typed is saved."""
        expect(self.place.locator("[data-autosave-state]")).to_have_attribute("data-state", "saved")

    def hand_in(self) -> Decimal:
        """Hand in; return the score in per cent that the result page shows."""
        self.button("Hand in").click()
        self.is_on("attempts.result")
        shown = self.place.locator(".score").first.inner_text()
        found = re.search(r"(\d+(?:[.,]\d+)?)\s*%", shown)
        assert found, shown
        return Decimal(found[1].replace(",", "."))

    def after_result(self) -> None:
        """Go on from the result page."""
        self.link("Continue").click()
        self.is_on("learning.block")
