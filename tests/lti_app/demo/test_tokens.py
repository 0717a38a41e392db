"""The token endpoint of the demo LMS."""

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE = AGS + "score"

TIMES = ("exp", "iat")


@pytest.fixture
def known(lms):
    return lms.register()


def test_a_right_assertion_gets_a_token_for_what_was_asked(lms, known):
    answer = lms.ask_token(known, lms.assertion(known), [SCORE, "https://bad.example/scope"])

    assert answer.status_code == 200
    assert answer.json["scope"] == SCORE
    assert answer.json["expires_in"] == 3600
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_scopes_of_the_tool_are_given(lms):
    known = lms.register(scopes=[SCORE])

    answer = lms.ask_token(known, lms.assertion(known), [AGS + "lineitem"])

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"aud": "https://other.example/token"},
        {"aud": None},
        {"aud": 5},
        {"exp": -60},
        {"exp": "soon"},
        {"exp": None},
        {"exp": 90000},
        {"iat": 600},
        {"iat": None},
        {"jti": None},
        {"jti": 5},
        {"jti": ""},
    ],
)
def test_a_wrong_assertion_is_refused(lms, known, changes):
    # Times count from now: the whole run takes longer than some of them.
    moments = {k: int(time.time()) + v for k, v in changes.items() if k in TIMES and type(v) is int}
    changes = changes | moments
    answer = lms.ask_token(known, lms.assertion(known, **changes), [SCORE])

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert answer.json["error_description"]


def test_an_assertion_works_once(lms, known):
    assertion = lms.assertion(known)

    first = lms.ask_token(known, assertion, [SCORE])
    again = lms.ask_token(known, assertion, [SCORE])

    assert (first.status_code, again.status_code) == (200, 401)


def test_the_audience_may_be_in_a_list_or_be_fixed_by_the_tool(lms, known):
    listed = lms.assertion(known, aud=["https://other.example", known["token_url"]])
    assert lms.ask_token(known, listed, [SCORE]).status_code == 200

    fixed = lms.register(token_audience="https://api.example/token")
    right = lms.assertion(fixed, aud="https://api.example/token")
    assert lms.ask_token(fixed, right, [SCORE]).status_code == 200
    assert lms.ask_token(fixed, lms.assertion(fixed), [SCORE]).status_code == 401


@pytest.mark.parametrize("how", ["other key", "unknown kid", "no kid", "HS256", "none", "junk"])
def test_a_wrong_signature_is_refused(lms, known, how):
    body = {
        "iss": known["client_id"],
        "sub": known["client_id"],
        "aud": known["token_url"],
        "jti": how,
    }
    signed = {
        "other key": {"key": generate_private_key(public_exponent=65537, key_size=2048)}
        if how == "other key"
        else {},
        "unknown kid": {"headers": {"kid": "other"}},
        "no kid": {"headers": {}},
        "HS256": {"key": "s" * 32, "alg": "HS256"},
        "none": {"key": None, "alg": "none"},
        "junk": {},
    }[how]
    token = "a.b.c" if how == "junk" else lms.tool.sign(body, **signed)

    answer = lms.ask_token(known, token, [SCORE])

    assert answer.status_code in (400, 401)
    assert answer.json["error"] in ("invalid_client", "invalid_request")


def test_the_form_must_be_right(lms, known):
    path = "/oauth2/token"
    assert lms.client.post(path, json={"grant_type": "client_credentials"}).status_code == 400
    assert lms.client.post(path, data={"a": ""}).json["error"] == "unsupported_grant_type"
    assert lms.client.post(path).status_code == 400
    wrong = {"grant_type": "client_credentials", "client_assertion_type": "x"}
    assert lms.client.post(path, data=wrong).json["error"] == "invalid_request"
    twice = {"grant_type": ["client_credentials", "x"]}
    assert lms.client.post(path, data=twice).json["error"] == "invalid_request"
    assert lms.client.get(path).status_code == 405


def test_keys_that_cannot_be_fetched_are_said_so(lms):
    known = lms.register(jwks_uri=f"{lms.tool.url}/nothing")

    answer = lms.ask_token(known, lms.assertion(known), [SCORE])

    assert answer.status_code == 401
    assert "key set" in answer.json["error_description"]


def test_a_token_ends(lms, known):
    link = lms.link()
    token = lms.token(known)
    lms.app.config["DEMO_CLOCK"] = lambda: time.time() + 3601

    answer = lms.call("GET", link["line_item"], token)

    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_a_token_is_for_its_scopes_and_its_tool_only(lms, known):
    link = lms.link()
    other = lms.register(key="other")

    unscoped = lms.call("GET", link["line_item"], lms.token(known, [SCORE]))
    foreign = lms.call("GET", link["line_item"], lms.token(other))
    nothing = lms.client.get(link["line_item"])

    assert (unscoped.status_code, foreign.status_code, nothing.status_code) == (403, 403, 401)
