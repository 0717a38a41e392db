"""What journeys share: running installations and a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.journeys import life
from tests.journeys import visits as finding
from tests.journeys.world import World
from tests.support import browser, missing
from tests.support import stack as stacks
from tests.support.browser import Chromium
from tests.support.stack import Stack
from tests.support.walk import Visit

DATABASE = "expeditie_journey"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Walk in Firefox only with `--all`, and where it is installed."""
    if collection_path.name != "test_firefox.py":
        return None
    return not (config.getoption("--all") and missing.firefox())


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The demo as `make run` starts it: SQLite and the file-system broker."""
    with stacks.running(tmp_path_factory.mktemp("stack")) as started:
        yield started


@pytest.fixture(scope="module")
def stack_postgresql(
    postgresql_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """The same on PostgreSQL, in a database of its own, with Valkey as broker."""
    own = make_url(postgresql_url).set(database=DATABASE).render_as_string(hide_password=False)
    _recreate(postgresql_url)
    settings = {
        "EXPEDITIE_DATABASE_URL": own,
        "EXPEDITIE_BROKER_URL": valkey_url.removesuffix("/0") + "/1",
    }
    with stacks.running(tmp_path_factory.mktemp("postgresql"), settings) as started:
        yield started


def _recreate(server: str) -> None:
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {DATABASE}"))
        connection.execute(text(f"CREATE DATABASE {DATABASE}"))
    engine.dispose()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Chromium, driven by Playwright; for one module, because it holds an event loop."""
    with browser.chromium() as started:
        yield started


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """People who did things, served on a port of its own."""
    with life.inhabited(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="module")
def visits(world: World, request: pytest.FixtureRequest) -> list[Visit]:
    """Every page of the URL map with every person who is let in."""
    found = finding.every(world)
    return found if request.config.getoption("--all") else finding.one_of_a_kind(world, found)
