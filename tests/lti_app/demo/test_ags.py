"""Line items, scores and results of the demo LMS."""

import re

import pytest

ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"


@pytest.fixture
def known(lms):
    return lms.register()


@pytest.fixture
def link(lms, known):
    return lms.link()


@pytest.fixture
def token(lms, known):
    return lms.token(known)


@pytest.fixture
def items_url(link):
    return link["line_item"].rsplit("/", 1)[0]


def test_a_score_appears_in_the_gradebook(lms, link, token):
    answer = lms.score(
        link["line_item"],
        token,
        userId="user-zoe",
        scoreGiven=0.875,
        scoreMaximum=1,
        comment="Mooi gemeten",
    )

    assert (answer.status_code, answer.text) == (204, "")
    (mark,) = lms.get("/api/gradebook/mlo-lab")["scores"]
    assert (mark["person"], mark["score"], mark["comment"]) == ("zoe", 87.5, "Mooi gemeten")
    page = lms.client.get("/courses/mlo-lab/gradebook?part=table").text
    assert "87,5" in page and "Mooi gemeten" in page
    assert "87.5" in lms.client.get("/courses/mlo-lab/gradebook?lang=en").text


def test_a_score_must_be_newer(lms, link, token):
    def send(timestamp):
        body = {"userId": "user-zoe", "scoreGiven": 1, "scoreMaximum": 1}
        return lms.score(link["line_item"], token, timestamp=timestamp, **body).status_code

    assert send("2026-11-21T10:00:00.500Z") == 204
    assert send("2026-11-21T10:00:00.500Z") == 409
    assert send("2026-11-21T11:00:00.400+01:00") == 409
    assert send("2026-11-21T10:00:00.501Z") == 204


def test_only_a_final_score_changes_the_grade(lms, link, token):
    common = {"userId": "user-zoe", "scoreMaximum": 10}
    lms.score(link["line_item"], token, scoreGiven=7, **common)
    later = {**common, "timestamp": "2026-11-21T10:00:01Z", "gradingProgress": "Pending"}
    lms.score(link["line_item"], token, scoreGiven=1, **later)
    assert lms.get("/api/gradebook/mlo-lab")["scores"][0]["score"] == 70

    cleared = {**common, "timestamp": "2026-11-21T10:00:02Z"}
    assert lms.score(link["line_item"], token, **cleared).status_code == 204
    assert lms.get("/api/gradebook/mlo-lab")["scores"][0]["score"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"userId": "user-marijke"},
        {"userId": "user-ruben"},
        {"userId": "user-noemi"},
        {"userId": "nobody"},
        {"userId": 4},
        {"userId": None},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-11-21T10:00:00"},
        {"timestamp": "0001-01-01T00:00:00+23:00"},
        {"timestamp": 5},
        {"activityProgress": "Done"},
        {"activityProgress": []},
        {"gradingProgress": None},
        {"scoreGiven": -1},
        {"scoreGiven": "8"},
        {"scoreGiven": True},
        {"scoreGiven": 10**400},
        {"scoreMaximum": 0},
        {"scoreMaximum": None},
        {"comment": 5},
        {"comment": "\ud800"},
    ],
)
def test_a_wrong_score_is_refused(lms, link, token, changes):
    body = {"userId": "user-zoe", "scoreGiven": 1, "scoreMaximum": 1, **changes}

    answer = lms.score(link["line_item"], token, **body)

    assert answer.status_code == 400
    assert answer.json["error"]
    assert lms.get("/api/gradebook/mlo-lab")["scores"] == []


def test_a_score_needs_its_media_type(lms, link, token):
    url = link["line_item"] + "/scores"

    assert lms.call("POST", url, token, body={}, type="application/json").status_code == 415


def test_a_column_is_made_read_changed_and_deleted(lms, items_url, link, token):
    wanted = {
        "label": "Verslag",
        "scoreMaximum": 20,
        "resourceId": "r1",
        "tag": "report",
        "resourceLinkId": link["resource_link_id"],
        "endDateTime": "2027-01-01T00:00:00Z",
    }
    made = lms.call("POST", items_url, token, body=wanted)
    assert made.status_code == 201
    assert made.json == {"id": made.json["id"], **wanted}

    url = made.json["id"]
    assert lms.call("GET", url, token).json == made.json
    changed = lms.call("PUT", url, token, body={"label": "Nieuw", "scoreMaximum": 5})
    assert (changed.status_code, changed.json["label"]) == (200, "Nieuw")
    assert lms.call("DELETE", url, token).status_code == 204
    assert lms.call("GET", url, token).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"label": "A"},
        {"scoreMaximum": 5},
        {"label": "", "scoreMaximum": 5},
        {"label": "x" * 256, "scoreMaximum": 5},
        {"label": "A", "scoreMaximum": 0},
        {"label": "A", "scoreMaximum": "5"},
        {"label": "A", "scoreMaximum": 5, "resourceLinkId": "other"},
        {"label": "A", "scoreMaximum": 5, "tag": {}},
        [],
    ],
)
def test_a_wrong_column_is_refused(lms, items_url, token, body):
    assert lms.call("POST", items_url, token, body=body).status_code == 400


def test_columns_are_filtered_and_paged_with_a_case_sensitive_mark(lms, items_url, link, token):
    for number in range(5):
        body = {"label": f"K{number}", "scoreMaximum": 5, "tag": "Reeks"}
        lms.call("POST", items_url, token, body=body)
    seen, url, pages = [], f"{items_url}?tag=Reeks&limit=2", 0
    while url:
        page = lms.call("GET", url, token, accept=ITEMS)
        seen += [item["label"] for item in page.json]
        found = re.match(r'<(.+)>; rel="next"$', page.headers.get("Link", ""))
        url, pages = (found.group(1) if found else None), pages + 1
        if url:
            assert "tag=Reeks" in url and url != url.lower()
            assert lms.call("GET", url.lower(), token).status_code in (400, 404)

    assert (seen, pages) == (["K0", "K1", "K2", "K3", "K4"], 3)
    mine = f"{items_url}?resource_link_id={link['resource_link_id']}"
    assert [item["id"] for item in lms.call("GET", mine, token).json] == [link["line_item"]]
    assert lms.call("GET", f"{items_url}?resource_link_id=x", token).json == []
    assert lms.call("GET", f"{items_url}?limit=0", token).status_code == 400


def test_results_show_what_stands_in_the_column(lms, link, token):
    for user, given in (("user-zoe", 5), ("user-daniel", 8)):
        lms.score(link["line_item"], token, userId=user, scoreGiven=given, scoreMaximum=10)

    answer = lms.call("GET", link["line_item"] + "/results", token, accept=RESULTS)
    one = lms.call("GET", link["line_item"] + "/results?user_id=user-daniel", token)
    paged = lms.call("GET", link["line_item"] + "/results?limit=1", token)

    assert [each["resultScore"] for each in answer.json] == [50, 80]
    assert [each["userId"] for each in one.json] == ["user-daniel"]
    assert 'rel="next"' in paged.headers["Link"]


def test_another_accept_header_is_refused(lms, items_url, token):
    assert lms.call("GET", items_url, token, accept="text/html").status_code == 406
    assert lms.call("GET", items_url, token, accept="*/*").status_code == 200


def test_tenants_do_not_see_each_other(lms, link, items_url):
    other = lms.register(key="other")
    lms.link(key="theirs", client_id=other["client_id"])
    token = lms.token(other)
    theirs = lms.get("/api/courses/mlo-lab")["links"][1]["line_item"].rsplit("/", 1)[0]

    listed = lms.call("GET", theirs, token)
    stolen = lms.call("GET", theirs + "/" + link["line_item"].rsplit("/", 1)[1], token)

    assert len(listed.json) == 1
    assert stolen.status_code == 404
