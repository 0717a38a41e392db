"""The one wiring file: literals that say who listens, who delivers, what kinds there are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import click
from flask import Blueprint
from flask_babel import LazyString

from lti_app.admin import views as admin_views
from lti_app.core.jobs import Periodic
from lti_app.lti import cli as lti_cli
from lti_app.lti import grades as lti_grades
from lti_app.lti import periodic as lti_periodic
from lti_app.lti import views as lti_views
from lti_app.people import cli as people_cli
from lti_app.people import views as people_views
from lti_app.web import health, style

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.bp,
    style.bp,
    people_views.bp,
    lti_views.bp,
    admin_views.bp,
)

NAV: Mapping[str, Sequence[tuple[LazyString | str, str]]] = {}

SUBSCRIPTIONS: dict[type[Any], tuple[Callable[[Any], None], ...]] = {}

OUTBOX: dict[str, Callable[[dict[str, Any]], None]] = {
    lti_grades.TOPIC: lti_grades.send_score,
}

PERIODIC: tuple[Periodic, ...] = (
    Periodic("purge", lti_periodic.purge, every=timedelta(minutes=10)),
)

COMMANDS: tuple[click.Command, ...] = (*people_cli.commands, *lti_cli.commands)

READINESS: dict[str, Callable[[], str]] = {}


def register_kinds() -> None:
    """Fill the registries of kinds."""
