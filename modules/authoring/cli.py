"""Commands about modules."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.core.errors import Invalid, NotFound
from lti_app.people.models import Organisation
from lti_app.people.queries import organisation_by_slug, organisations
from lti_app.web.terminal import say
from modules.authoring import queries, service


@click.group()
def module() -> None:
    """Lab modules: bring in and take out."""


@module.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", "slug", help="Who owns the module; default the only school.")
@click.option("--draft", is_flag=True, help="Do not publish it yet.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def import_file(file: Path, slug: str | None, draft: bool, as_json: bool) -> None:
    """Import a module package (module.zip)."""
    with unit_of_work():
        version = service.import_package(
            file.read_bytes(), _owner(slug), None, utcnow(), publish=not draft
        )
        say(
            as_json,
            {
                "module": version.module.slug,
                "version": version.version,
                "state": version.state,
                "sha256": version.frozen_sha256,
                "module_version_id": version.id,
            },
        )


@module.command("export")
@click.argument("slug")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--version", "number", help="Which version; default the newest published one.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def export_file(slug: str, file: Path, number: str | None, as_json: bool) -> None:
    """Export a module as a package (module.zip)."""
    with unit_of_work():
        owner = queries.module_by_slug(slug)
        if owner is None:
            raise NotFound("module", slug)
        found = queries.version_of(owner.id, number) if number else queries.newest_version(slug)
        if found is None:
            raise NotFound("module_version", slug, number)
        file.write_bytes(service.export_package(found))
        say(as_json, {"module": slug, "version": found.version, "file": str(file)})


def _owner(slug: str | None) -> Organisation:
    if slug:
        return organisation_by_slug(slug)
    schools = [found for found in organisations() if found.kind == "school"]
    if len(schools) != 1:
        sentence = _("Say whose module this is, with --organisation SLUG.")
        raise Invalid(fields={"organisation": [sentence]}, advice=sentence)
    return schools[0]


commands = [module]
