"""What every answer keeps: headers, languages, refusals in words, health."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.lti import tool_keys
from lti_app.people import service
from lti_app.web import i18n
from tests.support.make import Make


def test_a_missing_page_says_so_in_dutch_and_english(client: FlaskClient) -> None:
    dutch, english = client.get("/nergens"), client.get("/nergens?lang=en")
    assert dutch.status_code == english.status_code == 404
    assert 'lang="nl"' in dutch.text and 'lang="en"' in english.text
    assert 'data-error="not_found"' in dutch.text
    assert "There is nothing here" in english.text


def test_a_program_gets_problem_json(client: FlaskClient) -> None:
    answer = client.get("/nergens", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] == "not_found"


def test_pages_allow_no_foreign_code_and_no_foreign_frame(client: FlaskClient) -> None:
    policy = client.get("/verify").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors 'self'")


def test_the_language_of_a_public_page_is_remembered(client: FlaskClient) -> None:
    client.get("/nergens?lang=en")
    assert 'lang="en"' in client.get("/nergens").text


@pytest.mark.parametrize(
    "path", ["/nergens?x=%00", "/%00", "/%ff%fe", "/modules?q=%00", "/credentials/" + "9" * 5000]
)
def test_hostile_addresses_get_a_4xx(client: FlaskClient, path: str) -> None:
    assert 400 <= client.get(path).status_code < 500


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/lti/launch", data={"id_token": "x" * 2_000_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("host", ["a..b", "x" * 70, "a b", "[::1", "é"])
def test_a_host_that_cannot_be_one_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/modules", headers={"Host": host})
    assert 200 <= answer.status_code < 500


@pytest.mark.parametrize("address", ["", "0.0.0.0", "10.0.0.1:88", "x"])
def test_an_odd_address_sees_no_counters(client: FlaskClient, address: str) -> None:
    status = client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code
    assert status == 404


def test_answers_are_counted(client: FlaskClient) -> None:
    client.get("/healthz")
    counted = client.get("/metrics").text
    assert 'expeditie_requests_total{endpoint="health.alive",status="200"}' in counted


class BrokenBody(io.BytesIO):
    """A body that the server cannot read to its end; gunicorn has exceptions of its own for it."""

    def read(self, *_size: object) -> bytes:
        raise RuntimeError("invalid chunk")

    readinto = read  # type: ignore[assignment]


def test_a_body_that_breaks_off_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/verify",
        input_stream=BrokenBody(b"credential=x"),
        content_type="application/x-www-form-urlencoded",
    )
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (400, "bad_request")


def test_a_wrong_verb_is_refused_in_words(client: FlaskClient) -> None:
    answer = client.delete("/lti/login")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (405, "method_not_allowed")


def test_health_is_told(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    unready = client.get("/readyz")
    assert (unready.status_code, unready.get_json()["checks"]["keys"]) == (503, "LookupError")
    with unit_of_work():
        tool_keys.ensure(utcnow())
    ready = client.get("/readyz")
    assert ready.status_code == 200, ready.json


def test_counters_are_not_public(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 200
    away = {"REMOTE_ADDR": "93.184.216.34"}
    assert client.get("/metrics", environ_base=away).status_code == 404


@pytest.mark.parametrize(
    ("language", "numbers", "durations"),
    [
        ("nl", ["−0,69", "12,0", "1001,97"], ["1 uur 30 minuten", "1 minuut"]),
        ("en", ["−0.69", "12.0", "1001.97"], ["1 hour 30 minutes", "1 minute"]),
    ],
)
def test_numbers_are_written_as_the_lab_writes_them(
    app: Flask, language: str, numbers: list[str], durations: list[str]
) -> None:
    with app.test_request_context(f"/?lang={language}"):
        written = [i18n.number("-0.69"), i18n.number("12.0", 1), i18n.number("1001.97")]
        assert written == numbers
        assert [i18n.minutes(90), i18n.minutes(1)] == durations


def test_the_style_page_shows_every_component(client: FlaskClient) -> None:
    assert client.get("/style").status_code == 200


def test_a_sign_in_link_works_once(client: FlaskClient, make: Make) -> None:
    person = make.person()
    with unit_of_work():
        token = service.make_sign_in_link(person, person.organisation_id, "admin", now=utcnow())
    assert client.get(f"/sign-in/{token}").status_code == 200
    first = client.post(f"/sign-in/{token}")
    assert first.status_code == 303
    assert client.post(f"/sign-in/{token}").status_code == 410
