"""Final scores, while everything around them breaks: every one arrives, once.

Of a few hundred in `make test`, of a thousand in each combination with --all.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from assessments.credentials.models import Award
from lti_app.core.audit import AuditEntry
from lti_app.core.db import db
from tests.journeys import deliveries
from tests.support import crowd as crowds
from tests.support import databases
from tests.support import lms as platforms
from tests.support.crowd import PASS, Crowd
from tests.support.installation import Installation
from tests.support.lms import Lms

LEARNERS, ALL_LEARNERS = 80, 1000
OVER_HTTP, ALL_OVER_HTTP = 20, 300
"""So many hand in over HTTP; the others by the service that the view calls, on its database."""
FAULTS: tuple[dict[str, Any], ...] = (
    {"service": "ags", "kind": "status", "status": 500, "share": 0.3, "seconds": 2},
    {
        "service": "ags",
        "kind": "status",
        "status": 429,
        "retry_after": 1,
        "share": 0.5,
        "times": 20,
    },
    {"service": "ags", "kind": "slow", "seconds": 0.5, "times": 3},
    {"service": "ags", "kind": "expired_token", "times": 3},
    {"service": "token", "kind": "status", "status": 503, "times": 2},
    {"service": "token", "kind": "slow", "seconds": 0.5, "times": 2},
)
QUICK = [("sqlite", "filesystem"), ("postgresql", "valkey")]
MORE = [("sqlite", "valkey"), ("postgresql", "filesystem")]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Two combinations of database and broker, or all four."""
    if "combination" in metafunc.fixturenames:
        wanted = QUICK + (MORE if metafunc.config.getoption("--all") else [])
        metafunc.parametrize("combination", wanted, ids="-".join)


@dataclass
class Scene:
    """What a test has: an application on the installation, its processes, an LMS of its own."""

    app: Flask
    installation: Installation
    lms: Lms
    rnd: random.Random


@pytest.fixture
def scene(
    combination: tuple[str, str], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Scene]:
    """Start everything: one web process, one worker with beat, the demo LMS."""
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(10**6))
    print(f"CHAOS_SEED={seed}")
    database, broker = f"sqlite:///{tmp_path / 'chaos.db'}", "filesystem://"
    if combination[0] == "postgresql":
        database = databases.another(request.getfixturevalue("postgresql_url"))
    if combination[1] == "valkey":
        broker = request.getfixturevalue("valkey_url").removesuffix("/0") + "/3"
    installation = Installation(tmp_path, database, broker)
    app = installation.prepare()
    try:
        installation.start_web(installation.ports[0])
        with platforms.running(tmp_path / "lms", installation.public_url) as lms:
            with app.app_context():
                yield Scene(app, installation, lms, random.Random(seed))
                db.session.remove()
                db.engine.dispose()
    finally:
        installation.end()


@pytest.mark.services
def test_every_score_arrives_through_every_fault(
    scene: Scene, request: pytest.FixtureRequest
) -> None:
    everything = request.config.getoption("--all")
    count, over_http = (ALL_LEARNERS, ALL_OVER_HTTP) if everything else (LEARNERS, OVER_HTTP)
    crowd = crowds.gather(scene.app, scene.installation, scene.lms, count, scene.rnd)
    scene.lms.fault(service="all", kind="down", seconds=4)  # down while the first ones hand in
    scene.installation.start_worker()
    with storm(scene):
        _hand_in_everything(crowd, over_http)
    deliveries.wait_until_delivered()

    deliveries.every_score_is_right(scene.lms, crowd)
    _every_award_is_decided_and_signed_once(crowd)


class Storm(threading.Thread):
    """Breaks something every second or so, until it is told to stop; then all is whole again."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(daemon=True)
        self.scene, self.rnd = scene, random.Random(scene.rnd.random())
        self.is_over = threading.Event()
        self.broke: Exception | None = None
        self.done: Counter[str] = Counter()

    def run(self) -> None:
        """Kill each process twice at least, between faults."""
        acts = [self.kill_worker, self.kill_web, self.kill_worker, self.kill_web]
        try:
            while acts or not self.is_over.wait(0):
                self.is_over.wait(self.rnd.uniform(0.3, 1.5))
                act = acts.pop() if acts and self.rnd.random() < 0.5 else self.fault
                act()
                self.done[act.__name__] += 1
        except Exception as error:  # told to the test when the storm ends
            self.broke = error

    def kill_worker(self) -> None:
        """Kill the worker and its beat, and start another."""
        self.scene.installation.kill_worker()
        time.sleep(self.rnd.uniform(0, 0.5))
        self.scene.installation.start_worker()

    def kill_web(self) -> None:
        """Kill the web process, and start another."""
        port = self.scene.installation.ports[0]
        self.scene.installation.kill_web(port)
        time.sleep(self.rnd.uniform(0, 0.5))
        self.scene.installation.start_web(port)

    def fault(self) -> None:
        """Let the platform misbehave, or change its keys."""
        if self.rnd.random() < 0.2:
            self.scene.lms.call("POST", "keys/rotate", {"keep_old": False})
        else:
            self.scene.lms.fault(**self.rnd.choice(FAULTS))


@contextmanager
def storm(scene: Scene) -> Iterator[None]:
    """Break things during the block; afterwards all is whole, and enough was broken."""
    made = Storm(scene)
    made.start()
    try:
        yield
    finally:
        made.is_over.set()
        made.join(60)
        scene.lms.heal()
        print(f"storm: {dict(made.done)}")
    assert made.broke is None, repr(made.broke)
    assert made.done["kill_worker"] == made.done["kill_web"] == 2


def _hand_in_everything(crowd: Crowd, over_http: int) -> None:
    """First everybody's first attempt, then the further ones: a later one replaces a score."""
    for turn in range(3):
        for number, learner in enumerate(crowd.learners):
            if len(learner.right) <= turn:
                continue
            if number < over_http:
                crowd.hand_in_over_http(learner)
            else:
                crowd.hand_in_by_service(learner)
    assert all(learner.handed_in == len(learner.right) for learner in crowd.learners)


def _every_award_is_decided_and_signed_once(crowd: Crowd) -> None:
    passed = {learner.enrolment_id for learner in crowd.learners if learner.grade >= PASS}
    awards = db.session.scalars(select(Award)).all()
    assert Counter(award.enrolment_id for award in awards) == Counter(passed)
    assert {award.state for award in awards} == {"signed"}
    places = {(award.status_list_id, award.status_index) for award in awards}
    assert len(places) == len(awards)
    for verb in ("award.given", "credential.signed"):
        told = db.session.scalars(select(AuditEntry.object_id).where(AuditEntry.verb == verb))
        assert Counter(told) == Counter(str(award.id) for award in awards), verb
    keys = select(func.count(func.distinct(Award.signing_key_id)))
    assert db.session.scalar(keys) == 1
