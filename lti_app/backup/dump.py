"""Writing a backup: every table in one snapshot, while the site is in use."""

import base64
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, select
from sqlalchemy.pool import NullPool

from lti_app import __version__, migrate
from lti_app.backup import archive
from lti_app.backup.archive import BackupRefused, Manifest
from lti_app.core.db import Base, db
from lti_app.core.sealed import seal

KEY_CHECK = "backup key check"


def write(path: Path, *, now: datetime) -> Manifest:
    """Write the whole database to a new file that only its owner reads; return its manifest.

    BackupRefused when the file exists or the schema is not of this version. The file appears under
    its name when it is complete.
    """
    if path.exists():
        raise BackupRefused(f"the file {path} exists")
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "wb", opener=_private) as raw, _snapshot() as connection:
            manifest = _write(raw, connection, now)
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(raw: Any, connection: Connection, now: datetime) -> Manifest:
    revision = migrate.current(connection)
    if revision != migrate.head():
        raise BackupRefused("the database is of another version; run 'expeditie db upgrade'")
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as file:
        tables = []
        for table in Base.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key)
            rows = connection.execution_options(yield_per=1000).execute(query)
            columns = [column.name for column in table.columns]
            tables.append(archive.write_table(file, table.name, columns, rows))
        sealed = base64.b64encode(seal(KEY_CHECK.encode(), KEY_CHECK)).decode()
        manifest = Manifest(now.isoformat(), __version__, revision, sealed, tables)
        file.writestr(archive.MANIFEST, manifest.as_json())
    return manifest


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """One reading transaction that sees one moment and keeps nobody waiting."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, poolclass=NullPool)
        # Not BEGIN IMMEDIATE as everywhere else: in WAL mode a reader blocks no writer.
        event.listen(engine, "connect", _without_own_begin)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    else:
        engine = create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


def _without_own_begin(connection: Any, _record: Any) -> None:
    connection.isolation_level = None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
