"""The profile "moodle" answers as the recorded Moodle 4.5 did."""

import json
import secrets
import time
from urllib.parse import urlsplit

import pytest

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


@pytest.fixture
def known(lms):
    return lms.register(profile="moodle", custom={"UPPER-Case": "v", "res": "$ResourceLink.id"})


@pytest.fixture
def launched(lms, known):
    lms.link()
    return lms.post("/api/launch", person="zoe")


@pytest.fixture
def item_url(launched):
    return launched["claims"][AGS]["lineitem"]


@pytest.fixture
def items_url(launched):
    return launched["claims"][AGS]["lineitems"]


@pytest.fixture
def token(lms, known):
    return lms.token(known)


def test_the_launch_looks_like_moodles(lms, known, launched):
    claims, hint = launched["claims"], launched["initiation"]["params"]["lti_message_hint"]

    assert claims["exp"] - claims["iat"] == 60
    assert isinstance(claims["aud"], str) and "azp" not in claims
    assert claims["sub"].isdigit() and claims[CLAIM + "context"]["id"].isdigit()
    assert known["deployment_ids"] == ["1"] and len(known["client_id"]) == 15
    assert set(json.loads(hint)) == {"cmid", "launchid"}
    custom = claims[CLAIM + "custom"]
    assert custom["upper_case"] == custom["UPPER-Case"] == "v"
    assert custom["res"] == claims[CLAIM + "resource_link"]["id"]
    assert claims[CLAIM + "ext"]["lms"] == "moodle-2"
    assert claims[AGS]["lineitems"].endswith("/lineitems?type_id=1")
    assert claims[AGS]["lineitem"].endswith("/lineitem?type_id=1")


def test_a_deep_linking_request_has_null_custom_values(lms, known):
    asked = {"message_type": "LtiDeepLinkingRequest", "person": "marijke"}
    claims = lms.post("/api/launch", **asked)["claims"]

    assert claims[CLAIM + "custom"]["res"] is None
    settings = claims[DL + "deep_linking_settings"]
    assert settings["accept_types"] == ["ltiResourceLink"] and "data" not in settings
    assert "sesskey=" in settings["deep_link_return_url"]


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({}, 200, {"id_token"}),
        ({"state": None}, 200, {"id_token"}),
        ({"prompt": None}, 200, {"id_token"}),
        ({"prompt": "login"}, 200, {"error": "invalid_request", "text": "Invalid prompt"}),
        ({"response_mode": "query"}, 200, {"error": "invalid_request"}),
        ({"response_mode": None}, 200, {"text": "Invalid response_mode"}),
        ({"client_id": "other"}, 200, {"error": "unauthorized_client"}),
        ({"login_hint": "99"}, 200, {"error": "access_denied"}),
        ({"nonce": None}, 404, {}),
        ({"scope": "openid profile"}, 404, {}),
        ({"redirect_uri": "http://localhost/other"}, 404, {}),
        ({"lti_message_hint": None}, 404, {}),
        ({"lti_message_hint": "bad"}, 404, {}),
        ({"lti_message_hint": "[1]"}, 404, {}),
        ({"lti_message_hint": '{"launchid":5}'}, 404, {}),
    ],
)
def test_authorisation_variants(lms, known, launched, read_form, changes, status, expected):
    page = lms.authorise(known, launched["initiation"], **changes)

    assert page.status_code == status
    fields = read_form(page.text)
    assert ("id_token" in fields) == ("id_token" in expected)
    if "error" in expected:
        assert fields["error"] == expected["error"]
    if "text" in expected:
        assert fields["error_description"] == expected["text"]


def test_a_hint_works_once(lms, known, launched):
    first = lms.authorise(known, launched["initiation"])
    again = lms.authorise(known, launched["initiation"])

    assert (first.status_code, again.status_code) == (200, 404)


def test_the_token_answer_is_html(lms, known):
    answer = lms.ask_token(known, lms.assertion(known), [SCOPE + "score"])

    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.text.startswith('{\n  "access_token" : "')


def test_token_errors_are_moodles(lms, known):
    def said(assertion, scope=SCOPE + "score"):
        answer = lms.ask_token(known, assertion, [scope])
        return answer.status_code, answer.text

    expired = lms.assertion(known, iat=int(time.time()) - 200, exp=int(time.time()) - 100)
    assert said(expired) == (400, '{\n  "error" : "Expired token"\n}')
    unscoped = said(lms.assertion(known), "https://bad.example/scope")
    assert unscoped == (400, '{\n  "error" : "invalid_scope"\n}')
    assert "invalid_client" in said(lms.assertion(known, sub="nobody"))[1]
    assert said(lms.assertion(known, iss="https://other.example"))[0] == 200


def test_scores_compare_whole_seconds_and_say_why_in_the_status_line(lms, item_url, token):
    def send(timestamp, **more):
        body = {"userId": "1", "scoreGiven": 5, "scoreMaximum": 10, "timestamp": timestamp}
        return lms.score(item_url, token, **{**body, **more})

    first = send("2026-11-21T10:00:00.100Z")
    assert (first.status_code, first.text) == (200, "")
    same_second = send("2026-11-21T10:00:00.900Z")
    assert same_second.status == (
        "409 Refusing score with an earlier timestamp for item 1 and user 1"
    )
    assert same_second.text == "[]"
    teacher = send("2026-11-21T10:00:05Z", userId="2")
    assert teacher.status.startswith("400 Incorrect score received{")
    assert send("2026-11-21T10:00:05Z", scoreMaximum=None).status_code == 400
    assert send("2026-11-21T10:00:05Z", userId="1\n\u20ac" * 900).status_code == 400


def test_what_is_not_fully_graded_wipes_the_grade(lms, item_url, token):
    results = item_url.replace("/lineitem?", "/lineitem/results?")
    body = {"userId": "1", "scoreGiven": 5, "scoreMaximum": 10, "comment": "Goed"}
    lms.score(item_url, token, timestamp="2026-11-21T10:00:00Z", **body)
    assert lms.call("GET", results, token, accept=RESULTS).json[0]["resultScore"] == 50

    pending = {**body, "gradingProgress": "Pending", "timestamp": "2026-11-21T10:00:01Z"}
    lms.score(item_url, token, **pending)

    assert lms.call("GET", results, token, accept=RESULTS).json == []
    assert lms.call("GET", results + "&limit=2", token, accept=RESULTS).status_code == 404


def test_accept_must_be_one_exact_type(lms, items_url, token):
    for accept in ("*/*", f"{ITEMS}, */*", "application/json"):
        answer = lms.call("GET", items_url, token, accept=accept)
        assert answer.status == "400 No context or unsupported content type"
    assert lms.call("GET", items_url, token, accept=ITEMS).status_code == 200
    assert lms.call("POST", items_url, token, body={}, type="application/json").status_code == 400


def test_line_item_pages_have_typographic_quotes(lms, items_url, token):
    for number in range(2):
        made = lms.call("POST", items_url, token, body={"label": f"K{number}", "scoreMaximum": "5"})
        assert made.status_code == 201
        assert set(made.json) == {"label", "scoreMaximum", "id"}

    page = lms.call("GET", items_url + "&limit=1", token, accept=ITEMS)

    header = page.headers["Link"].encode("latin-1").decode()
    assert "&amp;limit=1&amp;from=1>; rel=\u201cnext\u201d" in header
    assert page.json[0]["ltiLinkId"] == page.json[0]["resourceLinkId"]
    assert lms.call("GET", items_url, token, accept=ITEMS).headers.get("Link") is None


def test_line_items_need_both_fields(lms, items_url, item_url, token):
    assert lms.call("PUT", item_url, token, body={"label": "A"}).status_code == 400
    assert lms.call("POST", items_url, token, body={"scoreMaximum": 5}).status_code == 400
    too_long = {"label": "x" * 300, "scoreMaximum": 5}
    assert lms.call("POST", items_url, token, body=too_long).status_code == 502
    renamed = lms.call("PUT", item_url, token, body={"label": "B", "scoreMaximum": 25})
    assert renamed.json == {"label": "B", "scoreMaximum": 25, "id": item_url}
    assert lms.call("DELETE", item_url, token).status_code == 204


def test_tokens_and_addresses_of_others_get_401(lms, known, items_url, token):
    readonly = lms.token(known, [SCOPE + "lineitem.readonly"])
    body = {"label": "A", "scoreMaximum": 5}
    assert lms.call("POST", items_url, readonly, body=body).status_code == 401
    foreign = items_url.replace("type_id=1", "type_id=3")
    assert lms.call("GET", foreign, token, accept=ITEMS).status_code == 401
    answer = lms.call("GET", items_url.replace(".php/1/", ".php/99/"), token, accept=ITEMS)
    assert answer.status == "404 Not Found: Course 99 doesn't exist"
    assert lms.call("PATCH", items_url, token).status_code == 405


def test_members_have_short_roles_and_the_next_page_forgets_the_filter(lms, launched, token):
    url = launched["claims"][NRPS_CLAIM]["context_memberships_url"]

    whole = lms.call("GET", url, token, accept=MEMBERS).json["members"]
    page = lms.call("GET", url + "?role=Learner&limit=2", token, accept=MEMBERS)

    assert {each["status"] for each in whole} == {"Active"}
    assert {role for each in whole for role in each["roles"]} == {"Learner", "Instructor"}
    assert page.headers["Link"] == f'<{url}?limit=2&from=2>; rel="next"'
    wrong = lms.call("GET", url, token, accept="application/json")
    assert wrong.status.startswith("400 No handler found for /CourseSection/1/bindings/1/")
    rlid = launched["claims"][CLAIM + "resource_link"]["id"]
    linked = lms.call("GET", f"{url}?rlid={rlid}", token, accept=MEMBERS)
    assert all(each["message"] for each in linked.json["members"])


@pytest.mark.parametrize(("maximum", "made"), [(20, 1), (0, 0), (101, 0), (12.5, 0), ("20", 0)])
def test_deep_linking_wants_a_whole_maximum_up_to_100(lms, known, maximum, made):
    asked = {"message_type": "LtiDeepLinkingRequest", "person": "marijke"}
    launched = lms.post("/api/launch", **asked)["claims"]
    wanted = {"scoreMaximum": maximum, "label": "Ander label"}
    item = {"type": "ltiResourceLink", "title": "Quiz", "url": lms.tool.url, "lineItem": wanted}
    answer = lms.tool.sign(
        {
            "iss": known["client_id"],
            "aud": ["http://127.0.0.1:5001"],
            "nonce": secrets.token_hex(8),
            CLAIM + "message_type": "LtiDeepLinkingResponse",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": "1",
            DL + "content_items": [item],
        }
    )
    url = urlsplit(launched[DL + "deep_linking_settings"]["deep_link_return_url"])

    page = lms.client.post(f"{url.path}?{url.query}", data={"JWT": answer})

    assert page.status_code == 200
    columns = lms.get("/api/gradebook/mlo-lab")["line_items"]
    assert [each["label"] for each in columns] == ["Quiz"] * made
