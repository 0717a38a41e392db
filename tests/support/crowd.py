"""A crowd of learners in one course, who hand in a quiz; what their grade must be is known."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from assessments.attempts import service as attempts
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.lti.models import Participation, ResourceLink
from lti_app.people import service as people
from lti_app.web import sessions
from modules.authoring import archive, strict_json
from modules.authoring import service as authoring
from modules.authoring.models import Block, ModuleVersion
from modules.learning import service as learning
from tests.assessments.attempts import course
from tests.assessments.credentials.conftest import ACHIEVEMENT
from tests.support.installation import Browser, Installation
from tests.support.lms import Lms, Tool
from tests.support.make import Make

QUESTIONS = 10
PASS = 70
COURSE = "mlo-lab"


def document() -> dict[str, Any]:
    """A module of one quiz with ten questions; who has seven right gets a badge."""
    options = [course.entry("a", correct=True), course.entry("b", correct=False)]
    items = [course.item(f"q{n}", "choice", {"options": options}) for n in range(QUESTIONS)]
    quiz = course.block(course.QUIZ, "assessment", "Toets", {"items": items}, "10")
    made = course.document()
    made["sections"][0]["blocks"] = [quiz]
    made["outcomes"][0]["assessed_by"] = [course.QUIZ]
    return made | {"slug": "toets", "extensions": {"achievement": ACHIEVEMENT}}


@dataclass
class Learner:
    """Somebody of whom we know which marks were handed in, in order."""

    user_id: str
    person_id: int
    enrolment_id: int
    session_id: str
    csrf: str
    secret: str
    right: list[int]
    """How many right answers each attempt has."""
    handed_in: int = 0

    @property
    def key(self) -> str:
        """The name under which the LMS knows this person."""
        return self.user_id.removeprefix("user-")

    @property
    def grade(self) -> float:
        """What must stand in the gradebook in the end, of 100: the best attempt counts."""
        return max(self.right) * 100 / QUESTIONS


@dataclass
class Crowd:
    """All learners of one installation."""

    installation: Installation
    tool: Tool
    block_id: int
    learners: list[Learner] = field(default_factory=list)

    def hand_in_over_http(self, learner: Learner) -> None:
        """Do the next attempt as a browser does; a repeat after a broken connection may be 409."""
        browser = Browser(self.installation, {sessions.COOKIE: learner.secret})
        base = f"/s/{learner.session_id}/attempts"
        token = {"csrf_token": learner.csrf}
        started = browser.send("POST", f"{base}/start/{self.block_id}", data=token)
        assert started.status_code == 303, started.text[:500]
        found = re.search(r"/attempts/(\d+)$", started.headers["Location"])
        assert found
        before = browser.interruptions
        form = token | answers(learner.right[learner.handed_in])
        done = browser.send("POST", f"{base}/{found[1]}/hand-in", data=form)
        repeated = done.status_code == 409 and browser.interruptions > before
        assert done.status_code == 303 or repeated, (done.status_code, done.text[:500])
        learner.handed_in += 1

    def hand_in_by_service(self, learner: Learner) -> None:
        """Do the next attempt with the functions that the view calls, in one transaction."""
        with unit_of_work():
            enrolment = db.session.get_one(learning.Enrolment, learner.enrolment_id)
            block = db.session.get_one(Block, self.block_id)
            attempt = attempts.start(enrolment, block, pepper="x", now=utcnow())
            form = MultiDict(answers(learner.right[learner.handed_in]))
            done = attempts.hand_in(attempt, form, language="nl", may_miss=False, now=utcnow())
            assert done.handed_in
        learner.handed_in += 1


def answers(right: int) -> dict[str, str]:
    """A form with this many right answers."""
    return {f"q{n}": "a" if n < right else "b" for n in range(QUESTIONS)}


def gather(
    app: Flask, installation: Installation, lms: Lms, count: int, rnd: random.Random | None = None
) -> Crowd:
    """Connect an LMS, open the module there once, and let `count` learners begin with it."""
    rnd = rnd or random.Random(1)
    owner = Make(app).organisation()
    version = authoring.import_package(
        archive.write({"module.json": strict_json.write(document())}), owner, None, utcnow()
    )
    db.session.commit()
    url = installation.public_url
    tool = lms.connect(owner, tool_url=url, target=f"{url}/m/toets")
    opened = Browser(installation).launch(lms, tool, person="marijke")
    assert opened.status_code == 200, opened.text[:500]
    block_id = db.session.scalars(select(Block.id).where(Block.version_id == version.id)).one()
    crowd = Crowd(installation, tool, block_id)
    keys = [f"c{rnd.randrange(10**9)}-{n}" for n in range(count)]
    users: Sequence[str] = lms.call("POST", f"courses/{COURSE}/learners", {"keys": keys})[
        "user_ids"
    ]
    with unit_of_work():
        link = db.session.scalars(select(ResourceLink)).one()
        crowd.learners = [_begin(user, tool, version, link, rnd) for user in users]
    return crowd


def _begin(
    user_id: str, tool: Tool, version: ModuleVersion, link: ResourceLink, rnd: random.Random
) -> Learner:
    """Let somebody arrive and enrol, as a launch does."""
    arrival = people.Arrival(f"lti:{tool.registration.id}", user_id, f"Leerling {user_id}")
    person = people.arrive(arrival, link.organisation_id, now=utcnow())
    where = {"organisation_id": link.organisation_id, "person_id": person.id}
    seen = {"role": "learner", "roles": [], "seen_at": utcnow()}
    db.session.add(Participation(context_id=link.context_id, **where, **seen))
    enrolment = learning.enrol(person.id, version, link.id, link.organisation_id, utcnow())
    place = {"context_id": link.context_id, "resource_link_id": link.id}
    opening = sessions.Opening(**where, role="learner", **place, data={"launch": True})
    session, secret = sessions.open_session(opening, now=utcnow())
    db.session.flush()
    marks = [rnd.randint(0, QUESTIONS) for _n in range(rnd.choice((1, 1, 2, 3)))]
    return Learner(
        *(user_id, person.id, enrolment.id, session.id, sessions.csrf_token(session)),
        *(secret, marks),
    )
