"""The state of the platform: one SQLite file that all workers share."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import current_app, g

from lti_app.demo.schema import SCHEMA

Row = sqlite3.Row


class Store:
    """One connection to the file; every statement is its own transaction unless told otherwise."""

    def __init__(self, path: Path) -> None:
        # gunicorn threads take turns, and a request stays in its own thread.
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.execute("PRAGMA synchronous=NORMAL")

    def create_tables(self) -> None:
        """Make the file ready; may be done again, and by several workers at once."""
        self._connection.execute("PRAGMA journal_mode=WAL")
        with self.transaction():
            for statement in SCHEMA.split(";\n"):
                self._connection.execute(statement)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, or nothing."""
        found: Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def run(self, sql: str, *values: Any) -> int:
        """Change something and tell how many rows it touched."""
        return self._connection.execute(sql, values).rowcount

    def insert(self, table: str, **values: Any) -> int:
        """Add one row and give its number."""
        names = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # names come from our own code
        return self._connection.execute(sql, tuple(values.values())).lastrowid or 0

    def update(self, table: str, number: int, **values: Any) -> None:
        """Change columns of one row."""
        sets = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(
            f"UPDATE {table} SET {sets} WHERE id = ?", (*values.values(), number)
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all of it or nothing; other writers wait."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def store() -> Store:
    """The store of this request."""
    if "demo_store" not in g:
        g.demo_store = Store(current_app.config["DEMO_STORAGE"])
    opened: Store = g.demo_store
    return opened


def close_store(_error: BaseException | None = None) -> None:
    """Close what this request opened."""
    opened = g.pop("demo_store", None)
    if opened is not None:
        opened.close()


def now() -> float:
    """The time of the platform; tests may set another clock."""
    clock = current_app.config["DEMO_CLOCK"]
    return float(clock())


def issuer() -> str:
    """Who the platform is: the `iss` of everything that it signs."""
    return str(current_app.config["DEMO_ISSUER"])
