"""The programs' side of the demo LMS: /api/*."""

import jwt
import pytest

from lti_app.demo.app import create_platform


def header_of(id_token):
    return jwt.get_unverified_header(id_token)


def test_a_tool_may_come_in_two_steps_and_keeps_its_id(lms):
    first = lms.post("/api/tools", key="expeditie", name="Expeditie")
    assert first["ready"] is False
    assert lms.client.post("/api/links", json={"title": "Te vroeg"}).status_code == 409

    second = lms.register(key="expeditie")

    assert second["client_id"] == first["client_id"]
    assert second["ready"] is True
    assert second["auth_url"] == "http://127.0.0.1:5001/oidc/authorize"
    assert len(lms.get("/api/tools")["tools"]) == 1


def test_a_link_is_made_once_per_key(lms):
    lms.register()

    first = lms.client.post("/api/links", json={"key": "k", "title": "Een"})
    again = lms.client.post("/api/links", json={"key": "k", "title": "Twee"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["id"] == again.json["id"]
    assert [each["title"] for each in lms.get("/api/courses/mlo-lab")["links"]] == ["Twee"]
    other = {"key": "k", "title": "Drie", "course": "bionoord-gmp"}
    assert lms.client.post("/api/links", json=other).status_code == 409


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/api/tools", {"profile": "webct"}),
        ("/api/tools", {"initiate_login_uri": "javascript:x"}),
        ("/api/tools", {"initiate_login_uri": "http://[::1"}),
        ("/api/tools", {"redirect_uris": "x"}),
        ("/api/tools", {"name": "\x00"}),
        ("/api/tools", {"name": 5}),
        ("/api/tools", {"deployment_ids": [5]}),
        ("/api/tools", {"share_names": "yes"}),
        ("/api/links", {}),
        ("/api/links", {"title": "A", "custom": {"a": 1}}),
        ("/api/links", {"title": "A", "line_item": {"scoreMaximum": 0}}),
        ("/api/links", {"title": "A", "line_item": []}),
        ("/api/launch", {"key": "golden"}),
        ("/api/launch", {"claims": []}),
        ("/api/launch", {"remove": "sub"}),
        ("/api/launch", {"link": "x"}),
        ("/api/mail", {"to": "a"}),
        ("/api/mail", {"to": "a", "subject": "b", "body": 5}),
        ("/api/keys/rotate", {"keep_old": "no"}),
        ("/api/registrations", {"profile": "webct"}),
    ],
)
def test_wrong_input_is_a_400(lms, path, data):
    lms.register()

    answer = lms.client.post(path, json=data)

    assert answer.status_code == 400
    assert answer.json["error"] == "bad_field"


@pytest.mark.parametrize(
    "raw",
    [b"{", b"[]", b'"x"', b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 100000, b"\xff", b"1" * 9000],
)
def test_what_is_no_json_object_is_a_400(lms, raw):
    answer = lms.client.post("/api/tools", data=raw, content_type="application/json")

    assert (answer.status_code, answer.json["error"]) == (400, "not_json")


def test_what_does_not_exist_is_a_404(lms):
    lms.register()
    for path in ("/api/courses/none", "/api/gradebook/none", "/api/nothing"):
        assert lms.client.get(path).status_code == 404
    for data in ({"link": 99}, {"person": "nobody"}, {"client_id": "x"}, {"link": 9e8}, {}):
        assert lms.client.post("/api/launch", json=data).status_code == 404
    assert lms.client.post("/api/tools", data="x").status_code == 415
    assert lms.client.post("/api/tools", data=b"x" * 2_000_000).status_code in (413, 415)


@pytest.mark.parametrize(
    ("environ", "headers"),
    [
        ({"REMOTE_ADDR": "192.0.2.7"}, {}),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"X-Forwarded-For": "192.0.2.7"}),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"Host": "evil.example"}),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_only_programs_on_this_machine_may_use_it(lms, environ, headers):
    answer = lms.client.get("/api/log", environ_overrides=environ, headers=headers)

    assert (answer.status_code, answer.json["error"]) == (403, "only_loopback")


def test_a_launch_can_be_changed_in_every_part(lms):
    known = lms.register()
    lms.link()

    changed = lms.post(
        "/api/launch",
        nonce="n1",
        claims={"sub": 5, "exp": 1},
        remove=["iat"],
        header={"jku": "https://evil.example"},
        remove_header=["kid"],
    )

    assert header_of(changed["id_token"]) == {
        "typ": "JWT",
        "alg": "RS256",
        "jku": "https://evil.example",
    }
    body = jwt.decode(changed["id_token"], options={"verify_signature": False})
    assert (body["sub"], body["exp"], body["nonce"]) == (5, 1, "n1")
    assert "iat" not in body and body["aud"] == known["client_id"]
    assert header_of(lms.post("/api/launch", key="none")["id_token"])["alg"] == "none"
    assert header_of(lms.post("/api/launch", key="hs256")["id_token"])["alg"] == "HS256"
    published = {key["kid"] for key in lms.get("/.well-known/jwks.json")["keys"]}
    unknown = lms.post("/api/launch", key="unknown")["id_token"]
    assert header_of(unknown)["kid"] not in published
    assert lms.client.post("/api/launch", json={"key": "retired"}).status_code == 409


def test_changes_also_come_through_the_browser_flow(lms, read_form):
    known = lms.register()
    lms.link()
    started = lms.post("/api/launch", claims={"name": "<b>x</b>"}, storage=True)["initiation"]
    assert started["params"]["lti_storage_target"] == "_parent"

    page = lms.authorise(known, started)

    assert lms.claims(known, read_form(page.text)["id_token"])["name"] == "<b>x</b>"
    (entry,) = lms.get("/api/log")["launches"]
    assert entry["answered_at"] and entry["claims"]["name"] == "<b>x</b>"


def test_reset_forgets(lms):
    lms.register()
    lms.link()
    lms.post("/api/mail", to="zoe@demo-lms.example", subject="Hallo", body="Dag")

    lms.post("/api/reset")
    assert lms.get("/api/mail")["messages"] == []
    assert lms.get("/api/courses/mlo-lab")["links"]

    lms.post("/api/reset", all=True)
    assert lms.get("/api/tools")["tools"] == []


def test_state_survives_a_restart_and_is_shared(lms, platform, tmp_path):
    lms.register()
    second = create_platform(issuer="http://127.0.0.1:5001", storage=tmp_path)

    assert second.test_client().get("/api/tools").json == lms.get("/api/tools")
    keys = second.test_client().get("/.well-known/jwks.json").json
    assert keys == lms.get("/.well-known/jwks.json")
