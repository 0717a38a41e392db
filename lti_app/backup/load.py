"""Restoring a backup: all of it in one transaction, or nothing."""

import base64
import binascii
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    func,
    literal,
    select,
)

from lti_app import migrate
from lti_app.backup import archive
from lti_app.backup.archive import BackupRefused, Entry, Manifest
from lti_app.backup.dump import KEY_CHECK
from lti_app.core.db import db
from lti_app.core.sealed import SealBroken, unseal

MADE_BY_UPGRADE = {"alembic_version", "tool_key"}
"""What `expeditie db upgrade` fills by itself: a database with no more than that is empty."""
_BATCH = 1000


def read(path: Path, *, replace: bool = False) -> Manifest:
    """Put the backup into the database, brought to the schema of this version.

    BackupRefused, with nothing changed, when the file is damaged, newer than this software, sealed
    with another master key, or when the database holds something and `replace` is not said.
    """
    with archive.opened(path) as file:
        manifest = archive.read_manifest(file)
        _refuse_foreign(manifest)
        for entry in manifest.tables:
            archive.check(file, entry)
        with db.engine.begin() as connection:
            if not replace and (held := _holds(connection)):
                raise BackupRefused(f"the database is not empty (it has rows in '{held}')")
            _put(connection, file, manifest)
    return manifest


def _refuse_foreign(manifest: Manifest) -> None:
    if not migrate.knows(manifest.revision):
        raise BackupRefused("it was made by a newer version of this software")
    try:
        unseal(base64.b64decode(manifest.key_check), KEY_CHECK)
    except (SealBroken, binascii.Error) as error:
        raise BackupRefused("EXPEDITIE_MASTER_KEY is not the key of that installation") from error


def _holds(connection: Connection) -> str | None:
    """Return the name of a table that holds something, or None."""
    found = _tables(connection)
    for table in found.sorted_tables:
        filled = connection.execute(select(literal(1)).select_from(table).limit(1)).first()
        if table.name not in MADE_BY_UPGRADE and filled:
            return table.name
    return None


def _tables(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


def _put(connection: Connection, file: zipfile.ZipFile, manifest: Manifest) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    _tables(connection).drop_all(connection)
    migrate.upgrade(manifest.revision, connection=connection)
    tables = _tables(connection)
    for entry in manifest.tables:
        if entry.name not in tables.tables:
            raise BackupRefused(f"there is no place for the part '{entry.name}'")
        _fill(connection, tables.tables[entry.name], archive.rows(file, entry), entry)
    migrate.upgrade(connection=connection)


def _fill(connection: Connection, table: Table, rows: Iterator[list[Any]], entry: Entry) -> None:
    readers = [_reader(table.columns[name].type) for name in entry.columns]
    for column in table.columns:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=True)
    while some := list(islice(rows, _BATCH)):
        values = [
            {
                name: None if value is None else read(value)
                for name, value, read in zip(entry.columns, row, readers, strict=True)
            }
            for row in some
        ]
        connection.execute(table.insert(), values)
    if connection.dialect.name == "postgresql":
        _continue_counting(connection, table)


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, DateTime):
        return datetime.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    if isinstance(kind, Numeric):
        return Decimal
    return lambda value: value


def _continue_counting(connection: Connection, table: Table) -> None:
    """New rows get numbers behind those that were restored."""
    key = list(table.primary_key)
    if len(key) != 1 or not isinstance(key[0].type, Integer):
        return
    highest = connection.scalar(select(func.max(key[0])))
    named = select(func.pg_get_serial_sequence(table.name, key[0].name))
    sequence = connection.scalar(named)
    if sequence is not None and highest is not None:
        connection.execute(select(func.setval(sequence, highest)))
