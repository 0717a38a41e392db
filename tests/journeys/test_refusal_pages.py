"""Pages that no address shows by itself: refusals, and forms that come back with what is wrong."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import life
from tests.journeys.test_page_walk import let_in
from tests.journeys.world import World
from tests.support import walk
from tests.support.browser import Chromium, Met
from tests.support.walk import Look, Visit

pytestmark = pytest.mark.browser
LOOKS = (Look("nl", 360, "dark"), Look("en", 1280, "light"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world of the page walk, for itself: forms change it."""
    with life.inhabited(tmp_path_factory.mktemp("refusals")) as made:
        yield made


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """Two looks that differ in everything."""
    chosen: Look = request.param
    return chosen


@pytest.fixture
def page(look: Look, world: World, chromium: Chromium) -> Iterator[Page]:
    """A browser in which everybody is signed in; nothing may leave the machine."""
    met = Met()
    size = {"width": look.width, "height": 800}
    with chromium.profile(viewport=size, color_scheme=look.theme, locale=look.language) as context:
        let_in(context, world)
        opened = context.new_page()
        met.watch(opened)
        yield opened
        assert not met.strayed
        # A refusal itself is told in the console by the browser; nothing else may be.
        assert not [line for line in met.errors if "the server responded with" not in line]


def is_good(page: Page, look: Look, endpoint: str, role: str) -> None:
    """Judge the page that is open now as the walk does."""
    problems = walk.judged(page, Visit(endpoint, page.url, role), look)
    problems += walk.unreachable(page)
    assert not problems, "\n".join(problems)


def test_what_is_not_there(page: Page, look: Look, world: World) -> None:
    page.goto(f"{world.url}/nowhere?lang={look.language}")
    expect(page.locator("body")).to_have_attribute("data-error", "not_found")
    is_good(page, look, "web.unknown", "public")


def test_a_session_that_ended(page: Page, look: Look, world: World) -> None:
    page.goto(f"{world.url}/s/AAAAAAAAAAAAAAAA/learn?lang={look.language}")
    expect(page.locator("body")).to_have_attribute("data-error", "session_ended")
    is_good(page, look, "learning.overview", "public")


def test_somebody_who_may_not_look(page: Page, look: Look, world: World) -> None:
    page.goto(world.url + world.signed["learner"].path("class") + f"?lang={look.language}")
    expect(page.locator("body")).to_have_attribute("data-error", "forbidden")
    is_good(page, look, "gradebook.class_page", "learner")


def test_a_launch_address_opened_by_hand(page: Page, look: Look, world: World) -> None:
    page.goto(f"{world.url}/lti/launch?lang={look.language}")
    is_good(page, look, "lti.launch_by_hand", "public")


def test_a_number_that_cannot_be_read(page: Page, look: Look, world: World) -> None:
    step = next(b for b in world.blocks() if len(b.body.get("readings", [])) == 4)
    path = world.signed["learner"].path(f"learn/blocks/{step.id}?lang={look.language}")
    page.goto(world.url + path)
    page.locator("input[data-warning]").first.fill("veel")
    page.locator("main .button--big").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    is_good(page, look, "learning.finish", "learner")


def test_a_proof_that_is_nonsense(page: Page, look: Look, world: World) -> None:
    page.goto(f"{world.url}/verify?lang={look.language}")
    page.locator("textarea").fill('{"type": "nonsense"}')
    page.locator("main form button").last.click()
    expect(page.locator("main .notice").first).to_be_visible()
    is_good(page, look, "credentials.check", "public")
