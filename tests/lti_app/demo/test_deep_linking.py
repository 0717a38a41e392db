"""What comes back from a tool's picker."""

import secrets
from urllib.parse import urlsplit

import pytest

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"


@pytest.fixture
def known(lms):
    return lms.register()


@pytest.fixture
def request_claims(lms, known):
    asked = {"message_type": "LtiDeepLinkingRequest", "person": "marijke"}
    return lms.post("/api/launch", **asked)["claims"]


@pytest.fixture
def send(lms, known, request_claims):
    settings = request_claims[DL + "deep_linking_settings"]

    def post(items, **changes):
        claims = {
            "iss": known["client_id"],
            "aud": "http://127.0.0.1:5001",
            "nonce": secrets.token_hex(8),
            CLAIM + "message_type": "LtiDeepLinkingResponse",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": known["deployment_ids"][0],
            DL + "data": settings["data"],
            DL + "content_items": items,
            **changes,
        }
        path = urlsplit(settings["deep_link_return_url"]).path
        return lms.client.post(path, data={"JWT": lms.tool.sign(claims)})

    return post


def item(lms, **more):
    return {
        "type": "ltiResourceLink",
        "title": "Pipetten <b>kalibreren</b>",
        "url": f"{lms.tool.url}/m/pipetten",
        "custom": {"module_ref": "pipetten"},
        "lineItem": {"scoreMaximum": 100, "label": "Pipetten", "resourceId": "m1"},
        **more,
    }


def test_the_request_says_what_may_come_back(request_claims):
    settings = request_claims[DL + "deep_linking_settings"]

    assert request_claims[CLAIM + "message_type"] == "LtiDeepLinkingRequest"
    assert CLAIM + "resource_link" not in request_claims
    assert "ltiResourceLink" in settings["accept_types"]
    assert settings["accept_multiple"] is True


def test_activities_and_columns_are_made(lms, send):
    page = send([item(lms), item(lms, title="Tweede", lineItem=None)], **{DL + "msg": "Gekozen"})

    assert page.status_code == 200
    assert "Gekozen" in page.text and "&lt;b&gt;" in page.text
    first, second = lms.get("/api/courses/mlo-lab")["links"]
    assert first["custom"] == {"module_ref": "pipetten"}
    assert first["target_link_uri"].endswith("/m/pipetten")
    assert first["line_item"] and second["line_item"] is None
    columns = lms.get("/api/gradebook/mlo-lab")["line_items"]
    assert [(each["label"], each["resource_id"]) for each in columns] == [("Pipetten", "m1")]


def test_nothing_chosen_makes_nothing(lms, send):
    assert send([]).status_code == 200
    assert lms.get("/api/courses/mlo-lab")["links"] == []


def test_items_that_do_not_fit_are_reported(lms, send):
    wrong = [
        {"type": "html", "title": "Tekst", "html": "<script>x</script>"},
        item(lms, url="javascript:alert(1)"),
        item(lms, lineItem={"scoreMaximum": -1}),
        item(lms, custom={"n": 5}),
        item(lms, lineItem="no"),
    ]

    page = send(wrong)

    assert page.status_code == 200
    assert page.text.count("niet toegevoegd") == 5
    assert lms.get("/api/courses/mlo-lab")["links"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"aud": "https://other.example"},
        {"nonce": None},
        {"exp": 5},
        {CLAIM + "message_type": "LtiResourceLinkRequest"},
        {CLAIM + "version": "1.1"},
        {CLAIM + "deployment_id": "other"},
        {CLAIM + "deployment_id": []},
        {DL + "data": "other"},
        {DL + "data": None},
        {DL + "content_items": "no"},
        {DL + "content_items": ["no"]},
    ],
)
def test_a_wrong_answer_is_refused(lms, send, changes):
    page = send([item(lms)], **changes)

    assert page.status_code == 400
    assert lms.get("/api/courses/mlo-lab")["links"] == []


def test_an_answer_counts_once(lms, send):
    first, again = send([item(lms)], nonce="n1"), send([item(lms)], nonce="n1")

    assert (first.status_code, again.status_code) == (200, 400)


def test_an_unknown_return_address_and_a_missing_token_are_refused(lms, request_claims):
    settings = request_claims[DL + "deep_linking_settings"]
    path = urlsplit(settings["deep_link_return_url"]).path

    assert lms.client.post("/deep-linking/nothing", data={"JWT": "x"}).status_code == 404
    assert lms.client.post(path, data={}).status_code == 400
    assert lms.client.get(path).status_code == 405


def test_a_learner_may_not_add(lms, known):
    asked = {"message_type": "LtiDeepLinkingRequest", "person": "zoe"}

    assert lms.client.post("/api/launch", json=asked).status_code == 403
    assert lms.client.get("/courses/mlo-lab/add?as=zoe").status_code == 403
    assert lms.client.get("/courses/mlo-lab/add?as=marijke").status_code == 200
