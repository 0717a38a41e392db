"""The main job, in a real browser: launch, the whole module, the grade, a proof that counts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import proofs
from tests.journeys.gradebook import grade_of
from tests.journeys.student import Student, open_from_home, open_in_tab
from tests.journeys.whole import do_everything
from tests.support.browser import Chromium, Met
from tests.support.stack import Stack

pytestmark = pytest.mark.browser
FULL = Decimal(100)
LEARNER = "Zoë Brûlé"


@dataclass
class Journey:
    """A browser in which one learner did the whole module."""

    context: BrowserContext
    page: Page
    student: Student
    met: Met
    scores: list[Decimal]


@pytest.fixture(scope="module")
def journey(stack: Stack, chromium: Chromium) -> Iterator[Journey]:
    """From the home of the LMS to the last block, third-party cookies blocked."""
    with chromium.profile() as context:
        page, met = context.new_page(), Met()
        met.watch(page)
        student = Student(open_from_home(page, stack.lms))
        yield Journey(context, page, student, met, do_everything(student))


def test_right_answers_give_full_marks(journey: Journey) -> None:
    assert journey.scores == [FULL, FULL]
    expect(journey.student.main).to_contain_text(journey.student.words("You completed this module"))


def test_nothing_went_wrong_on_the_way(journey: Journey) -> None:
    assert journey.met == Met()


def test_the_score_stands_in_the_gradebook_of_the_lms_within_seconds(
    stack: Stack, journey: Journey
) -> None:
    page = journey.context.new_page()
    expect(grade_of(page, stack.lms, LEARNER)).to_have_text("100", timeout=10_000)
    page.close()


def test_the_teacher_sees_the_progress_and_that_the_grade_was_sent(
    stack: Stack, journey: Journey
) -> None:
    page = journey.context.new_page()
    teacher = Student(open_from_home(page, stack.lms, "docent"))
    teacher.is_on("gradebook.class_page")
    row = teacher.place.get_by_role("row", name=LEARNER)
    expect(row).to_contain_text(teacher.words("Completed"))
    expect(row).to_contain_text(teacher.words("sent"))
    expect(row).to_contain_text("100")
    row.get_by_role("link", name=LEARNER).click()
    teacher.is_on("gradebook.learner")
    expect(teacher.main).to_contain_text("Kennistoets")
    page.close()


@pytest.fixture(scope="module")
def proof(journey: Journey) -> Page:
    """The public page of the proof, shared by the learner, in a tab of its own."""
    student = journey.student
    journey.page.bring_to_front()
    open_my_proof(journey.page, student)
    student.button("Share proof").click()
    link = student.link("See what others see")
    with journey.context.expect_page() as opened:
        link.click()
    journey.met.watch(opened.value)
    return opened.value


def open_my_proof(page: Page, student: Student) -> None:
    """From the overview to the proof, as soon as it is signed."""
    for _second in range(20):
        student.is_on("learning.overview")
        if student.link("Open my proof").count():
            break
        page.wait_for_timeout(500)
        student.place.get_by_role("link", name=student.words("My module")).click()
    student.link("Open my proof").click()
    student.is_on("proof.show")


def test_anybody_with_the_link_sees_what_the_proof_says(proof: Page, journey: Journey) -> None:
    words = journey.student.words
    expect(proof.locator("body")).to_have_attribute("data-page", "credentials.page")
    main = proof.locator("main")
    expect(main).to_contain_text("Pipetten kalibreren: rekenen en besluiten")
    expect(main).to_contain_text("MLO Delta")
    expect(main).to_contain_text(words("What was not assessed"))
    expect(main).not_to_contain_text(LEARNER)


@pytest.fixture(scope="module")
def downloaded(proof: Page, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the proof, as an employer downloads it."""
    file = tmp_path_factory.mktemp("proof") / "proof.json"
    with proof.expect_download() as download:
        proof.get_by_role("link", name=Student(proof).words("Download the file")).click()
    download.value.save_as(file)
    return file


def test_our_command_and_the_software_of_others_accept_it(stack: Stack, downloaded: Path) -> None:
    credential = json.loads(downloaded.read_text())

    assert proofs.by_command(stack, downloaded)[0] == 0
    assert proofs.by_others(stack, credential) == {"verified": True, "marked": [], "errors": []}
    assert "Zoë" not in downloaded.read_text()


def test_a_changed_copy_is_refused_by_both(stack: Stack, downloaded: Path, tmp_path: Path) -> None:
    credential = json.loads(downloaded.read_text())
    credential["credentialSubject"]["achievement"]["name"] += "!"
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(credential))

    assert proofs.by_command(stack, changed)[0] == 1
    assert proofs.by_others(stack, credential)["verified"] is False


def test_the_verify_page_accepts_the_file(stack: Stack, journey: Journey, downloaded: Path) -> None:
    page = journey.context.new_page()
    journey.met.watch(page)
    page.goto(f"{stack.tool}/verify")
    page.locator("input[type=file]").set_input_files(downloaded)
    page.get_by_role("button", name=Student(page).words("Check this proof")).click()
    expect(page.locator("main .notice.is-success").first).to_be_visible()
    page.close()
    assert journey.met == Met()


def test_the_same_journey_in_english_without_javascript(stack: Stack, chromium: Chromium) -> None:
    with chromium.profile(java_script_enabled=False, locale="en-GB") as context:
        tab = open_in_tab(context, stack.lms, "daniel", "en")
        student = Student(tab, "en", script=False)
        assert tab.locator("html").get_attribute("lang") == "en"
        scores = do_everything(student, "Knowledge check", "Calculate and decide")
        open_my_proof(tab, student)
        expect(student.main).to_contain_text("MLO Delta")

        assert scores == [FULL, FULL]
        grade = grade_of(context.new_page(), stack.lms, "Daniël Böhmer")
        expect(grade).to_have_text("100")
