"""What journeys share: running installations and a browser."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.support import browser
from tests.support import stack as stacks
from tests.support.browser import Chromium
from tests.support.stack import Stack

DATABASE = "expeditie_journey"


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
