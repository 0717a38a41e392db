"""Commands about organisations and people."""

import click
from flask import current_app
from flask.cli import with_appcontext

from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.people import queries, service
from lti_app.web.terminal import say


@click.group()
def organisation() -> None:
    """Schools, companies and consortia."""


@organisation.command("add")
@click.argument("slug")
@click.option("--type", "kind", type=click.Choice(service.KINDS), required=True)
@click.option("--name", required=True)
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def add(slug: str, kind: str, name: str, as_json: bool) -> None:
    """Add an organisation."""
    with unit_of_work():
        made = service.add_organisation(slug, kind, name, now=utcnow())
        say(as_json, {"id": made.id, "slug": made.slug, "name": made.name, "type": made.kind})


@organisation.command("sign-in")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def sign_in(slug: str, as_json: bool) -> None:
    """Print a one-time address that signs the organisation's administrator in."""
    now = utcnow()
    with unit_of_work():
        found = queries.organisation_by_slug(slug)
        people = queries.members(found.id, "admin")
        if people:
            person = people[0]
        else:
            arrival = service.Arrival("local", f"admin@{slug}", name=None)
            person = service.arrive(arrival, found.id, now=now)
            db.session.flush()
            service.give_role(person, found, "admin")
        token = service.make_sign_in_link(person, found.id, "admin", now=now)
    url = f"{current_app.extensions['expeditie_settings'].public_url}/sign-in/{token}"
    say(as_json, {"url": url, "valid_minutes": 15})


commands = [organisation]
