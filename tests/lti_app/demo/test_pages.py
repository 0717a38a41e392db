"""The pages that people see."""

import re

import pytest


@pytest.fixture
def known(lms):
    return lms.register()


@pytest.fixture
def link(lms, known):
    return lms.link()


PAGES = (
    "/",
    "/courses/mlo-lab",
    "/courses/mlo-lab?as=zoe",
    "/courses/mlo-lab?as=beheer",
    "/courses/mlo-lab/gradebook",
    "/courses/mlo-lab/links/1?as=zoe",
    "/courses/mlo-lab/links/1?as=zoe&storage=1",
    "/courses/mlo-lab/links/1/open?as=zoe",
    "/courses/mlo-lab/add?as=marijke",
    "/mail",
    "/mail/1",
    "/faults",
    "/tools",
    "/nothing",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_calm_html_in_both_languages(lms, link, path):
    lms.post("/api/mail", to="zoe@demo-lms.example", subject="Hallo", body="Dag")
    lms.post("/api/faults", service="ags", kind="status", times=2)
    for language in ("nl", "en"):
        mark = "&" if "?" in path else "?"
        answer = lms.client.get(f"{path}{mark}lang={language}")
        page = answer.text

        assert answer.status_code == (404 if path == "/nothing" else 200)
        assert f'<html lang="{language}">' in page
        assert page.count("<h1>") == 1
        assert not re.search(r"<script(?![^>]* src=)|<style| style=|onclick", page)
        assert (
            not re.search(
                r"\b(home|role|fault|kind|service|refused)_[a-z]+\b",
                page.split("<main")[1].replace('"', " "),
            )
            or "name=" in page
        )
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_shortest_way_in(lms, link):
    page = lms.client.get("/").text

    assert "Open als student" in page and "Open als docent" in page
    assert f"/courses/mlo-lab/links/{link['id']}?as=zoe" in page
    assert f"/courses/mlo-lab/links/{link['id']}?as=marijke" in page


def test_the_frame_may_only_show_registered_tools(lms, link):
    answer = lms.client.get(f"/courses/mlo-lab/links/{link['id']}?as=zoe")

    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-src 'self' {lms.tool.url}" in policy
    assert '<iframe class="tool"' in answer.text and "sandbox" not in answer.text
    assert 'data-storage="0"' in answer.text


def test_without_a_tool_the_home_page_says_what_to_do(browser):
    page = browser.get("/").text

    assert "nog geen tool" in page
    assert browser.get("/courses/mlo-lab/add?as=marijke").status_code == 409


def test_the_language_is_remembered(browser):
    browser.get("/?lang=en")
    assert '<html lang="en">' in browser.get("/mail").text
    browser.get("/?lang=xx")
    assert '<html lang="en">' in browser.get("/mail").text


def test_mail_shows_addresses_as_links_and_nothing_else_as_html(lms):
    body = "Open <b>http://localhost:5000/sign-off/abc?x=1&y=2</b>."
    number = lms.post("/api/mail", to="a@b.example", subject="<i>Hoi</i>", body=body)["id"]

    page = lms.client.get(f"/mail/{number}").text

    assert 'href="http://localhost:5000/sign-off/abc?x=1&amp;y=2"' in page
    assert "&lt;b&gt;" in page and "&lt;i&gt;Hoi" in page
    assert "&lt;i&gt;Hoi" in lms.client.get("/mail").text


def test_a_tool_sends_people_back_with_a_message(lms, link):
    claims = lms.post("/api/launch")["claims"]
    url = claims["https://purl.imsglobal.org/spec/lti/claim/launch_presentation"]["return_url"]
    path = url.removeprefix("http://127.0.0.1:5001")

    assert "weer in je cursus" in lms.client.get(path).text
    page = lms.client.get(path + "&lti_errormsg=Kapot%20<script>").text
    assert "Kapot &lt;script&gt;" in page
    assert lms.client.get("/return?launch=none").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/courses/none", 404),
        ("/courses/mlo-lab?as=nobody", 404),
        ("/courses/mlo-lab?as=ruben", 403),
        ("/courses/mlo-lab?as=%00", 404),
        ("/courses/mlo-lab/links/99", 404),
        ("/courses/bionoord-gmp/links/1", 404),
        ("/courses/mlo-lab/links/99999999999999999999", 404),
        ("/courses/mlo-lab/links/1/open?as=zoe&target=popup", 400),
        ("/mail/5", 404),
        ("/mail/x", 404),
        ("/deep-linking/x", 405),
    ],
)
def test_bad_addresses_get_a_clear_page(lms, link, path, status):
    answer = lms.client.get(path)

    assert answer.status_code == status
    assert "Dit kan niet" in answer.text
