"""Every address refuses whoever has no business there; what is public stands in one short list."""

from collections.abc import Iterator
from typing import Any

import pytest
from requests import Response
from werkzeug.routing import Rule

from tests.journeys import life
from tests.journeys.world import World

REFUSED = {401, 403, 404}
PUBLIC = {
    "static",
    "health.alive",
    "health.ready",
    "health.counters",  # for this machine and its private network only
    "style.show",  # not in production
    "lti.begin_login",
    "lti.launch",
    "lti.launch_by_hand",
    "lti.prove",
    "lti.key_set",
    "catalogue.index",
    "catalogue.module",
    "catalogue.launch_target",
    "catalogue.media",
    "credentials.page",  # a proof that its holder shares
    "credentials.document",
    "credentials.status_list",
    "credentials.did_document",
    "credentials.verify",
    "credentials.check",
    "phone.claim",  # likewise, and the first device must say yes
    "phone.wait",  # for the phone that claimed it only
    "handover.use",  # a one-time token is the permission
    "people.sign_in",
    "people.open_by_link",
}
# In one's own session one meets one's own things here, never somebody else's.
OWN = {
    "handover.end",
    "handover.here",
    "handover.make",
    "phone.make",
    "learning.overview",
    "learning.start",
    "learning.not_ready",
    "learning.sheet",
    "proof.mine",
}
# Addresses of a block of the module: one's own work in it, when there is any.
OWN_WORK = {"learning.block", "learning.save", "learning.finish", "attempts.start"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world of the page walk, with a neighbour in the course and a stranger elsewhere."""
    with life.inhabited(tmp_path_factory.mktemp("access")) as made:
        yield made


@pytest.fixture(scope="module")
def fill(world: World) -> dict[str, list[Any]]:
    """Values of things that belong to the learner, the graduate and the school."""
    return life.values(world)


def rules(world: World) -> Iterator[tuple[Rule, str]]:
    """Every rule with each of its verbs."""
    for rule in world.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule, method


def test_without_a_session_only_the_public_addresses_answer(
    world: World, fill: dict[str, list[Any]]
) -> None:
    let_in = []
    for rule, method in rules(world):
        if rule.endpoint in PUBLIC:
            assert "session_id" not in rule.arguments, rule.rule
            continue
        for path in world.paths(rule, fill, "learner"):
            let_in += opened(world.ask(path, method=method), f"{method} {path}")

    assert not let_in


@pytest.mark.parametrize("thief", ["neighbour", "stranger", "teacher", "admin"])
def test_the_address_of_a_session_is_nothing_without_its_cookie(
    world: World, fill: dict[str, list[Any]], thief: str
) -> None:
    let_in = []
    for rule, method in rules(world):
        if "session_id" not in rule.arguments:
            continue
        path = world.paths(rule, fill, "learner")[0]
        answer = world.ask(path, thief, method)
        assert answer.status_code == 401, path
        let_in += opened(answer, f"{method} {path}")

    assert not let_in


@pytest.mark.parametrize("name", ["neighbour", "stranger"])
def test_a_learner_never_opens_what_is_not_the_own(
    world: World, fill: dict[str, list[Any]], name: str
) -> None:
    let_in = []
    for rule, method in rules(world):
        if "session_id" not in rule.arguments or rule.endpoint in OWN:
            continue
        for path in world.paths(rule, fill, name):
            answer = world.ask(path, name, method)
            if rule.endpoint in OWN_WORK and answer.status_code == 303:
                assert answer.headers["Location"].endswith("/learn"), path
                continue
            let_in += opened(answer, f"{method} {path}")

    assert not let_in


def test_a_teacher_of_another_course_sees_nobody_and_no_administrator_teaches(
    world: World, fill: dict[str, list[Any]]
) -> None:
    let_in = []
    for rule, method in rules(world):
        if rule.endpoint.split(".")[0] not in ("gradebook", "attempts", "proof", "admin"):
            continue
        if rule.endpoint in (*OWN, *OWN_WORK, "gradebook.class_page"):
            continue
        for path in world.paths(rule, fill, "visitor"):
            let_in += opened(world.ask(path, "visitor", method), f"{method} {path}")

    assert not let_in


def test_a_proof_that_is_not_shared_does_not_exist_for_others(
    world: World, fill: dict[str, list[Any]]
) -> None:
    public_id = fill["public_id"][0]
    page = f"/credentials/{public_id}"
    assert world.ask(page).status_code == 200

    share = world.signed["graduate"].path(f"proof/{public_id}/share")
    assert world.ask(share, "graduate", "POST", data={"share": "off"}).status_code == 303

    assert world.ask(page).status_code == 404
    assert world.ask(f"{page}.json").status_code == 404


def opened(answer: Response, what: str) -> list[str]:
    """Return a line when this request was let in."""
    assert answer.status_code < 500, f"{what}: {answer.status_code}"
    return [] if answer.status_code in REFUSED else [f"{what}: {answer.status_code}"]
