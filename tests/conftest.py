"""What all tests share: an application on real SQLite and real PostgreSQL, factories, languages."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from config.settings import Settings
from lti_app import migrate
from lti_app.app import create_app
from lti_app.core.db import Base, db
from lti_app.lti.gateway import keys
from tests.support import databases
from tests.support.client import IsolatedClient
from tests.support.lms import Lms, running
from tests.support.make import Make

SETTINGS = {"EXPEDITIE_ENV": "testing", "EXPEDITIE_BROKER_URL": "memory://"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--sqlite`: only SQLite, for a quick look; `--all`: every combination of the page walk."""
    parser.addoption("--sqlite", action="store_true")
    parser.addoption("--all", action="store_true")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that touches the database on both databases."""
    if "backend" in metafunc.fixturenames:
        quick = metafunc.config.getoption("--sqlite")
        metafunc.parametrize(
            "backend", ["sqlite"] if quick else ["sqlite", "postgresql"], scope="session"
        )


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A real PostgreSQL: the one named by TEST_DATABASE_URL, else one of our own."""
    with databases.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real Valkey or Redis: the one named by TEST_BROKER_URL, else one of our own."""
    with databases.valkey() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, made once and copied for every test."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "template.db"
    app = create_app(_settings(f"sqlite:///{path}", folder))
    with app.app_context():
        migrate.upgrade()
        db.engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_app(
    postgresql_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application on one migrated PostgreSQL database, emptied between tests."""
    app = create_app(_settings(postgresql_url, tmp_path_factory.mktemp("pg")))
    with app.app_context():
        migrate.downgrade()
        migrate.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The whole application on an empty database, inside its application context."""
    keys.forget()
    if backend == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        (tmp_path / "test.db").write_bytes(template.read_bytes())
        application: Flask = create_app(_settings(f"sqlite:///{tmp_path / 'test.db'}", tmp_path))
    else:
        application = request.getfixturevalue("postgresql_app")
    application.test_client_class = IsolatedClient
    wired = application.extensions["expeditie_outbox"]
    with application.app_context():
        yield application
        db.session.remove()
        application.extensions["expeditie_outbox"] = wired
        if backend == "postgresql":
            databases.empty(db.engine, Base.metadata)
            application.extensions.pop("expeditie_keys", None)
            application.extensions.pop("expeditie_tokens", None)
        else:
            db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def make(app: Flask) -> Make:
    """Factories: `make.organisation()`, `make.session(role="teacher")`, …"""
    return Make(app)


def _settings(database_url: str, folder: Path) -> Settings:
    return Settings.from_env(
        SETTINGS
        | {
            "EXPEDITIE_DATABASE_URL": database_url,
            "EXPEDITIE_INSTANCE_PATH": str(folder / "instance"),
        }
    )


@pytest.fixture(scope="session")
def lms_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lms]:
    """The demo LMS, a process of its own, for the whole run."""
    with running(tmp_path_factory.mktemp("lms"), "http://localhost:5000") as found:
        yield found


@pytest.fixture
def lms(lms_process: Lms) -> Iterator[Lms]:
    """The demo LMS without faults; what a test switches on is off after it."""
    yield lms_process
    lms_process.heal()


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address under which the application of this test answers over HTTP."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
