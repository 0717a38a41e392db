"""Commands about the database schema."""

import click
from flask.cli import with_appcontext

from lti_app import migrate
from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.lti import tool_keys


@click.group("db")
def database() -> None:
    """The database schema."""


@database.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Bring the schema to this version, and make the tool's keys when there are none."""
    migrate.upgrade()
    with unit_of_work():
        tool_keys.ensure(utcnow())


@database.command("downgrade")
@click.argument("revision")
@with_appcontext
def downgrade(revision: str) -> None:
    """Bring the schema back to a revision ("base" drops everything)."""
    migrate.downgrade(revision)


@database.command("check")
@with_appcontext
def check() -> None:
    """Say whether models and migrations agree."""
    migrate.check()


@database.command("revision")
@click.argument("message")
@with_appcontext
def revision(message: str) -> None:
    """Write a migration from what changed in the models (for developers)."""
    migrate.revision(message)
