"""The schema goes forward and back on both databases, and is what the models say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect

from config.settings import Settings
from lti_app import migrate
from lti_app.app import create_app
from lti_app.core.db import db
from tests.support import databases


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without tables."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    if request.param == "postgresql":
        url = databases.another(request.getfixturevalue("postgresql_url"))
    app = create_app(
        Settings.from_env(
            {
                "EXPEDITIE_ENV": "testing",
                "EXPEDITIE_DATABASE_URL": url,
                "EXPEDITIE_INSTANCE_PATH": str(tmp_path),
            }
        )
    )
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.services
def test_migrations_go_up_and_down_and_up_again(empty: Flask) -> None:
    migrate.upgrade()
    assert "outbox_message" in inspect(db.engine).get_table_names()
    migrate.downgrade()
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade()


@pytest.mark.services
def test_the_models_are_what_the_migrations_make(empty: Flask) -> None:
    migrate.upgrade()
    migrate.check()
