"""Two of everything: one web process and one worker are killed under load, and nobody notices."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_app.core.db import db
from lti_app.people.models import Identity, Person
from tests.journeys import deliveries
from tests.support import crowd as crowds
from tests.support import databases
from tests.support import lms as platforms
from tests.support.crowd import Crowd, Learner
from tests.support.installation import Browser, Installation
from tests.support.lms import Lms, free_port

LEARNERS = 40
ALL = 400
"""With --all."""
AT_ONCE = 6


@dataclass
class Doubled:
    """Two web processes and two workers on one PostgreSQL and one Valkey."""

    app: Flask
    installation: Installation
    lms: Lms


@pytest.fixture
def doubled(postgresql_url: str, valkey_url: str, tmp_path: Path) -> Iterator[Doubled]:
    """Start all of it, and a demo LMS."""
    broker = valkey_url.removesuffix("/0") + "/4"
    ports = [free_port(), free_port()]
    installation = Installation(tmp_path, databases.another(postgresql_url), broker, ports)
    app = installation.prepare()
    try:
        for port in ports:
            installation.start_web(port)
        installation.start_worker()
        installation.start_worker(beat=False)
        with platforms.running(tmp_path / "lms", installation.public_url) as lms:
            with app.app_context():
                yield Doubled(app, installation, lms)
                db.session.remove()
                db.engine.dispose()
    finally:
        installation.end()


@pytest.mark.services
def test_no_launch_fails_and_no_score_is_lost_when_one_of_two_is_killed(
    doubled: Doubled, request: pytest.FixtureRequest
) -> None:
    count = ALL if request.config.getoption("--all") else LEARNERS
    crowd = crowds.gather(doubled.app, doubled.installation, doubled.lms, count)
    third = Event()
    db.session.remove()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        visits = [pool.submit(_visit, doubled, crowd, learner) for learner in crowd.learners]
        visits[count // 3].add_done_callback(lambda _visit: third.set())
        assert third.wait(120)
        doubled.installation.kill_web(doubled.installation.ports[0])
        doubled.installation.kill_worker()  # the one with beat: the other must do without
        opened = [visit.result() for visit in visits]
    print(f"launched anew after a broken connection: {sum(opened)} of {count}")
    with doubled.app.app_context():
        doubled.installation.start_worker()  # as systemd does; its beat sweeps what was held
        deliveries.wait_until_delivered()
        deliveries.every_score_is_right(doubled.lms, crowd)
        launched = select(func.count()).select_from(Identity)
        assert db.session.scalar(launched) == count + 1  # nobody became two persons
        assert db.session.scalar(select(func.count()).select_from(Person)) == count + 1


def _visit(doubled: Doubled, crowd: Crowd, learner: Learner) -> int:
    """Launch, hand in everything; return how often the launch had to begin anew.

    A launch whose answer was lost with the killed process has been used: a browser that sends it
    again, as a proxy makes it do, is told so, and the learner presses the link once more.
    """
    browser, again = Browser(doubled.installation), 0
    opened = browser.launch(doubled.lms, crowd.tool, person=learner.key)
    if browser.interruptions and opened.headers.get("X-Error-Code") == "launch_expired":
        opened, again = browser.launch(doubled.lms, crowd.tool, person=learner.key), 1
    assert opened.status_code == 200, (opened.status_code, opened.text[:300])
    assert 'data-launch="ok"' in opened.text
    while learner.handed_in < len(learner.right):
        crowd.hand_in_over_http(learner)
    return again
