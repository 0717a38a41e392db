"""The file: a ZIP of one JSON-lines entry per table, and a manifest with counts and checksums.

It knows no database: a backup of SQLite can be restored into PostgreSQL, and the other way round.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from lti_app.core.errors import Conflict

FORMAT, VERSION = "expeditie-backup", 1
MANIFEST = "manifest.json"
_MAX_MANIFEST = 1024 * 1024


class BackupRefused(Conflict):
    """The backup cannot be made or restored; the details say why."""

    code = "backup_refused"
    title = _l("The backup was not made or not restored")
    advice = _l("Nothing was changed.")


@dataclass(frozen=True)
class Entry:
    """One table in the file."""

    name: str
    columns: list[str]
    rows: int
    sha256: str

    @property
    def path(self) -> str:
        """Where it stands in the ZIP."""
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True)
class Manifest:
    """What the file holds, and of which version it is."""

    made_at: str
    software: str
    revision: str
    """The revision of the schema from which it was read."""
    key_check: str
    """A text sealed with the master key, in base64: tells whether this is the same key."""
    tables: list[Entry]

    def as_json(self) -> str:
        """Return the text of the manifest."""
        return json.dumps({"format": FORMAT, "version": VERSION} | asdict(self), indent=1)


def write_table(
    file: zipfile.ZipFile, name: str, columns: list[str], rows: Iterable[Sequence[Any]]
) -> Entry:
    """Write one table row by row, in bounded memory; return what stands in the manifest."""
    digest, count = hashlib.sha256(), 0
    with file.open(f"tables/{name}.jsonl", "w", force_zip64=True) as target:
        for row in rows:
            line = json.dumps([plain(value) for value in row], ensure_ascii=True).encode() + b"\n"
            target.write(line)
            digest.update(line)
            count += 1
    return Entry(name, columns, count, digest.hexdigest())


def plain(value: Any) -> Any:
    """Return the value as it stands in the file: text for moments, decimals and bytes."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


def read_manifest(file: zipfile.ZipFile) -> Manifest:
    """Return the manifest; BackupRefused when this is no backup of ours."""
    try:
        with file.open(MANIFEST) as source:
            told = json.loads(source.read(_MAX_MANIFEST))
        if (told.pop("format"), told.pop("version")) != (FORMAT, VERSION):
            raise BackupRefused("it is of another format or a newer version")
        told["tables"] = [Entry(**entry) for entry in told["tables"]]
        return Manifest(**told)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise BackupRefused("it is not a backup of Expeditie") from error


def check(file: zipfile.ZipFile, entry: Entry) -> None:
    """Read the table through; BackupRefused when one byte or row is not as it was written."""
    digest, count = hashlib.sha256(), 0
    try:
        with file.open(entry.path) as source:
            for line in source:
                digest.update(line)
                count += 1
    except (KeyError, zipfile.BadZipFile, OSError) as error:
        raise BackupRefused(f"the part '{entry.name}' is missing or damaged") from error
    if (count, digest.hexdigest()) != (entry.rows, entry.sha256):
        raise BackupRefused(f"the part '{entry.name}' is damaged")


def rows(file: zipfile.ZipFile, entry: Entry) -> Iterator[list[Any]]:
    """Yield the rows of a table that was checked."""
    with file.open(entry.path) as source:
        for line in source:
            yield json.loads(line)


def opened(path: Path) -> zipfile.ZipFile:
    """Open a backup for reading; BackupRefused when it is no ZIP."""
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise BackupRefused("it is not a backup of Expeditie, or only part of one") from error
