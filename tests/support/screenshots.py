"""Makes the pictures of docs: `python -m tests.support.screenshots docs/screenshots`."""

import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys import answers, pipette
from tests.journeys.gradebook import grade_of
from tests.journeys.student import Student, open_in_frame, open_in_tab
from tests.support import browser
from tests.support import stack as stacks
from tests.support.stack import Stack

LARGEST = 250_000
LEARNER, NAME = "zoe", "Zoë Brûlé"
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


@dataclass
class Camera:
    """One learner with a phone and a desktop, and a folder for the pictures."""

    folder: Path
    stack: Stack
    phone: Page
    desktop: Page

    @property
    def student(self) -> Student:
        """The learner, with the phone in hand."""
        return Student(self.phone)

    def both(self, name: str) -> None:
        """Take the page of the phone on the desktop too, where the learner is signed in as well."""
        self.take(self.phone, f"{name}-phone")
        self.desktop.goto(self.at_the_desk(self.phone.url))
        self.take(self.desktop, f"{name}-desktop")

    def at_the_desk(self, address: str) -> str:
        """Return the same page in the session of the desktop."""
        session = self.desktop.url.split("/s/")[1].split("/")[0]
        place = address.split("/s/")[1].split("/", 1)[1].split("#")[0]
        return f"{self.stack.tool}/s/{session}/{place}"

    def take(self, page: Page, name: str) -> None:
        """Take one picture; refuse a file that is too large for a repository."""
        page.wait_for_load_state("networkidle")
        page.mouse.move(0, 0)
        file = self.folder / f"{name}.png"
        page.screenshot(path=file, animations="disabled", caret="hide")
        assert file.stat().st_size < LARGEST, f"{name}: {file.stat().st_size} bytes"
        print(f"{name}.png")


def main(folder: Path) -> None:
    """Start everything, do the module, take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as rest:
        place = rest.enter_context(tempfile.TemporaryDirectory(prefix="stack"))
        stack = rest.enter_context(stacks.running(Path(place)))
        chromium = rest.enter_context(browser.chromium())
        phone = rest.enter_context(chromium.profile(**PHONE))
        desktop = rest.enter_context(chromium.profile(**DESKTOP))
        camera = Camera(
            folder,
            stack,
            open_in_tab(phone, stack.lms, LEARNER),
            open_in_tab(desktop, stack.lms, LEARNER),
        )
        _in_the_lms(camera)
        _learn(camera)
        _afterwards(camera)


def _in_the_lms(camera: Camera) -> None:
    page = camera.desktop.context.new_page()
    open_in_frame(page, camera.stack.lms, LEARNER)
    camera.take(page, "lms-module-desktop")
    page.goto(f"{camera.stack.lms}/")
    camera.take(page, "lms-home-desktop")
    page.close()


def _learn(camera: Camera) -> None:
    student = camera.student
    camera.both("overview")
    student.begin()
    student.do_blocks("Kennistoets")
    student.start_attempt()
    student.answer_all(answers.knowledge())
    student.question("k-depth").scroll_into_view_if_needed()
    camera.take(camera.phone, "questions-phone")
    student.hand_in()
    student.after_result()
    student.do_blocks("Laat alles op temperatuur komen")
    student.start_timer()
    student.place.locator("[data-timer]").first.scroll_into_view_if_needed()
    camera.both("step-timer")
    student.do_blocks("Meet de omstandigheden")
    student.place.locator("input[data-warning]").first.fill("31,5")
    warning = student.place.locator("main .notice.is-warning:visible").first
    warning.evaluate("notice => notice.scrollIntoView({block: 'end'})")
    camera.take(camera.phone, "step-readings-phone")
    student.do_blocks("Jouw metingen van P-1017")
    camera.both("dataset")
    student.do_blocks("Reken en besluit")
    student.start_attempt()
    student.answer_all(pipette.right(student.measured()))
    student.is_saved()
    camera.desktop.goto(camera.at_the_desk(camera.phone.url))
    camera.desktop.locator("#question-z").scroll_into_view_if_needed()
    camera.take(camera.desktop, "calculation-desktop")
    student.hand_in()
    camera.both("result")
    student.after_result()
    student.primary().click()
    student.is_on("learning.overview")


def _afterwards(camera: Camera) -> None:
    student, desk = camera.student, Student(camera.desktop)
    page = camera.desktop.context.new_page()
    expect(grade_of(page, camera.stack.lms, NAME)).to_have_text("100")
    camera.take(page, "gradebook-desktop")
    for _second in range(20):
        camera.phone.reload()
        if student.link("Open my proof").count():
            break
        camera.phone.wait_for_timeout(500)
    camera.both("overview-done")
    student.link("Open my proof").click()
    student.is_on("proof.show")
    student.button("Share proof").click()
    address = student.link("See what others see").get_attribute("href") or ""
    camera.both("proof")
    _public_pages(camera, page, address)
    english = open_in_tab(camera.desktop.context, camera.stack.lms, "daniel", "en")
    camera.take(english, "overview-en-desktop")
    open_in_tab(camera.desktop.context, camera.stack.lms, "sem")
    classmate = Student(open_in_tab(camera.desktop.context, camera.stack.lms, "anais"))
    classmate.begin()
    classmate.do_blocks("Kennistoets")
    desk.place = open_in_tab(camera.desktop.context, camera.stack.lms, "marijke")
    desk.is_on("gradebook.class_page")
    camera.take(desk.place, "class-desktop")


def _public_pages(camera: Camera, page: Page, address: str) -> None:
    for language, suffix in (("nl", ""), ("en", "-en")):
        page.goto(f"{address}?lang={language}")
        camera.take(page, f"credential{suffix}-desktop")
    phone = camera.phone.context.new_page()
    phone.goto(f"{address}?lang=nl")
    camera.take(phone, "credential-phone")
    phone.goto(f"{camera.stack.tool}/verify?lang=nl")
    camera.take(phone, "verify-phone")
    credential = phone.request.get(f"{address}.json").text()
    page.goto(f"{camera.stack.tool}/verify?lang=nl")
    page.locator("textarea").fill(credential)
    page.locator("main form button").last.click()
    expect(page.locator("main .notice.is-success").first).to_be_visible()
    camera.take(page, "verify-desktop")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"))
