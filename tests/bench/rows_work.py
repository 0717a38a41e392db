"""What happens after a launch: answers that are saved, scores, proofs."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import delete, func, select, update

from assessments.attempts import service as attempts
from assessments.attempts.queries import is_assessment
from assessments.credentials import handlers, queries
from assessments.credentials import service as credentials
from assessments.credentials.models import Award
from assessments.credentials.site import current_site
from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.outbox import OutboxMessage
from lti_app.lti import grades
from lti_app.lti.models import ResourceLink
from lti_app.people.models import Identity
from lti_app.web import sessions
from modules.authoring import queries as authoring
from modules.authoring.models import Block
from modules.learning import service as learning
from modules.learning.models import Enrolment
from tests.bench import browser, cpu, rounds, table
from tests.bench.browser import Browser
from tests.bench.rounds import ROUNDS, Subject
from tests.bench.site import MODULE, Site, Tool

SAVES, SCORES, AWARDS = 200, 1000, 120
WORKERS = 2


def _someone(count: int) -> Sequence[int]:
    """Return ids of people of the platform."""
    query = select(Identity.person_id).where(Identity.realm.like("lti:%"))
    return db.session.scalars(query.order_by(Identity.id).limit(count)).all()


def _link(site: Site, tool: Tool) -> ResourceLink:
    """Return the place in the course; the first launch makes it."""
    browser.launch(
        tool.web.port,
        site.platform,
        "learner-0",
        login="/lti/login",
        page=True,
        target=tool.link(),
    )
    return db.session.scalars(select(ResourceLink)).one()


def _enrolled(site: Site, tool: Tool, count: int) -> list[Enrolment]:
    """Return so many people at work in the module."""
    link, version = _link(site, tool), authoring.newest_version(MODULE)
    assert version is not None
    with unit_of_work():
        return [
            learning.enrol(person, version, link.id, link.organisation_id, utcnow())
            for person in _someone(count)
        ]


def autosave(site: Site) -> list[table.Row]:
    """Answers that are kept while somebody types, each by another learner's page."""
    tool = site.tool(1000)
    with tool.app.app_context():
        save = _saver(site, tool)
        subject = Subject((tool.web.pid,), save, store=site.postgresql())
        rounds.alternate({"save": subject})
    return [
        table.limited("autosave of an answer", subject.ms, "ms", 5),
        table.told("autosave: in PostgreSQL", subject.store_ms),
    ]


def _saver(site: Site, tool: Tool) -> Callable[[int], int]:
    pages = [_attempt(enrolment) for enrolment in _enrolled(site, tool, browser.IN_FLIGHT)]
    opened = [
        (Browser(tool.web.port, {sessions.COOKIE: secret}), path, token)
        for path, secret, token in pages
    ]

    def act(job: str) -> None:
        number = int(job)
        for turn in range(SAVES // len(opened)):
            page, path, token = opened[number]
            form = {"q1": str(turn)}
            status, _location, text = page.send("POST", path, form, **{"X-CSRF-Token": token})
            assert status == 200, (status, text[:300])

    def work(_round: int) -> int:
        browser.each(act, [str(n) for n in range(len(opened))])
        return SAVES

    return work


def _attempt(enrolment: Enrolment) -> tuple[str, str, str]:
    """Start an attempt and a session for it; return path, secret and form token."""
    query = select(Block).where(Block.version_id == enrolment.module_version_id)
    blocks = db.session.scalars(query.order_by(Block.position)).all()
    quiz = next(b for b in blocks if is_assessment(b))
    with unit_of_work():
        for block in blocks[: blocks.index(quiz)]:
            learning.complete_block(enrolment, block, utcnow())
        attempt = attempts.start(enrolment, quiz, pepper="bench", now=utcnow())
        opening = sessions.Opening(
            person_id=enrolment.person_id,
            organisation_id=enrolment.organisation_id,
            role="learner",
            resource_link_id=enrolment.resource_link_id,
            data={"launch": True},
        )
        session, secret = sessions.open_session(opening, now=utcnow())
    path = f"/s/{session.id}/attempts/{attempt.id}/autosave"
    return path, secret, sessions.csrf_token(session)


def scores(site: Site) -> list[table.Row]:
    """Final scores of a thousand learners, from outbox to gradebook, by Celery."""
    tool = site.tool(1000)
    with tool.app.app_context():
        link = _link(site, tool)
        _queue(site, link, 10)
        worker = site.worker(tool, WORKERS)
        _wait(site, 10)
        ms, rate = [], []
        for turn in range(ROUNDS):
            found = _deliver(site, worker.pid, link, turn)
            ms.append(found[0])
            rate.append(found[1])
    return [
        table.limited(f"a score through Celery ({WORKERS} processes)", ms, "ms", 4),
        table.at_least("scores through Celery", rate, "/s", 300),
    ]


def _deliver(site: Site, pid: int, link: ResourceLink, turn: int) -> tuple[float, float]:
    """Deliver a thousand scores; return CPU ms of the worker for each, and how many a second."""
    before, begun = cpu.seconds(pid), time.monotonic()
    wanted = site.platform.scores + SCORES
    _queue(site, link, SCORES, turn)
    for _worker in range(WORKERS - 1):
        outbox.wake()
    _wait(site, wanted)
    took = site.platform.last_score_at - begun
    deadline = time.monotonic() + 10
    while _left() and time.monotonic() < deadline:  # the last ones are still being written off
        time.sleep(0.1)
    return (cpu.seconds(pid) - before) * 1000 / SCORES, SCORES / took


def _queue(site: Site, link: ResourceLink, count: int, turn: int = 0) -> None:
    now = utcnow()
    with unit_of_work():
        for person in _someone(count):
            grades.queue_score(
                resource_link_id=link.id,
                person_id=person,
                fraction=Decimal(50 + turn) / 100,
                submitted_at=now,
                comment="Alle onderdelen ingeleverd.",
                now=now,
            )


def _wait(site: Site, wanted: int) -> None:
    deadline = time.monotonic() + 120
    while site.platform.scores < wanted:
        assert time.monotonic() < deadline, f"{site.platform.scores} of {wanted} scores came"
        time.sleep(0.02)


def _left() -> int:
    found = db.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
    db.session.rollback()
    return found


def proofs(site: Site) -> list[table.Row]:
    """Signing awards, with everything that the database does for it; then their public pages."""
    tool = site.tool(1000)
    with tool.app.app_context():
        given = _awards(site, tool)
        per_second = [_sign(site, given[n :: ROUNDS + 1]) for n in range(ROUNDS + 1)][1:]
        with unit_of_work():
            db.session.execute(update(Award).values(visibility="link"))
        pages = db.session.scalars(select(Award.public_id)).all()
        db.session.rollback()
    seen = Subject((tool.web.pid,), _shown(tool, pages), store=site.postgresql())
    rounds.alternate({"page": seen})
    return [
        table.at_least("credentials signed, per core, PostgreSQL included", per_second, "/s", 300),
        table.limited("public page of a credential", seen.ms, "ms", 1.6),
        table.told("public page: in PostgreSQL", seen.store_ms),
    ]


def _awards(site: Site, tool: Tool) -> list[int]:
    """Give awards that are not signed yet; nobody else is to sign them."""
    enrolments = _enrolled(site, tool, AWARDS * (ROUNDS + 1))
    achievement = queries.achievement_of(enrolments[0].module_version_id)
    assert achievement is not None
    with unit_of_work():
        for enrolment in enrolments:
            enrolment.completed_at = utcnow() - timedelta(minutes=1)
            credentials.award(
                enrolment, achievement, Decimal("0.9"), site=current_site(), now=utcnow()
            )
        db.session.execute(delete(OutboxMessage))
    found = list(db.session.scalars(select(Award.id)))
    db.session.rollback()
    return found


def _sign(site: Site, awards: Sequence[int]) -> float:
    before = time.process_time() + cpu.seconds(site.postgresql())
    for award in awards:
        handlers.issue({"award_id": award})
        db.session.remove()
    return len(awards) / (time.process_time() + cpu.seconds(site.postgresql()) - before)


def _shown(tool: Tool, pages: Sequence[str]) -> Callable[[int], int]:
    """Each page once in a round, by visitors that keep their connection."""

    def act(part: str) -> None:
        visitor = Browser(tool.web.port)
        for page in pages[int(part) :: browser.IN_FLIGHT]:
            status, _location, text = visitor.send("GET", f"/credentials/{page}")
            assert status == 200, text[:300]
        visitor.close()

    def work(_round: int) -> int:
        browser.each(act, [str(n) for n in range(browser.IN_FLIGHT)])
        return len(pages)

    return work
