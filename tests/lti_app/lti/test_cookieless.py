"""Launches without third-party cookies: proved by storage, or offered a new tab."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.web.sessions import WebSession
from tests.support.lms import Lms, Tool
from tests.support.make import Make

FRAME = {"Sec-Fetch-Dest": "iframe"}
OURS = FRAME | {"Origin": "http://localhost:5000"}


@pytest.fixture
def tool(lms: Lms, make: Make) -> Tool:
    return lms.connect(make.organisation())


def _attribute(page: str, name: str) -> str:
    found = re.search(rf'data-{name}="([^"]*)"', page)
    assert found, name
    return found[1].replace("&amp;", "&")


def _framed_login(client: FlaskClient, lms: Lms, tool: Tool, **wanted: Any) -> Any:
    params = lms.launch(tool, **wanted)["initiation"]["params"]
    return client.post("/lti/login", data=params, headers=FRAME)


def _token(lms: Lms, tool: Tool, page: str) -> dict[str, str]:
    asked = parse_qs(urlsplit(_attribute(page, "auth-url")).query)
    signed = lms.launch(tool, nonce=asked["nonce"][0])
    return {"state": asked["state"][0], "id_token": signed["id_token"]}


def test_in_a_frame_the_browser_is_proved_before_it_leaves(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    answer = _framed_login(client, lms, tool)
    assert answer.status_code == 200
    assert _attribute(answer.text, "auth-url").startswith(lms.url)
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("Partitioned" in cookie and "SameSite=None" in cookie for cookie in cookies)


def test_a_frame_that_kept_our_cookie_before_goes_straight_on(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    _framed_login(client, lms, tool)
    assert _framed_login(client, lms, tool).status_code == 302


def test_a_tab_of_its_own_goes_straight_on_without_a_partitioned_cookie(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    params = lms.launch(tool)["initiation"]["params"]
    answer = client.post("/lti/login", data=params, headers={"Sec-Fetch-Dest": "document"})
    assert answer.status_code == 302
    assert not any("Partitioned" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_the_new_tab_is_offered_before_the_platforms_hint_is_used(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    page = _framed_login(client, lms, tool).text
    other = client.application.test_client()
    answer = other.get(_attribute(page, "new-tab-url"), headers={"Sec-Fetch-Dest": "document"})
    assert answer.status_code == 302
    assert "lti_message_hint" in answer.headers["Location"]


def _without_cookies(client: FlaskClient) -> FlaskClient:
    return client.application.test_client(use_cookies=False)


def test_platform_storage_proves_a_browser_without_cookies(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    browser = _without_cookies(client)
    login = _framed_login(browser, lms, tool, storage=True).text
    asking = browser.post("/lti/launch", data=_token(lms, tool, login), headers=FRAME)
    assert asking.status_code == 200
    assert db.session.scalar(select(func.count()).select_from(WebSession)) == 0
    ticket = re.search(r'name="ticket" value="([^"]+)"', asking.text)
    assert ticket
    form = {"ticket": ticket[1], "value": _attribute(login, "storage-value")}
    opened = browser.post("/lti/launch/proof", data=form, headers=OURS)
    assert opened.status_code == 200
    bearer = {"Authorization": "Bearer " + _attribute(opened.text, "bearer")}
    page = browser.get(_attribute(opened.text, "destination"), headers=bearer)
    assert page.status_code == 200
    assert 'data-launch="ok"' in page.text
    assert browser.post("/lti/launch/proof", data=form, headers=OURS).status_code == 400


def test_a_wrong_value_from_storage_opens_nothing(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    browser = _without_cookies(client)
    login = _framed_login(browser, lms, tool, storage=True).text
    asking = browser.post("/lti/launch", data=_token(lms, tool, login), headers=FRAME)
    ticket = re.search(r'name="ticket" value="([^"]+)"', asking.text)
    assert ticket
    for value in ("", "guess"):
        form = {"ticket": ticket[1], "value": value}
        answer = browser.post("/lti/launch/proof", data=form, headers=OURS)
        assert 400 <= answer.status_code < 500
    assert db.session.scalar(select(func.count()).select_from(WebSession)) == 0


def test_without_cookies_and_storage_the_launch_is_refused_with_advice(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    browser = _without_cookies(client)
    login = _framed_login(browser, lms, tool).text
    answer = browser.post("/lti/launch", data=_token(lms, tool, login), headers=FRAME)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (403, "browser_not_proved")


def test_a_page_is_handed_over_to_a_tab_of_its_own_once(client: FlaskClient, make: Make) -> None:
    framed = make.signed("admin")
    code = framed.get("new-tab?page=admin/", headers={"Accept": "application/json"}).json["url"]
    tab = client.get(code)
    assert tab.status_code == 303
    assert client.get(tab.headers["Location"]).status_code == 200
    assert client.get(code).status_code == 401


def test_a_page_is_not_handed_over_without_a_session(client: FlaskClient, make: Make) -> None:
    framed = make.signed("admin")
    answer = client.get(framed.path("new-tab?page=admin/"), headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert client.get("/open/guess").status_code == 401


def test_a_hand_over_leads_to_our_own_pages_only(make: Make) -> None:
    framed = make.signed("admin")
    assert framed.get("new-tab?page=https://evil.example/").status_code == 404
    answer = framed.get("new-tab?page=//evil.example/")
    assert answer.headers["Location"] == f"/s/{framed.session.id}/evil.example/"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://[::1", None])
def test_another_sites_page_cannot_finish_a_launch_for_somebody(
    client: FlaskClient, lms: Lms, tool: Tool, origin: str | None
) -> None:
    browser = _without_cookies(client)
    login = _framed_login(browser, lms, tool, storage=True).text
    asking = browser.post("/lti/launch", data=_token(lms, tool, login), headers=FRAME)
    ticket = re.search(r'name="ticket" value="([^"]+)"', asking.text)
    assert ticket
    form = {"ticket": ticket[1], "value": _attribute(login, "storage-value")}
    headers = {"Origin": origin} if origin else {}
    answer = browser.post("/lti/launch/proof", data=form, headers=headers)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (403, "form_expired")
    assert db.session.scalar(select(func.count()).select_from(WebSession)) == 0


@pytest.mark.parametrize("page", ["%0aSet-Cookie:x", "a%0d%0ab", "é", "a" * 600])
def test_a_page_that_cannot_be_handed_over_is_refused(make: Make, page: str) -> None:
    framed = make.signed("admin")
    answer = framed.get(f"new-tab?page={page}", headers={"Accept": "application/json"})
    assert answer.status_code == 404


def test_a_handed_over_session_ends_when_the_first_one_would(
    client: FlaskClient, make: Make
) -> None:
    framed = make.signed("admin")
    began = utcnow() - timedelta(hours=11, minutes=59)
    first = db.session.get_one(WebSession, framed.session.id)
    first.opened_at, first.expires_at = began, utcnow() + timedelta(minutes=1)
    db.session.commit()
    code = framed.get("new-tab?page=admin/", headers={"Accept": "application/json"}).json["url"]
    client.get(code)
    second = db.session.scalars(select(WebSession).where(WebSession.id != first.id)).one()
    assert second.expires_at == began + timedelta(hours=12)
