"""The database schema: forward, back, and whether models and migrations agree."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

import migrations
from lti_app.core.db import db

_FOLDER = Path(migrations.__file__).parent


_LOCK = 5_417_001
"""Of PostgreSQL's advisory locks: two upgrades at once go one after the other."""


def _plain_config() -> Config:
    config = Config(_FOLDER / "alembic.ini")
    config.set_main_option("script_location", str(_FOLDER))
    return config


@contextmanager
def _config(connection: Connection | None = None) -> Iterator[Config]:
    config = _plain_config()
    with nullcontext(connection) if connection else db.engine.begin() as used:
        if used.dialect.name == "sqlite":
            # Batch mode rebuilds tables: foreign keys must not follow the renaming.
            used.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        else:
            used.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        config.attributes["connection"] = used
        yield config


def upgrade(revision: str = "head", connection: Connection | None = None) -> None:
    """Bring the schema forward; in the caller's transaction when a connection is given."""
    with _config(connection) as config:
        command.upgrade(config, revision)


def head() -> str:
    """Return the revision of this version's schema."""
    return str(ScriptDirectory.from_config(_plain_config()).get_current_head())


def knows(revision: str) -> bool:
    """Whether this version can bring a schema of that revision forward."""
    found = ScriptDirectory.from_config(_plain_config()).walk_revisions()
    return revision in {script.revision for script in found}


def current(connection: Connection) -> str | None:
    """Return the revision of the database's schema; None when there is none."""
    return MigrationContext.configure(connection).get_current_revision()


def downgrade(revision: str = "base") -> None:
    """Bring the schema back."""
    with _config() as config:
        command.downgrade(config, revision)


def check() -> None:
    """Raise unless the models are what the migrations make."""
    with _config() as config:
        command.check(config)


def revision(message: str) -> None:
    """Write a migration from the difference between models and database."""
    with _config() as config:
        command.revision(config, message=message, autogenerate=True)
