"""What ties a statement to one tenant, and a listener that notes every statement that is not tied.

A SELECT, UPDATE or DELETE of shipped code must tie each table it reads: by a key below that equals
a value, by a subquery that is tied itself, or by a key that equals a key of a table that is tied.
A number that stands in addresses (`attempt.id`, `enrolment.id`, …) ties nothing: anybody can type
it. Rows that the session already holds may be loaded further, written and deleted by their number.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import ExecutionContext

from tests.support import statements

ROOT = Path(__file__).parents[2]
SHIPPED = tuple(f"{ROOT / name}/" for name in ("lti_app", "modules", "assessments"))
TESTS = f"{ROOT / 'tests'}/"

KEYS: dict[str, frozenset[str]] = {
    name: frozenset(columns.split())
    for name, columns in {
        # of organisations; which there are is public
        "membership": "organisation_id person_id",
        "audit_entry": "organisation_id",
        "outbox_message": "organisation_id claim_token",
        "module": "organisation_id visibility",  # open: for everybody, its makers said
        "module_version": "organisation_id module_id id",
        "section": "version_id id",
        "block": "version_id section_id",
        "outcome": "version_id",
        "media_asset": "version_id",
        "achievement": "organisation_id module_version_id id",
        "signing_key": "organisation_id issuer_did id",
        "status_list": "organisation_id issuer_did url number id",  # lists are public
        # of platforms
        "registration": "organisation_id issuer id",
        "deployment": "organisation_id registration_id",
        "context": "organisation_id deployment_id id",
        "resource_link": "organisation_id deployment_id id",
        "line_item": "organisation_id resource_link_id",
        "platform_keys": "registration_id",
        "access_token": "registration_id",
        "login_transaction": "registration_id state_hash",
        "pending_launch": "registration_id ticket_hash",
        # of persons
        "person": "organisation_id",
        "identity": "person_id realm",  # the realm is the registration
        "participation": "organisation_id context_id person_id",
        "score_delivery": "organisation_id resource_link_id person_id",
        "enrolment": "organisation_id person_id resource_link_id",
        "block_progress": "enrolment_id",
        "attempt": "organisation_id enrolment_id",
        "dataset_instance": "organisation_id enrolment_id",
        "result": "organisation_id enrolment_id",
        "module_grade": "organisation_id enrolment_id",
        "award": "organisation_id person_id enrolment_id public_id status_list_id",
        # known only to who holds the secret
        "web_session": "id browser person_id",
        "hand_over": "token_hash ref session_id",
        "sign_in_link": "token_hash person_id",
    }.items()
}
"""Table -> the columns that tie it to one tenant."""

SHARED = frozenset({"organisation", "media_file", "tool_key", "heartbeat", "alembic_version"})
"""Tables of the installation; a picture is known by the hash of its bytes."""

EXEMPT: dict[str, str] = {}
"""Function of shipped code, as module:function -> why it may look at all tenants."""

offences: list[str] = []
_judged: WeakKeyDictionary[Any, frozenset[str]] = WeakKeyDictionary()


def watch() -> None:
    """Judge every statement on every engine from now on."""
    event.listen(Engine, "before_cursor_execute", _judge)


def taken() -> list[str]:
    """Return what was noted, and forget it."""
    found = list(offences)
    offences.clear()
    return found


def _judge(
    _connection: Any, _cursor: Any, sql: str, _values: Any, context: ExecutionContext, _many: bool
) -> None:
    compiled = context.compiled
    if compiled is None:
        return
    loose = _judged.get(compiled)
    if loose is None:
        loose = _judged[compiled] = statements.loose_tables(compiled, KEYS)
    if loose and (place := _place()):
        offences.append(f"{place} reads {', '.join(sorted(loose))} of all tenants: {sql[:300]}")


def _place() -> str:
    """Return the shipped function that asks; empty for tests, exempt places and rows in hand."""
    named = ""
    for frame in _frames():
        code = frame.f_code
        if _is_of_a_row_in_hand(frame):
            return ""
        if code.co_filename.startswith(SHIPPED):
            module = frame.f_globals["__name__"]
            name = f"{module}:{code.co_qualname}"
            if name in EXEMPT:
                return ""
            named = named or name
        elif code.co_filename.startswith(TESTS) and not code.co_filename.startswith(SHIPPED):
            return named
    return named


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_of_a_row_in_hand(frame: FrameType) -> bool:
    module = frame.f_globals.get("__name__")
    return module == "sqlalchemy.orm.persistence" or (
        (module, frame.f_code.co_name)
        in (
            ("sqlalchemy.orm.strategies", "_emit_lazyload"),
            ("sqlalchemy.orm.strategies", "_load_via_parent"),
            ("sqlalchemy.orm.loading", "load_scalar_attributes"),
            ("sqlalchemy.orm.session", "refresh"),
        )
    )
