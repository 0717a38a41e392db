"""The members of a course, for tools."""

import re

import pytest

TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership%23Learner"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


@pytest.fixture
def known(lms):
    return lms.register(custom={"who": "$User.id", "what": "$Unknown.thing"})


@pytest.fixture
def url(lms, known):
    lms.link()
    claims = lms.post("/api/launch")["claims"]
    name = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
    return claims[name]["context_memberships_url"]


def test_all_members_are_listed_with_what_they_share(lms, known, url):
    answer = lms.call("GET", url, lms.token(known), accept=TYPE)

    members = {each["user_id"]: each for each in answer.json["members"]}
    assert answer.content_type.startswith(TYPE)
    assert answer.json["context"]["id"] == "course-mlo-lab"
    assert members["user-zoe"]["name"] == "Zoë Brûlé"
    assert "name" not in members["user-sem"]
    assert members["user-noemi"]["status"] == "Inactive"
    assert members["user-marijke"]["roles"][0].endswith("#Instructor")


def test_pages_keep_the_role_filter(lms, known, url):
    token, seen, next_url = lms.token(known), [], f"{url}?role={LEARNER}&limit=3"
    while next_url:
        page = lms.call("GET", next_url, token)
        seen += [each["user_id"] for each in page.json["members"]]
        found = re.match(r'<(.+)>; rel="next"$', page.headers.get("Link", ""))
        next_url = found.group(1) if found else None

    assert len(seen) == len(set(seen)) == 7
    assert "user-marijke" not in seen


def test_a_link_adds_its_message(lms, known, url):
    link = lms.link()

    answer = lms.call("GET", f"{url}?rlid={link['resource_link_id']}", lms.token(known))

    custom = "https://purl.imsglobal.org/spec/lti/claim/custom"
    zoe = next(each for each in answer.json["members"] if each["user_id"] == "user-zoe")
    assert zoe["message"][0][custom] == {"who": "user-zoe", "what": "$Unknown.thing"}


def test_bad_calls_are_refused(lms, known, url):
    token = lms.token(known)

    assert lms.call("GET", f"{url}?rlid=nothing", token).status_code == 404
    assert lms.call("GET", url, token, accept="application/json").status_code == 406
    assert lms.call("GET", url, lms.token(known, [SCORE])).status_code == 403
    assert lms.call("GET", url, "nonsense").status_code == 401
    assert lms.call("GET", url.replace("mlo-lab", "none"), token).status_code == 404
    assert lms.call("GET", url.replace("services/1/", "services/9/"), token).status_code == 403
    assert lms.call("GET", f"{url}?page=%00", token).status_code == 400
