"""Commands about platforms and the tool's keys."""

from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from config.settings import Settings
from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.lti import queries, registration, tool_keys
from lti_app.lti.models import Registration
from lti_app.people import queries as people
from lti_app.web.terminal import say


@click.group()
def platform() -> None:
    """Learning platforms (LMSs) that may open this tool."""


@platform.command("add")
@click.option("--organisation", required=True, help="Slug of the school or company.")
@click.option("--issuer", required=True)
@click.option("--client-id", required=True)
@click.option("--auth-url", required=True)
@click.option("--token-url", required=True)
@click.option("--jwks-url", required=True)
@click.option("--deployment-id", "deployment_ids", multiple=True)
@click.option("--token-audience")
@click.option(
    "--frame-origin",
    "frame_origins",
    multiple=True,
    help="Origin of pages that frame us, where it is not the issuer's: https://school.example",
)
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def add(organisation: str, as_json: bool, **values: Any) -> None:
    """Connect a platform by hand; prints what its administrator must fill in."""
    settings: Settings = current_app.extensions["expeditie_settings"]
    now = utcnow()
    with unit_of_work():
        tool_keys.ensure(now)
        made = registration.add(
            people.organisation_by_slug(organisation),
            registration.Platform(**values),
            https_only=not settings.allow_private_hosts,
            now=now,
        )
        result = addresses(made, settings.public_url)
    say(as_json, result)


def addresses(made: Registration, public_url: str) -> dict[str, Any]:
    """Return what the administrator of the platform fills in there."""
    return {
        "registration_id": made.id,
        "initiate_login_uri": f"{public_url}/lti/login/{made.uid}",
        "redirect_uri": f"{public_url}/lti/launch",
        "jwks_uri": f"{public_url}/lti/jwks.json",
        "deep_linking_uri": f"{public_url}/lti/launch",
        "target_link_uri": f"{public_url}/lti/launch",
    }


@platform.command("list")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def show(as_json: bool) -> None:
    """List the connected platforms."""
    for row in queries.registrations():
        say(
            as_json,
            {
                "registration_id": row.id,
                "organisation": row.organisation.slug,
                "issuer": row.issuer,
                "client_id": row.client_id,
                "state": row.state,
            },
        )


@platform.command("approve")
@click.argument("registration_id", type=int)
@click.argument("deployment_id")
@with_appcontext
def approve(registration_id: int, deployment_id: str) -> None:
    """Let a deployment open modules."""
    with unit_of_work():
        found = registration.by_id(registration_id)
        deployment = registration.approve(found, deployment_id, now=utcnow())
    say(False, {"deployment_id": deployment.deployment_id, "state": deployment.state})


@platform.command("suspend")
@click.argument("registration_id", type=int)
@with_appcontext
def suspend(registration_id: int) -> None:
    """Stop a connection; nothing is deleted."""
    _set_state(registration_id, "suspended")


@platform.command("resume")
@click.argument("registration_id", type=int)
@with_appcontext
def resume(registration_id: int) -> None:
    """Let a suspended connection work again."""
    _set_state(registration_id, "active")


def _set_state(registration_id: int, state: str) -> None:
    with unit_of_work():
        registration.set_state(registration.by_id(registration_id), state, now=utcnow())
    say(False, {"registration_id": registration_id, "state": state})


@click.group()
def keys() -> None:
    """The keys with which this tool signs its messages to platforms."""


@keys.command("rotate")
@with_appcontext
def rotate() -> None:
    """Sign with the next key from now on; the old one stays published for 48 hours."""
    with unit_of_work():
        kid = tool_keys.rotate(utcnow())
    say(False, {"active_kid": kid})


commands = [platform, keys]
