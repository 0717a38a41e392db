"""INSERT … ON CONFLICT for the two databases we run on."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from lti_app.core.db import Base, db


def insert_for(model: type[Base]) -> Any:
    """Return an insert of `model` that knows `on_conflict_do_update` on this database."""
    dialect = db.session.get_bind().dialect.name
    return (postgresql if dialect == "postgresql" else sqlite).insert(model)
