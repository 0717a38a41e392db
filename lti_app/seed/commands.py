"""`expeditie seed`: fill an installation with the demo."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

import modules
from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.lti import tool_keys
from lti_app.people.models import Organisation
from lti_app.seed import people
from lti_app.web.terminal import say
from modules.authoring import package, service, strict_json

CONTENT = Path(modules.__file__).parent / "content"
OWNER = "mlo-delta"


@click.command("seed")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def seed(as_json: bool) -> None:
    """Add demo organisations, people and modules; what is there already stays."""
    if current_app.extensions["expeditie_settings"].is_production:
        raise LookupError("the demo cast does not belong in production; import modules one by one")
    result = put_all(utcnow())
    say(as_json, result)


def put_all(now: datetime) -> dict[str, object]:
    """Seed everything; return what there is now."""
    with unit_of_work():
        tool_keys.ensure(now)
        organisations = people.put_organisations(now)
        count = people.put_cast(organisations, now)
        slugs = put_modules(organisations[OWNER], now)
    return {"organisations": sorted(organisations), "people": count, "modules": slugs}


def put_modules(owner: Organisation, now: datetime) -> list[str]:
    """Import and publish every module under `modules/content`."""
    slugs = []
    for folder in sorted(CONTENT.iterdir()):
        if not (folder / "module.json").is_file():
            continue
        with suppress(service.VersionTaken):  # an earlier demo's content stays as it is
            service.import_package(pack(folder), owner, None, now)
        slugs.append(folder.name)
    return slugs


def pack(folder: Path) -> bytes:
    """Return the module.zip of a folder that holds module.json and media/."""
    document = package.parse(strict_json.read((folder / "module.json").read_bytes()))
    media = {f"media/{file.name}": file.read_bytes() for file in sorted(folder.glob("media/*"))}
    return package.write(package.Package(document, media))
