"""Every page that the URL map can show, seen by everybody who may, in every look."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from lti_app.web import phone, sessions
from tests.journeys import visits as finding
from tests.journeys.world import World
from tests.support import walk
from tests.support.browser import Chromium, Met
from tests.support.walk import Findings, Look, Visit

pytestmark = pytest.mark.browser
KEYBOARD = Look("nl", 360, "light")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Pairwise looks; all of them with `--all`."""
    if "look" in metafunc.fixturenames:
        everything = metafunc.config.getoption("--all")
        metafunc.parametrize("look", walk.EVERY_LOOK if everything else walk.PAIRWISE, ids=str)


def let_in(context: BrowserContext, world: World) -> None:
    """Give the browser the cookie of every session; each counts only below its own path."""
    host = urlsplit(world.url).hostname or ""
    cookies = []
    for name, signed in world.signed.items():
        place = {"domain": host, "path": f"/s/{signed.session.id}/", "secure": True}
        cookies.append({"name": sessions.COOKIE, "value": world.secret(name)} | place)
    place = {"domain": host, "path": "/phone/", "secure": True}
    cookies.append({"name": phone.COOKIE, "value": world.phone} | place)
    context.add_cookies(cookies)  # type: ignore[arg-type]


def test_every_page_in_this_look(
    look: Look, world: World, visits: list[Visit], chromium: Chromium
) -> None:
    findings = Findings()
    planned = finding.now(world, visits)
    with chromium.profile(**look.options) as context:
        let_in(context, world)
        page, met = context.new_page(), Met()
        met.watch(page)
        for visit in planned:
            findings.add(visit, _looked_at(page, met, world, visit, look))

    assert not findings.lines, "\n" + "\n".join(findings.lines)


BAD_PAGE = """<!doctype html><html lang="en"><title>· x</title><body data-page="a" data-role="b">
<h1>One</h1><h1>Two</h1><img src="data:,"><p style="color:#999;background:#aaa;width:2000px">Grey
<main><button style="height:20px;outline:none">Small</button><a href="#" style="outline:none">Here
</a><div style="display:none"><a href="#">not asked for</a></div></main><script>throw 1</script>"""


def test_the_walk_itself_sees_what_is_wrong(chromium: Chromium) -> None:
    with chromium.profile(viewport={"width": 360, "height": 800}) as context:
        page, met = context.new_page(), Met()
        met.watch(page)
        page.set_content(BAD_PAGE)
        page.evaluate("fetch('http://192.0.2.1/').catch(() => 0) && null")
        said = "\n".join(walk.judged(page, Visit("c", "/", "d"), Look("nl", 360, "light")))
        said += "\n".join(walk.unreachable(page))

    for problem in ("lang is 'en'", "headings is 2", "page is 'a'", "role is 'b'", "sideways"):
        assert problem in said
    for problem in ("no title", "image-alt", "color-contrast", "BUTTON Small: 20 px", "focus: A"):
        assert problem in said
    assert met.errors
    assert met.strayed == ["http://192.0.2.1/"]


def _looked_at(page: Page, met: Met, world: World, visit: Visit, look: Look) -> list[str]:
    answer = page.goto(f"{world.url}{visit.path}?lang={look.language}")
    problems = [] if answer and answer.status == 200 else [f"answered {answer and answer.status}"]
    problems += walk.judged(page, visit, look)
    if look == KEYBOARD or look.extra == "forced":
        problems += walk.unreachable(page)
    problems += [f"console: {line}" for line in met.errors]
    problems += [f"asked for {url}" for url in met.strayed]
    met.errors.clear()
    met.strayed.clear()
    return problems
