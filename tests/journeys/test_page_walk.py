"""Every page that the URL map can show, seen by everybody who may, in every look."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page
from werkzeug.routing import Rule

from lti_app.web import phone, sessions
from tests.journeys import life
from tests.journeys.world import World
from tests.support import walk
from tests.support.browser import Chromium, Met
from tests.support.walk import Findings, Look, Visit

pytestmark = pytest.mark.browser
KEYBOARD = Look("nl", 360, "light")
# Who finished, who is on the way, and staff.
WALKERS = ("graduate", "learner", "teacher", "admin")
# One of a kind is enough, unless all is asked for.
KINDS_ONLY = "learning.block"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Pairwise looks; all of them with `--all`."""
    if "look" in metafunc.fixturenames:
        everything = metafunc.config.getoption("--all")
        metafunc.parametrize("look", walk.EVERY_LOOK if everything else walk.PAIRWISE, ids=str)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """People who did things, served on a port of its own."""
    with life.inhabited(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="module")
def visits(world: World, request: pytest.FixtureRequest) -> list[Visit]:
    """Every page of the URL map with every person who is let in; each rule answers somebody."""
    found: list[Visit] = []
    fill = life.values(world)
    for rule in world.app.url_map.iter_rules():
        if "GET" in (rule.methods or set()):
            found += _visits(world, rule, fill)
    return found if request.config.getoption("--all") else _one_of_a_kind(world, found)


def _visits(world: World, rule: Rule, fill: dict[str, list[Any]]) -> list[Visit]:
    needs_session = "session_id" in rule.arguments
    found, answered = [], []
    for name in WALKERS if needs_session else ("public",):
        signed = world.signed.get(name)
        for path in world.paths(rule, fill, name):
            answer = world.ask(path, name)
            assert answer.status_code < 500, f"{path}: {answer.status_code}"
            answered.append(answer.status_code)
            kind = answer.headers.get("Content-Type", "")
            if answer.status_code == 200 and kind.startswith("text/html"):
                role = signed.session.role if signed else "public"
                found.append(Visit(rule.endpoint, path, role, name))
    welcome = {200, 302, 303} | ({400, 422} if rule.endpoint.startswith("lti.") else set())
    assert welcome & set(answered), f"nobody can open {rule.rule}: {answered}"
    return found


def _one_of_a_kind(world: World, visits: list[Visit]) -> list[Visit]:
    kinds = {block.id: block.type for block in world.blocks()}
    seen, kept = set(), []
    for visit in visits:
        if visit.endpoint == KINDS_ONLY:
            kind = (visit.name, kinds[int(visit.path.rsplit("/", 1)[1])])
            if kind in seen or visit.role == "admin":
                continue
            seen.add(kind)
        kept.append(visit)
    return kept


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
    with chromium.profile(**look.options) as context:
        let_in(context, world)
        page, met = context.new_page(), Met()
        met.watch(page)
        for visit in visits:
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
