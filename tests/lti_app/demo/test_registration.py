"""Dynamic registration at the demo LMS."""

from urllib.parse import urlsplit

import pytest

CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


def metadata(**changes):
    configuration = {
        "domain": "localhost:5000",
        "target_link_uri": "http://localhost:5000/lti/launch",
        "custom_parameters": {"history": "$Context.id.history"},
        "claims": ["iss", "sub", "name"],
        "messages": [
            {"type": "LtiDeepLinkingRequest", "target_link_uri": "http://localhost:5000/pick"}
        ],
    }
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": "http://localhost:5000/lti/login",
        "redirect_uris": ["http://localhost:5000/lti/launch"],
        "client_name": "Expeditie",
        "jwks_uri": "http://localhost:5000/lti/jwks.json",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": SCORE,
        CONFIGURATION: {**configuration, **changes.pop("configuration", {})},
        **changes,
    }


@pytest.fixture(params=["standard", "moodle"])
def profile(request):
    return request.param


@pytest.fixture
def register(lms, profile):
    def send(token, body):
        invitation_url = lms.get(urlsplit(invitation["openid_configuration"]).path)
        path = urlsplit(invitation_url["registration_endpoint"]).path
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return lms.client.post(path, json=body, headers=headers)

    invitation = lms.post("/api/registrations", profile=profile)
    send.token = invitation["registration_token"]
    return send


def test_a_tool_registers_itself_once(lms, profile, register):
    answer = register(register.token, metadata())

    assert answer.status_code == {"standard": 201, "moodle": 200}[profile]
    assert answer.json["scope"] == SCORE
    assert answer.json[CONFIGURATION]["deployment_id"]
    (tool,) = lms.get("/api/tools")["tools"]
    assert tool["client_id"] == answer.json["client_id"]
    assert tool["ready"] and tool["profile"] == profile
    again = register(register.token, metadata())
    assert again.status_code == 401
    if profile == "moodle":
        assert again.text == "token_already_used"


def test_what_was_agreed_counts_at_the_launch(lms, register):
    registered = register(register.token, metadata()).json
    lms.link(client_id=registered["client_id"])

    claims = lms.post("/api/launch", client_id=registered["client_id"])["claims"]

    assert "name" in claims and "email" not in claims
    assert claims["https://purl.imsglobal.org/spec/lti/claim/custom"]["history"] == ""
    endpoint = claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]
    assert endpoint["scope"] == [SCORE]


@pytest.mark.parametrize(
    "changes",
    [
        {"application_type": "native"},
        {"response_types": ["code"]},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"initiate_login_uri": "javascript:x"},
        {"redirect_uris": []},
        {"redirect_uris": "http://localhost:5000/lti/launch"},
        {"redirect_uris": [5]},
        {"jwks_uri": None},
        {"client_name": {}},
        {CONFIGURATION: "no"},
        {"configuration": {"domain": ""}},
        {"configuration": {"domain": "localhost"}},
        {"configuration": {"target_link_uri": "http://other.example/"}},
        {"configuration": {"custom_parameters": {"n": 5}}},
    ],
)
def test_wrong_metadata_is_refused(lms, register, changes):
    answer = register(register.token, metadata(**changes))

    assert answer.status_code == 400
    assert lms.get("/api/tools")["tools"] == []


def test_the_token_is_needed(lms, register):
    assert register(None, metadata()).status_code == 401
    assert register("other", metadata()).status_code == 401
    lms.app.config["DEMO_CLOCK"] = lambda: 99999999999.0
    assert register(register.token, metadata()).status_code == 401


def test_a_person_starts_a_registration_on_the_tools_page(browser):
    form = {"url": "http://localhost:5000/lti/register/abc?x=1", "profile": "moodle"}

    answer = browser.post("/tools/register", data=form)

    assert answer.status_code == 303
    assert answer.location.startswith("http://localhost:5000/lti/register/abc?x=1&registration")
    assert "openid_configuration=http%3A%2F%2F127.0.0.1%3A5001%2Fmod%2Flti%2F" in answer.location
    for wrong in ("https://evil.example/x", "nothing", ""):
        assert browser.post("/tools/register", data={"url": wrong}).status_code == 400
