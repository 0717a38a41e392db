"""How many statements the busiest requests send: exact numbers, so that none is added unseen."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from assessments.attempts import service as attempts
from assessments.attempts.models import Attempt
from assessments.attempts.queries import is_assessment
from assessments.credentials import queries as credentials
from assessments.credentials.models import Award
from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.people import queries as people
from lti_app.seed.commands import put_all
from modules.authoring import queries as authoring
from modules.learning import service as learning
from modules.learning.models import Enrolment
from tests.support.lms import Lms, Tool, begin, full_launch
from tests.support.make import Make, Signed

MODULE = "pipetten-kalibreren"


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that the application sends meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def tool(lms: Lms, make: Make) -> Tool:
    put_all(utcnow())
    owner = people.organisation_by_slug("mlo-delta")
    return lms.connect(owner, target=f"http://localhost:5000/m/{MODULE}")


@pytest.fixture
def learner(make: Make) -> Signed:
    put_all(utcnow())
    make.organisations["mlo-delta"] = people.organisation_by_slug("mlo-delta")
    return make.signed("learner", make.link(MODULE))


def _enrolled(learner: Signed) -> Enrolment:
    version = authoring.newest_version(MODULE)
    assert version is not None
    place = learner.session.resource_link_id
    with unit_of_work():
        return learning.enrol(
            learner.person.id, version, place, learner.person.organisation_id, utcnow()
        )


def test_a_launch_of_somebody_who_was_here_before(
    client: FlaskClient, lms: Lms, tool: Tool
) -> None:
    first = full_launch(client, lms, tool, person="zoe")
    client.get(first.location)  # from now on keys and version are in memory
    begun = lms.launch(tool, person="zoe")
    with counted() as login:
        asked = begin(client, begun["initiation"])
    token = lms.launch(tool, nonce=asked.nonce, person="zoe")["id_token"]
    with counted() as launch:
        opened = client.post("/lti/launch", data={"state": asked.state, "id_token": token})
    with counted() as page:
        assert client.get(opened.location).status_code == 200
    counts = [len(_without_begin(s)) for s in (login, launch, page)]
    assert counts == [2, 6, 3], "\n".join([*login, *launch, *page])


def test_the_page_of_somebody_at_work(learner: Signed) -> None:
    _enrolled(learner)
    path = learner.path("learn")
    assert learner.client.get(path).status_code == 200
    with counted() as page:
        assert learner.client.get(path).status_code == 200
    assert len(_without_begin(page)) == 3, "\n".join(page)


def test_an_answer_that_is_saved(learner: Signed) -> None:
    attempt = _attempt(_enrolled(learner))
    path = learner.path(f"attempts/{attempt.id}/autosave")
    form = {"csrf_token": learner.csrf, "q1": "a"}
    assert learner.client.post(path, data=form).status_code == 200
    with counted() as save:
        assert learner.client.post(path, data=form | {"q1": "b"}).status_code == 200
    assert len(_without_begin(save)) == 3, "\n".join(save)


def _attempt(enrolment: Enrolment) -> Attempt:
    version = authoring.whole(enrolment.module_version_id)
    quiz = next(block for block in version.blocks if is_assessment(block))
    with unit_of_work():
        return attempts.start(enrolment, quiz, pepper="p", now=utcnow())


def test_the_public_page_of_a_proof(client: FlaskClient, learner: Signed) -> None:
    award = _shared(_enrolled(learner))
    path = f"/credentials/{award.public_id}"
    assert client.get(path).status_code == 200
    with counted() as page:
        assert client.get(path).status_code == 200
    assert len(_without_begin(page)) == 4, "\n".join(page)
    assert not any("sealed_private" in text for text in page), "no private key is read"


def _shared(enrolment: Enrolment) -> Award:
    with unit_of_work():
        enrolment.completed_at = utcnow()
        outbox.post(
            "award.consider",
            key=f"award:{enrolment.id}",
            payload={"enrolment_id": enrolment.id},
            now=utcnow(),
        )
    outbox.deliver_due()
    given = credentials.award_of(enrolment.id)
    assert given is not None
    given.visibility = "link"
    db.session.commit()
    return given


def _without_begin(statements: list[str]) -> list[str]:
    """SQLite's BEGIN is a statement too."""
    return [text for text in statements if not text.startswith("BEGIN")]
