"""`expeditie`: the one command of an installation."""

import os
import sys

import click
from flask.cli import FlaskGroup
from sqlalchemy.exc import SQLAlchemyError

from config import logging
from config.settings import Settings, SettingsError
from lti_app import demo_run, processes
from lti_app.app import Expeditie, create_app
from lti_app.backup.commands import backup, restore
from lti_app.core.errors import DomainError
from lti_app.schema_commands import database
from lti_app.seed.commands import seed
from lti_app.web.terminal import refusal


def _make_app() -> Expeditie:
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        raise SystemExit(str(error)) from error
    app = create_app(settings)
    app.extensions["expeditie_language"] = "en"  # administrators' commands speak one language
    return app


@click.group(
    cls=FlaskGroup,
    create_app=_make_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
)
def cli() -> None:
    """Lab modules inside any LMS, and micro-credentials that anyone can verify."""


for command in (database, backup, restore, seed, demo_run.demo, *processes.commands):
    cli.add_command(command)


def main() -> None:
    """Run a command: exit status 0 done, 1 refused with a sentence, 2 wrong use."""
    logging.configure("WARNING")
    try:
        cli.main(prog_name="expeditie")
    except DomainError as error:
        click.echo(refusal(error), err=True)
        sys.exit(1)
    except SQLAlchemyError as error:
        reason = type(error).__name__
        click.echo(
            f"Refused: the database is not there or not of this version ({reason}). "
            "Check EXPEDITIE_DATABASE_URL and run 'expeditie db upgrade'.",
            err=True,
        )
        sys.exit(1)
    except (LookupError, OSError) as error:
        click.echo(f"Refused: {error}", err=True)
        sys.exit(1)
