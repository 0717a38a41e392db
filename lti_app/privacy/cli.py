"""Commands: `person find|export|erase|erasures` and `retention show|run`."""

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.people import queries as people
from lti_app.people.models import Person
from lti_app.privacy import export, queries, retention, service
from lti_app.web.terminal import say, say_all

_ORGANISATION = click.option("--organisation", "slug", required=True, help="Slug of the school.")
_JSON = click.option("--json", "as_json", is_flag=True)
_ID = click.argument("person_id", type=int)


@click.group()
def person() -> None:
    """The data of one person: find, export, erase."""


@person.command("find")
@click.argument("text")
@_ORGANISATION
@_JSON
@with_appcontext
def find(text: str, slug: str, as_json: bool) -> None:
    """List persons whose name, alias or e-mail address holds TEXT, or whose `sub` is TEXT."""
    with unit_of_work():
        found = queries.find(people.organisation_by_slug(slug).id, text)
        say_all(as_json, "persons", [_described(person) for person in found])


def _described(found: Person) -> dict[str, Any]:
    known = [f"{identity.realm} {identity.subject}" for identity in queries.identities(found.id)]
    return {"id": found.id, "name": found.display_name, "alias": found.alias, "arrives_as": known}


@person.command("export")
@_ID
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_ORGANISATION
@_JSON
@with_appcontext
def export_person(person_id: int, file: Path, slug: str, as_json: bool) -> None:
    """Write everything that is stored about a person to a new ZIP FILE."""
    with unit_of_work():
        found = queries.person(person_id, people.organisation_by_slug(slug).id)
        content = export.archive(found, now=utcnow())
    with open(file, "xb") as target:
        target.write(content)
    say(as_json, {"person": person_id, "file": str(file), "bytes": len(content)})


@person.command("erase")
@_ID
@_ORGANISATION
@click.option("--withdraw-credentials", "withdraw", is_flag=True, help="Revoke signed proofs too.")
@click.option("--reference", default="", help="Your own number of the request; no name.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_JSON
@with_appcontext
def erase(
    person_id: int, slug: str, withdraw: bool, reference: str, yes: bool, as_json: bool
) -> None:
    """Remove a person for good, all but the lawful minimum. Export first, if that was asked."""
    with unit_of_work():
        organisation_id = people.organisation_by_slug(slug).id
        queries.person(person_id, organisation_id)
    if not yes:
        click.confirm(f"Erase person {person_id}? This cannot be undone.", abort=True, err=True)
    with unit_of_work():
        found = queries.person(person_id, organisation_id, lock=True)
        counts = service.erase(
            found, withdraw=withdraw, actor_id=None, reference=reference, now=utcnow()
        )
    say(as_json, {"person": person_id} | counts)


@person.command("erasures")
@_ORGANISATION
@_JSON
@with_appcontext
def erasures(slug: str, as_json: bool) -> None:
    """Show the log of erasures: when, which number, how many rows; never who it was."""
    with unit_of_work():
        acts = queries.acts(queries.ERASED, people.organisation_by_slug(slug).id)
        say_all(
            as_json, "erasures", [{"at": a.at, "person": a.object_id} | a.details for a in acts]
        )


@click.group("retention")
def retention_group() -> None:
    """How long data is kept."""


@retention_group.command("show")
@_JSON
@with_appcontext
def show(as_json: bool) -> None:
    """Show the terms in days (0 is for ever), what the next run clears, and the last runs."""
    due = {f"due_{name}": number for name, number in retention.due().items()}
    say(as_json, dict(retention.terms().as_mapping()) | due)


@retention_group.command("run")
@click.option("--dry-run", is_flag=True, help="Only say how much it would be.")
@_JSON
@with_appcontext
def run(dry_run: bool, as_json: bool) -> None:
    """Clear away now what is past its term; it also happens every night."""
    say(as_json, retention.due() if dry_run else retention.run())


commands = [person, retention_group]
