"""Every page that the URL map can show, and who sees it."""

from dataclasses import replace
from typing import Any

from werkzeug.routing import Rule

from tests.journeys import life
from tests.journeys.world import World
from tests.support.walk import Visit

# Who finished, who is on the way, and staff.
WALKERS = ("graduate", "learner", "teacher", "admin")
# One of a kind is enough, unless all is asked for.
KINDS_ONLY = "learning.block"


def every(world: World) -> list[Visit]:
    """Return every page with every person who is let in; each rule answers somebody."""
    found: list[Visit] = []
    fill = life.values(world)
    for rule in world.app.url_map.iter_rules():
        if "GET" in (rule.methods or set()):
            found += _visits(world, rule, fill)
    return found


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


def one_of_a_kind(world: World, visits: list[Visit]) -> list[Visit]:
    """Return the visits without those to a second block of the same type."""
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


def now(world: World, visits: list[Visit]) -> list[Visit]:
    """Return the visits with the page of a waiting phone first and anew: it lives two minutes."""
    path = f"/phone/wait/{life.phone_waits(world)}"
    waiting = [replace(one, path=path) for one in visits if one.endpoint == "phone.wait"]
    return waiting + [one for one in visits if one.endpoint != "phone.wait"]
