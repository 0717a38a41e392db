"""Faults that are switched on on purpose."""

import time

import pytest

ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"


@pytest.fixture
def known(lms):
    return lms.register()


@pytest.fixture
def item(lms, known):
    return lms.link()["line_item"]


@pytest.fixture
def token(lms, known):
    return lms.token(known)


def test_a_status_comes_as_often_as_asked(lms, item, token):
    fault = {"service": "ags", "kind": "status", "status": 429, "retry_after": 2, "times": 2}
    lms.post("/api/faults", **fault)

    answers = [lms.call("GET", item, token) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "2"
    logged = [each for each in lms.get("/api/log")["requests"] if each["service"] == "ags"]
    assert [(each["status"], each["fault"]) for each in logged] == [
        (429, "status"),
        (429, "status"),
        (200, ""),
    ]


def test_other_services_go_on(lms, known, item, token):
    lms.post("/api/faults", service="ags", kind="down")

    assert lms.call("GET", item, token).status_code == 503
    assert lms.client.get("/.well-known/jwks.json").status_code == 200
    assert lms.token(known)


def test_all_services_can_be_hit_at_once_and_pages_never(lms):
    lms.post("/api/faults", service="all", kind="status", status=500)

    assert lms.client.get("/.well-known/jwks.json").status_code == 500
    assert lms.client.post("/oauth2/token").status_code == 500
    assert lms.client.get("/").status_code == 200


def test_slow_is_slow(lms):
    lms.post("/api/faults", service="jwks", kind="slow", seconds=0.2, times=1)

    started = time.monotonic()
    assert lms.client.get("/.well-known/jwks.json").status_code == 200
    assert time.monotonic() - started >= 0.2


def test_an_expired_token_needs_a_fresh_one(lms, known, item, token):
    lms.post("/api/faults", service="ags", kind="expired_token", times=1)

    assert lms.call("GET", item, token).status_code == 401
    assert lms.call("GET", item, token).status_code == 401
    assert lms.call("GET", item, lms.token(known)).status_code == 200


def test_tokens_can_be_dead_on_arrival(lms, known, item):
    lms.post("/api/faults", service="token", kind="expired_token", times=1)

    assert lms.call("GET", item, lms.token(known)).status_code == 401
    assert lms.call("GET", item, lms.token(known)).status_code == 200


def test_pages_can_be_made_small(lms, item, token):
    lms.post("/api/faults", service="ags", kind="paging", limit=1)
    lms.link(key="second")
    listed = lms.call("GET", item.rsplit("/", 1)[0], token, accept=ITEMS)

    assert len(listed.json) == 1
    assert 'rel="next"' in listed.headers["Link"]


def test_any_body_and_a_huge_one(lms):
    odd = {"body": "<html>", "content_type": "text/html", "location": "http://169.254.169.254/"}
    lms.post("/api/faults", service="jwks", kind="status", status=302, times=1, **odd)
    lms.post("/api/faults", service="jwks", kind="huge", times=1)

    first = lms.client.get("/.well-known/jwks.json")
    second = lms.client.get("/.well-known/jwks.json")

    assert (first.status_code, first.text) == (302, "<html>")
    assert first.headers["Location"] == "http://169.254.169.254/"
    assert len(second.data) > 30_000_000


def test_faults_end_by_time_by_hand_and_by_chance(lms):
    fault = lms.post("/api/faults", service="jwks", kind="status", seconds=5)
    lms.post("/api/faults", service="jwks", kind="status", status=503, share=0.000001)
    assert len(lms.get("/api/faults")["faults"]) == 2
    lms.app.config["DEMO_CLOCK"] = lambda: time.time() + 6
    assert len(lms.get("/api/faults")["faults"]) == 1
    assert lms.client.get("/.well-known/jwks.json").status_code == 200
    assert lms.client.delete(f"/api/faults/{fault['id']}").status_code == 204
    assert lms.client.delete("/api/faults").status_code == 204
    assert lms.get("/api/faults")["faults"] == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "flood"},
        {"kind": "down", "service": "moon"},
        {"kind": "status", "status": 99},
        {"kind": "status", "status": "500"},
        {"kind": "status", "location": "a\r\nb"},
        {"kind": "down", "times": 0},
        {"kind": "down", "share": 2},
        {"kind": "status", "retry_after": []},
    ],
)
def test_wrong_faults_are_refused(lms, data):
    assert lms.client.post("/api/faults", json=data).status_code == 400


def test_keys_rotate_with_and_without_the_old_one(lms, known, item):
    def kids():
        return {key["kid"] for key in lms.get("/.well-known/jwks.json")["keys"]}

    (first,) = kids()
    second = lms.post("/api/keys/rotate")["kid"]
    assert kids() == {first, second}
    assert lms.claims(known, lms.post("/api/launch")["id_token"])["sub"] == "user-zoe"
    third = lms.post("/api/keys/rotate", keep_old=False)["kid"]
    assert kids() == {third}
    assert lms.post("/api/launch", key="retired")["id_token"]


def test_the_page_switches_faults_on_and_off(lms):
    form = {"service": "ags", "kind": "status", "status": "503", "times": "3", "action": "on"}
    assert lms.client.post("/faults", data=form).status_code == 303
    (fault,) = lms.get("/api/faults")["faults"]
    assert (fault["status"], fault["remaining"]) == (503, 3)
    assert "503" in lms.client.get("/faults").text
    assert lms.client.post("/faults", data={"action": f"off-{fault['id']}"}).status_code == 303
    assert lms.get("/api/faults")["faults"] == []
    assert lms.client.post("/faults", data={**form, "times": "x"}).status_code == 400
    foreign = {"Origin": "https://evil.example"}
    assert lms.client.post("/faults", data=form, headers=foreign).status_code == 403
