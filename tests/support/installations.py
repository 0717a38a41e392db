"""Installations in this process, each on a database and a folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from config.settings import Settings
from lti_app.app import create_app
from lti_app.core.db import db
from tests.support import databases

KEYS = {"EXPEDITIE_MASTER_KEY": "A" * 43, "EXPEDITIE_SECRET_KEY": "s" * 40}
KINDS = ("sqlite", "postgresql")


def empty_database(kind: str, folder: Path, postgresql_url: str) -> str:
    """Make an empty database of this kind; return its address."""
    if kind == "postgresql":
        return databases.another(postgresql_url)
    return f"sqlite:///{folder / 'restored.db'}"


@contextmanager
def installation(url: str, folder: Path, **more: str) -> Iterator[Flask]:
    """An installation on this database, inside its application context."""
    settings = {"EXPEDITIE_ENV": "testing", "EXPEDITIE_BROKER_URL": "memory://"} | KEYS
    settings |= {"EXPEDITIE_DATABASE_URL": url, "EXPEDITIE_INSTANCE_PATH": str(folder)} | more
    app = create_app(Settings.from_env(settings))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
