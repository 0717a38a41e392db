"""The database schema: forward, back, and whether models and migrations agree."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config

import migrations
from lti_app.core.db import db

_FOLDER = Path(migrations.__file__).parent


@contextmanager
def _config() -> Iterator[Config]:
    config = Config(_FOLDER / "alembic.ini")
    config.set_main_option("script_location", str(_FOLDER))
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # Batch mode rebuilds tables: foreign keys must not follow the renaming.
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        config.attributes["connection"] = connection
        yield config


def upgrade(revision: str = "head") -> None:
    """Bring the schema forward."""
    with _config() as config:
        command.upgrade(config, revision)


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
