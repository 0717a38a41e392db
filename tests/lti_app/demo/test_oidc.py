"""The OpenID Connect flow of the demo LMS."""

import pytest

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"


@pytest.fixture
def known(lms):
    return lms.register()


@pytest.fixture
def started(lms, known):
    lms.link(custom={"module_ref": "pipetten", "history": "$ResourceLink.id.history"})
    return lms.post("/api/launch", person="zoe")["initiation"]


def test_opening_an_activity_posts_a_login_initiation(lms, known, read_form):
    link = lms.link()

    page = lms.client.get(f"/courses/mlo-lab/links/{link['id']}/open?as=zoe&storage=1")

    fields = read_form(page.text)
    assert fields["action"] == f"{lms.tool.url}/login"
    assert fields["iss"] == "http://127.0.0.1:5001"
    assert fields["client_id"] == known["client_id"]
    assert fields["lti_deployment_id"] in known["deployment_ids"]
    assert fields["login_hint"] == "user-zoe"
    assert fields["lti_storage_target"] == "_parent"
    assert 'type="submit"' in page.text


def test_a_right_request_gets_a_signed_id_token(lms, known, started, read_form):
    page = lms.authorise(known, started)

    fields = read_form(page.text)
    assert fields["action"] == f"{lms.tool.url}/launch"
    assert fields["state"] == "state-1"
    claims = lms.claims(known, fields["id_token"])
    assert claims["nonce"] == "nonce-1"
    assert claims["name"] == "Zoë Brûlé"
    assert claims[CLAIM + "message_type"] == "LtiResourceLinkRequest"
    assert claims[CLAIM + "deployment_id"] == known["deployment_ids"][0]
    assert claims[CLAIM + "custom"] == {"module_ref": "pipetten", "history": ""}
    assert claims[CLAIM + "roles"][0].endswith("membership#Learner")
    assert claims[CLAIM + "launch_presentation"]["locale"] == "nl"
    assert claims[AGS]["lineitem"].startswith(claims[AGS]["lineitems"])
    assert claims[NRPS]["service_versions"] == ["2.0"]


def test_the_request_may_be_posted(lms, known, started, read_form):
    sent = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": known["client_id"],
        "redirect_uri": f"{lms.tool.url}/launch",
        "login_hint": "user-zoe",
        "lti_message_hint": started["params"]["lti_message_hint"],
        "state": "s",
        "nonce": "n",
    }

    page = lms.client.post("/oidc/authorize", data=sent)

    assert lms.claims(known, read_form(page.text)["id_token"])["sub"] == "user-zoe"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"response_mode": None}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"prompt": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"login_hint": "user-daniel"}, "access_denied"),
        ({"login_hint": None}, "access_denied"),
        ({"lti_message_hint": "other"}, "invalid_request"),
        ({"lti_message_hint": None}, "invalid_request"),
    ],
)
def test_a_wrong_request_is_told_to_the_tool(lms, known, started, read_form, changes, error):
    page = lms.authorise(known, started, **changes)

    fields = read_form(page.text)
    assert page.status_code == 200
    assert fields["action"] == f"{lms.tool.url}/launch"
    assert fields["error"] == error
    assert fields["error_description"]
    assert fields["state"] == (changes["state"] or "" if "state" in changes else "state-1")
    assert "id_token" not in fields


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/launch"},
        {"redirect_uri": None},
        {"redirect_uri": "slash"},
        {"redirect_uri": "query"},
        {"client_id": "somebody"},
        {"client_id": None},
        {"client_id": "\x00"},
        {"state": ["one", "two"]},
    ],
)
def test_a_request_that_cannot_be_answered_stays_here(lms, known, started, changes):
    exact = f"{lms.tool.url}/launch"
    near = {"slash": exact + "/", "query": exact + "?x=1"}
    changes = {name: near.get(str(value), value) for name, value in changes.items()}

    page = lms.authorise(known, started, **changes)

    assert page.status_code == 400
    assert "id_token" not in page.text


def test_the_hint_of_another_tool_is_refused(lms, known, started, read_form):
    other = lms.register(key="other", redirect_uris=[f"{lms.tool.url}/launch"])

    page = lms.authorise(other, started)

    assert read_form(page.text)["error"] == "invalid_request"


def test_a_hint_expires(lms, known, started, read_form):
    lms.app.config["DEMO_CLOCK"] = lambda: started_at + 601
    started_at = lms.get("/api/log")["launches"][-1]["created_at"]

    page = lms.authorise(known, started)

    assert read_form(page.text)["error_description"] == "launch_no_longer_valid"


def test_a_person_can_keep_name_and_address_to_himself(lms, known):
    lms.link()

    claims = lms.post("/api/launch", person="sem")["claims"]

    assert claims["sub"] == "user-sem"
    assert not {"name", "given_name", "family_name", "email"} & set(claims)


def test_an_administrator_has_no_course_role(lms, known):
    lms.link()

    roles = lms.post("/api/launch", person="beheer")["claims"][CLAIM + "roles"]

    assert roles and not any("membership#" in role for role in roles)


def test_a_stranger_to_the_course_is_refused(lms, known):
    link = lms.link()

    page = lms.client.get(f"/courses/mlo-lab/links/{link['id']}/open?as=ruben")

    assert page.status_code == 403


def test_a_copied_activity_knows_where_it_came_from(lms, known):
    link = lms.link(custom={"links": "$ResourceLink.id.history", "courses": "$Context.id.history"})

    copied = lms.post("/api/courses/mlo-lab/copy", key="next-year")

    launched = lms.post("/api/launch", link=copied["links"][0]["id"], course="next-year")
    assert launched["claims"][CLAIM + "custom"] == {
        "links": link["resource_link_id"],
        "courses": "course-mlo-lab",
    }
    assert copied["links"][0]["line_item"] != link["line_item"]


def test_the_configuration_names_all_endpoints(lms):
    for path in (
        "/.well-known/openid-configuration",
        "/mod/lti/openid-configuration.php",
    ):
        described = lms.get(path)
        assert described["issuer"] == "http://127.0.0.1:5001"
        for name in ("authorization", "token", "registration"):
            assert described[f"{name}_endpoint"].startswith(described["issuer"])
