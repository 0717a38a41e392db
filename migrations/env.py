"""How Alembic reaches our database: by the connection that `lti_app.migrate` hands over."""

from typing import Any

from alembic import context
from sqlalchemy import DateTime

from lti_app import wiring  # noqa: F401 - imports every slice, and with it every table
from lti_app.core.db import Base, UtcDateTime


def render(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our own column type as the plain one: migrations import no code of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def same_type(context: Any, inspected: Any, meta: Any, in_db: Any, ours: Any) -> bool | None:
    """Times are equal on every backend."""
    if isinstance(ours, UtcDateTime) and isinstance(in_db, DateTime):
        return False
    return None


def run() -> None:
    """Run the migrations in one transaction."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render,
        compare_type=same_type,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
