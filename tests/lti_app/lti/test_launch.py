"""A launch opens for the right person, once, in the browser that began it, and for nobody else."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.lti import login as logins
from lti_app.lti import queries, registration
from lti_app.lti.errors import TokenInvalid
from lti_app.lti.gateway import id_token
from lti_app.lti.models import Context, Deployment, Participation, ResourceLink
from lti_app.people.models import Person
from lti_app.web.sessions import WebSession
from tests.support.lms import CLAIM, Lms, Tool, begin, full_launch
from tests.support.make import Make


@pytest.fixture
def tool(lms: Lms, make: Make) -> Tool:
    return lms.connect(make.organisation())


def _nothing_was_stored() -> bool:
    db.session.rollback()
    counts = [db.session.scalar(select(func.count()).select_from(t)) for t in (Person, WebSession)]
    return counts == [0, 0]


def _post(client: FlaskClient, state: str, token: str, **more: str) -> Any:
    return client.post("/lti/launch", data={"state": state, "id_token": token} | more)


def _refused(client: FlaskClient, lms: Lms, tool: Tool, **wanted: Any) -> tuple[int, str]:
    answer = full_launch(client, lms, tool, **wanted)
    assert _nothing_was_stored()
    assert not any("expeditie_session" in c for c in answer.headers.getlist("Set-Cookie"))
    return answer.status_code, answer.headers["X-Error-Code"]


def test_a_learner_is_opened_and_remembered(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    answer = full_launch(client, lms, tool, person="zoe")
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith("/s/")
    person = db.session.scalars(select(Person)).one()
    assert person.name == "Zoë Brûlé"
    link = db.session.scalars(select(ResourceLink)).one()
    assert link.lineitem_url and link.scopes
    assert db.session.scalars(select(Participation)).one().role == "learner"


def test_the_first_page_of_a_launch_says_that_it_opened(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    answer = full_launch(client, lms, tool, person="zoe")
    page = client.get(answer.headers["Location"], follow_redirects=True)
    assert page.status_code == 200
    assert 'data-launch="ok"' in page.text
    assert 'data-role="learner"' in page.text


def test_a_second_launch_makes_nobody_twice(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    full_launch(client, lms, tool, person="zoe")
    full_launch(client, lms, tool, person="zoe")
    for table, number in ((Person, 1), (Context, 1), (ResourceLink, 1), (WebSession, 2)):
        assert db.session.scalar(select(func.count()).select_from(table)) == number


def test_somebody_without_a_name_gets_a_stable_alias(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    assert full_launch(client, lms, tool, person="sem").status_code == 303
    person = db.session.scalars(select(Person)).one()
    assert person.name is None
    assert person.display_name.startswith("Deelnemer ")


def test_the_same_token_opens_once(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    login = begin(client, lms.launch(tool)["initiation"])
    token = lms.launch(tool, nonce=login.nonce)["id_token"]
    assert _post(client, login.state, token).status_code == 303
    again = _post(client, login.state, token)
    assert (again.status_code, again.headers["X-Error-Code"]) == (400, "launch_expired")


def test_of_twenty_posts_at_once_exactly_one_opens(
    app: Flask, client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    full_launch(client, lms, tool, person="daniel")  # warms the keys
    login = begin(client, lms.launch(tool)["initiation"])
    token = lms.launch(tool, nonce=login.nonce)["id_token"]
    cookies = {c.key: c.value for c in client._cookies.values() if c.path == "/lti/"}

    def post(_number: int) -> int:
        browser = app.test_client()
        for name, value in cookies.items():
            browser.set_cookie(name, value, path="/lti/")
        status: int = _post(browser, login.state, token).status_code
        return status

    db.session.remove()
    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(post, range(20)))
    assert statuses == [303] + [400] * 19


def test_parallel_first_launches_make_one_person_and_one_course(
    app: Flask, lms: Lms, tool: Tool
) -> None:
    db.session.remove()
    with ThreadPoolExecutor(6) as pool:
        opened = pool.map(lambda _n: full_launch(app.test_client(), lms, tool), range(6))
        assert [answer.status_code for answer in opened] == [303] * 6
    for model in (Person, Context, ResourceLink):
        assert len(db.session.scalars(select(model)).all()) == 1, model.__name__


def test_another_browser_cannot_finish_the_launch(
    app: Flask, client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    login = begin(client, lms.launch(tool)["initiation"])
    token = lms.launch(tool, nonce=login.nonce)["id_token"]
    answer = _post(app.test_client(), login.state, token)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (403, "browser_not_proved")
    assert _nothing_was_stored()


def test_a_token_of_another_login_is_refused(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    login = begin(client, lms.launch(tool)["initiation"])
    answer = _post(client, login.state, lms.launch(tool, nonce="another")["id_token"])
    assert answer.headers["X-Error-Code"] == "token_invalid"


def test_a_token_of_another_registration_is_refused(
    client: FlaskClient, lms: Lms, tool: Tool, make: Make
) -> None:
    other = lms.connect(make.organisation("bionoord", "company"))
    login = begin(client, lms.launch(tool)["initiation"])
    answer = _post(client, login.state, lms.launch(other, nonce=login.nonce)["id_token"])
    assert answer.headers["X-Error-Code"] == "token_invalid"
    assert _nothing_was_stored()


class After(int):
    """Seconds after the launch; the whole run takes longer than some of them."""


def _timed(changed: dict[str, Any]) -> dict[str, Any]:
    now = int(utcnow().timestamp())
    claims = changed.get("claims", {}).items()
    counted = {name: now + v if isinstance(v, After) else v for name, v in claims}
    return changed | {"claims": counted} if counted else changed


@pytest.mark.parametrize(
    "changed",
    [
        {"remove": ["exp"]},
        {"remove": ["iat"]},
        {"remove": ["nonce"]},
        {"remove": ["aud"]},
        {"remove": ["iss"]},
        {"remove": ["sub"]},
        {"claims": {"sub": ""}},
        {"claims": {"sub": 7}},
        {"claims": {"sub": ["a"]}},
        {"claims": {"sub": "x" * 300}},
        {"claims": {"sub": "a\u0000b"}},
        {"claims": {"exp": 22222, "iat": 11111}},
        {"claims": {"iat": After(600), "exp": After(700)}},
        {"claims": {"iat": After(-4000), "exp": After(4000)}},
        {"claims": {"iat": "soon"}},
        {"claims": {"exp": "never"}},
        {"claims": {"aud": []}},
        {"claims": {"aud": "another"}},
        {"claims": {"azp": "another"}},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"nonce": ["a"]}},
        {"claims": {CLAIM + "version": "11.3"}},
        {"remove": [CLAIM + "version"]},
        {"remove": [CLAIM + "message_type"]},
        {"claims": {CLAIM + "message_type": "LtiHello"}},
        {"remove": [CLAIM + "deployment_id"]},
        {"claims": {CLAIM + "deployment_id": 1}},
        {"remove": [CLAIM + "roles"]},
        {"claims": {CLAIM + "roles": "Instructor"}},
        {"claims": {CLAIM + "roles": [1]}},
        {"claims": {CLAIM + "resource_link": {}}},
        {"claims": {CLAIM + "resource_link": None}},
        {"claims": {CLAIM + "resource_link": [1]}},
        {"claims": {CLAIM + "context": "c"}},
        {"claims": {CLAIM + "target_link_uri": "https://evil.example/x"}},
        {"claims": {CLAIM + "target_link_uri": "javascript:alert(1)"}},
        {"claims": {CLAIM + "target_link_uri": "//evil.example"}},
        {"remove": [CLAIM + "target_link_uri"]},
        {"remove_header": ["kid"]},
        {"header": {"kid": "nobody"}},
        {"header": {"kid": 3}},
    ],
    ids=lambda changed: json.dumps(changed)[:60].replace(CLAIM, ""),
)
def test_a_launch_that_is_not_right_is_refused_and_leaves_nothing(
    client: FlaskClient, lms: Lms, tool: Tool, changed: dict[str, Any]
) -> None:
    status, code = _refused(client, lms, tool, **_timed(changed))
    assert 400 <= status < 500
    assert code in ("token_invalid", "token_expired", "claims_invalid", "keys_unavailable")


@pytest.mark.parametrize(
    "changed",
    [
        {"claims": {"iat": After(45), "exp": After(400)}},
        {"claims": {CLAIM + "roles": []}},
        {"claims": {CLAIM + "roles": [""]}},
        {"claims": {CLAIM + "roles": ["http://unknown/unknown#Helper"]}},
        {"claims": {CLAIM + "context": None}},
        {"remove": [CLAIM + "context"]},
        {"claims": {"name": None, "email": None, "given_name": 5}},
        {"claims": {"name": "<script>alert(1)</script>"}},
        {"claims": {CLAIM + "custom": {"x": None, "y": 3}}},
        {"claims": {CLAIM + "launch_presentation": {"return_url": "javascript:alert(1)"}}},
    ],
    ids=lambda changed: json.dumps(changed)[:60].replace(CLAIM, ""),
)
def test_a_launch_that_is_unusual_but_allowed_opens_with_the_least_rights(
    client: FlaskClient, lms: Lms, tool: Tool, changed: dict[str, Any]
) -> None:
    answer = full_launch(client, lms, tool, **_timed(changed))
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["Location"], follow_redirects=True)
    assert page.status_code == 200
    assert 'data-role="learner"' in page.text
    assert "<script>alert" not in page.text
    assert "javascript:" not in page.text


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"], "teacher"),
        (["http://purl.imsglobal.org/vocab/lis/v2/membership#ContentDeveloper"], "teacher"),
        (
            ["http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"],
            "teacher",
        ),
        (["Instructor"], "teacher"),
        (["Learner"], "learner"),
        (["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"], "learner"),
        (["http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"], "learner"),
        (["http://purl.imsglobal.org/vocab/lis/v2/membership/Learner#Instructor"], "learner"),
        (["http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"], "learner"),
    ],
)
def test_only_roles_in_this_course_count(
    client: FlaskClient, lms: Lms, tool: Tool, roles: list[str], role: str
) -> None:
    full_launch(client, lms, tool, claims={CLAIM + "roles": roles})
    assert db.session.scalars(select(Participation)).one().role == role


def test_a_new_role_replaces_the_old_one(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    full_launch(client, lms, tool, claims={CLAIM + "roles": ["Instructor"]})
    full_launch(client, lms, tool, claims={CLAIM + "roles": ["Learner"]})
    db.session.expire_all()
    assert db.session.scalars(select(Participation)).one().role == "learner"


def test_a_new_deployment_waits_for_approval(client: FlaskClient, lms: Lms, make: Make) -> None:
    tool = lms.connect(make.organisation(), approved=False)
    status, code = _refused(client, lms, tool)
    assert (status, code) == (403, "deployment_pending")
    waiting = db.session.scalars(select(Deployment)).one()
    assert waiting.state == "pending"
    with unit_of_work():
        registration.approve(tool.registration, waiting.deployment_id, now=utcnow())
    assert full_launch(client, lms, tool).status_code == 303


def test_a_suspended_platform_is_refused_in_words(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    with unit_of_work():
        registration.set_state(registration.by_id(tool.registration.id), "suspended", now=utcnow())
    answer = client.get("/lti/login", query_string=lms.launch(tool)["initiation"]["params"])
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (403, "platform_suspended")


def test_a_nonce_that_is_no_text_is_refused() -> None:
    for nonce in ("\ud800", 3, None, ["n"]):
        with pytest.raises(TokenInvalid):
            id_token._check_nonce({"nonce": nonce}, "expected")


def test_a_platform_suspended_after_the_login_opens_nothing(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    login = begin(client, lms.launch(tool)["initiation"])
    with unit_of_work():
        registration.set_state(registration.by_id(tool.registration.id), "suspended", now=utcnow())
    answer = _post(client, login.state, lms.launch(tool, nonce=login.nonce)["id_token"])
    assert answer.headers["X-Error-Code"] == "platform_suspended"


@pytest.mark.parametrize(
    "return_url", ["https://例え.jp/x", "https://*/", "https://a;sandbox/", "https://a b/", "x:"]
)
def test_an_odd_return_address_does_not_reach_the_headers(
    client: FlaskClient, lms: Lms, tool: Tool, return_url: str
) -> None:
    claims = {CLAIM + "launch_presentation": {"return_url": return_url}}
    answer = full_launch(client, lms, tool, claims=claims)
    policy = client.get(answer.headers["Location"]).headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors 'self' {lms.url}")


def test_a_launch_without_a_course_stays_in_the_course_of_its_link(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    full_launch(client, lms, tool)
    full_launch(client, lms, tool, remove=[CLAIM + "context"], person="daniel")
    assert db.session.scalar(select(func.count()).select_from(Context)) == 1


def test_the_score_of_a_test_user_is_not_wanted(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    full_launch(client, lms, tool, claims={CLAIM + "roles": ["Learner", queries.TEST_USER]})
    mine = db.session.scalars(select(Participation)).one()
    assert mine.role == "learner"
    assert queries.is_test_user(mine.context_id, mine.person_id)


@pytest.mark.parametrize("missing", ["iss", "login_hint", "target_link_uri"])
def test_a_login_that_misses_something_is_refused(
    client: FlaskClient, lms: Lms, tool: Tool, missing: str
) -> None:
    params = lms.launch(tool)["initiation"]["params"]
    del params[missing]
    answer = client.get("/lti/login", query_string=params)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (400, "claims_invalid")


def test_an_unknown_platform_is_refused(client: FlaskClient) -> None:
    answer = client.get(
        "/lti/login",
        query_string={"iss": "https://x", "login_hint": "1", "target_link_uri": "https://y"},
    )
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (403, "unknown_platform")


def test_a_parameter_that_stands_twice_is_refused(client: FlaskClient) -> None:
    answer = client.post("/lti/launch", data={"state": ["a", "b"], "id_token": "x"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "é.é.é", "." * 50, "e30.e30.e30", "x" * 70_000]
)
def test_a_token_that_is_no_token_is_refused(
    client: FlaskClient, lms: Lms, tool: Tool, token: str
) -> None:
    login = begin(client, lms.launch(tool)["initiation"])
    assert 400 <= _post(client, login.state, token).status_code < 500


def test_the_platforms_own_error_is_shown_and_escaped(client: FlaskClient) -> None:
    answer = client.post(
        "/lti/launch",
        data={"error": "login_required", "error_description": "<b>x</b>", "state": "s"},
    )
    assert answer.headers["X-Error-Code"] == "platform_refused"
    assert "<b>x</b>" not in answer.text


def test_the_framing_page_may_only_be_the_platforms(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    answer = full_launch(client, lms, tool)
    page = client.get(answer.headers["Location"])
    assert f"frame-ancestors 'self' {lms.url}" in page.headers["Content-Security-Policy"]


def test_logins_that_nobody_finishes_are_purged(client: FlaskClient, lms: Lms, tool: Tool) -> None:
    begin(client, lms.launch(tool)["initiation"])
    with unit_of_work():
        logins.purge_expired(utcnow() + logins.LIFETIME * 2)
    assert db.session.scalar(select(func.count()).select_from(logins.LoginTransaction)) == 0
