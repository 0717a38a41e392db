"""Commands about what waits in the outbox, for an administrator of the whole installation."""

from typing import Any

import click
from flask.cli import with_appcontext

from lti_app.admin import queries, service
from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.core.outbox import OutboxMessage
from lti_app.people import queries as people
from lti_app.web.terminal import say, say_all


@click.group("outbox")
def outbox_group() -> None:
    """Messages that still have to leave, and those that were given up."""


@outbox_group.command("list")
@click.option("--organisation", required=True, help="Slug of the school or company.")
@click.option("--state", type=click.Choice(["dead", "pending"]), default="dead", show_default=True)
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def show(organisation: str, state: str, as_json: bool) -> None:
    """List messages with the cause of the last failure, oldest first."""
    owner = people.organisation_by_slug(organisation)
    found = queries.messages(owner.id, state)
    say_all(as_json, "messages", [_shown(message) for message in found])


@outbox_group.command("resend")
@click.argument("message_id", type=int)
@click.option("--organisation", required=True, help="Slug of the school or company.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def resend(message_id: int, organisation: str, as_json: bool) -> None:
    """Try a message again now, for instance after a repair."""
    with unit_of_work():
        message = queries.message(message_id, people.organisation_by_slug(organisation).id)
        service.resend(message, actor_id=None, now=utcnow())
        shown = _shown(message)
    say(as_json, shown)


def _shown(message: OutboxMessage) -> dict[str, Any]:
    names = ("id", "topic", "key", "state", "attempts", "error", "created_at", "due_at")
    return {name: getattr(message, name) for name in names}


commands = [outbox_group]
