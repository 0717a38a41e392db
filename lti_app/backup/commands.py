"""`expeditie backup FILE` and `expeditie restore FILE`."""

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from lti_app.backup import dump, load
from lti_app.backup.archive import Manifest
from lti_app.core.clock import utcnow
from lti_app.web.terminal import say

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@_FILE
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def backup(file: Path, as_json: bool) -> None:
    """Write database, sealed keys and pictures to a new FILE, also while the site is in use.

    The master key and the secret key are not in it: keep them elsewhere.
    """
    manifest = dump.write(file, now=utcnow())
    say(as_json, {"file": str(file), "bytes": file.stat().st_size} | _summary(manifest))


@click.command()
@_FILE
@click.option("--replace", is_flag=True, help="Drop what the database holds now.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def restore(file: Path, replace: bool, as_json: bool) -> None:
    """Put the backup FILE into an empty database; all of it or nothing."""
    manifest = load.read(file, replace=replace)
    say(as_json, {"file": str(file)} | _summary(manifest))


def _summary(manifest: Manifest) -> dict[str, Any]:
    return {
        "made_at": manifest.made_at,
        "revision": manifest.revision,
        "tables": len(manifest.tables),
        "rows": sum(entry.rows for entry in manifest.tables),
    }
