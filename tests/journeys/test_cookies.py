"""Launches in browsers that keep less and less: partitioned cookies, LMS storage, nothing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.journeys import answers
from tests.journeys.student import OPENED, Student, open_in_frame
from tests.support.browser import Chromium, Met
from tests.support.stack import Stack

pytestmark = pytest.mark.browser
PLAIN = "plain_cookie"


@contextmanager
def listening(page: Page, tool: str) -> Iterator[list[dict[str, str]]]:
    """Yield the headers of all requests of frames to the tool, complete when the block ends."""
    requests: list[Request] = []
    headers: list[dict[str, str]] = []
    page.on("requestfinished", lambda request: requests.append(request))
    yield headers
    page.wait_for_load_state("networkidle")
    for request in requests:
        if request.url.startswith(tool) and request.frame.parent_frame:
            headers.append(request.all_headers() | {":url": request.url})


def with_plain_cookie(context: BrowserContext, tool: str) -> None:
    """Keep a cookie of the tool as browsers used to: for all places, not partitioned."""
    place = {"domain": urlsplit(tool).hostname, "path": "/", "secure": True, "sameSite": "None"}
    context.add_cookies([{"name": PLAIN, "value": "1"} | place])  # type: ignore[list-item]


@pytest.mark.parametrize("allowed", [False, True], ids=["blocked", "allowed"])
def test_only_partitioned_cookies_go_along_in_the_frame(
    stack: Stack, chromium: Chromium, allowed: bool
) -> None:
    """With "allowed" the same test shows that it would see the plain cookie."""
    with chromium.profile(third_party_cookies=allowed) as context:
        with_plain_cookie(context, stack.tool)
        page = context.new_page()
        with listening(page, stack.tool) as sent:
            open_in_frame(page, stack.lms, "anais")

        cookies = {urlsplit(one[":url"]).path: one.get("cookie", "") for one in sent}
        assert "expeditie_login_" in cookies["/lti/launch"]
        assert any("expeditie_session" in cookie for cookie in cookies.values())
        assert any(PLAIN in cookie for cookie in cookies.values()) == allowed


@pytest.fixture
def bare(stack: Stack, chromium: Chromium) -> Iterator[BrowserContext]:
    """A browser that gives the tool no cookie and no storage inside this LMS."""
    with chromium.profile(no_cookies_of=[(stack.tool, stack.lms)]) as context:
        yield context


def test_with_platform_storage_a_learner_works_without_any_cookie(
    stack: Stack, bare: BrowserContext
) -> None:
    page, met = bare.new_page(), Met()
    met.watch(page)
    with listening(page, stack.tool) as sent:
        student = Student(open_in_frame(page, stack.lms, "rene", storage=True))
        student.begin()
        student.do_blocks("Kennistoets")
        student.start_attempt()
        student.answer_all(answers.knowledge())
        student.is_saved()
        assert student.hand_in() == 100
        student.after_result()
        student.do_blocks("Controleer pipet en balans")
        here = student.heading()
        page.evaluate("history.back()")
        expect(student.place.locator("h1")).not_to_have_text(here)
        page.evaluate("history.forward()")
        expect(student.place.locator("h1")).to_have_text("Controleer pipet en balans")

    assert [one[":url"] for one in sent if "cookie" in one] == []
    inside = [one for one in sent if "/s/" in one[":url"]]
    assert inside
    assert all(one["authorization"].startswith("Bearer ") for one in inside)
    assert met == Met()


def test_from_a_frame_without_cookies_to_a_tab_of_its_own(
    stack: Stack, bare: BrowserContext
) -> None:
    student = Student(open_in_frame(bare.new_page(), stack.lms, "chloe", storage=True))
    student.begin()
    title = student.heading()
    with bare.expect_page() as opened:
        student.place.get_by_role("link", name=student.words("Open in a new tab")).click()
    tab = Student(opened.value)
    tab.is_on("learning.block")
    assert tab.heading() == title
    tab.go_on()


def test_with_nothing_at_all_a_new_tab_is_offered_before_leaving_for_the_lms(
    stack: Stack, bare: BrowserContext
) -> None:
    page = bare.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{stack.lms}/courses/mlo-lab?as=chloe")
    page.get_by_role("link", name=re.compile("^Openen ?: Pipetten")).click()
    frame = Student(page.frame_locator("iframe.tool"))
    offer = frame.place.get_by_role("link", name=frame.words("Open in a new tab"))
    expect(offer).to_be_visible()
    assert not [path for path in asked if "/oidc/" in path]

    with bare.expect_page() as opened:
        offer.click()
    opened.value.locator(OPENED).wait_for()
    tab = Student(opened.value)
    tab.begin()
    tab.go_on()


def test_two_learners_in_two_tabs_of_one_browser_never_mix(
    stack: Stack, chromium: Chromium
) -> None:
    with chromium.profile() as context:
        left, right = context.new_page(), context.new_page()
        left.bring_to_front()  # as a person does: a click needs a tab that is seen
        one = Student(open_in_frame(left, stack.lms, "noemi"))
        one.begin()
        one.go_on()
        here = one.heading()
        right.bring_to_front()
        other = Student(open_in_frame(right, stack.lms, "sem"))
        other.begin()
        assert other.heading() != here
        other.go_on()
        other.go_on()
        left.bring_to_front()
        one.place.get_by_role("link", name=one.words("My module")).click()
        one.begin()
        assert one.heading() == here
        assert other.heading() != here
        one.go_on()
