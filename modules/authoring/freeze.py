"""The lock on published versions, below all services: the session refuses to write them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper

from lti_app.core.errors import Conflict
from modules.authoring.models import (
    Block,
    MediaAsset,
    MediaFile,
    ModuleVersion,
    Outcome,
    Section,
)

MAY_CHANGE = {"state"}
"""Of a published version: it can be retired, and that is all."""


class VersionIsFrozen(Conflict):
    """A published version never changes; make a new one."""

    code = "version_is_frozen"
    title = _l("A published version cannot be changed")
    advice = _l("Make a new version with a higher number, and publish that.")


def _refuse_version(mapper: Mapper[Any], connection: Connection, version: ModuleVersion) -> None:
    history = inspect(version).attrs
    before = history.state.history.deleted or [version.state]
    if before[0] == "draft":
        return
    changed = {attr.key for attr in history if attr.history.has_changes()}
    if changed - MAY_CHANGE - {"sections", "blocks", "outcomes", "media"}:
        raise VersionIsFrozen(version.id)
    if version.state == "draft":
        raise VersionIsFrozen(version.id)


def _refuse_removal(mapper: Mapper[Any], connection: Connection, version: ModuleVersion) -> None:
    if version.state != "draft":
        raise VersionIsFrozen(version.id)


def _refuse_part(mapper: Mapper[Any], connection: Connection, part: Any) -> None:
    is_changed = any(attr.history.has_changes() for attr in inspect(part).attrs)
    if part.version.state != "draft" and is_changed:
        raise VersionIsFrozen(part.version_id)


def _refuse_part_removal(mapper: Mapper[Any], connection: Connection, part: Any) -> None:
    if part.version.state != "draft":
        raise VersionIsFrozen(part.version_id)


def _refuse_file(mapper: Mapper[Any], connection: Connection, file: MediaFile) -> None:
    raise VersionIsFrozen(file.sha256)


event.listen(ModuleVersion, "before_update", _refuse_version)
event.listen(ModuleVersion, "before_delete", _refuse_removal)
for _part in (Section, Block, Outcome, MediaAsset):
    event.listen(_part, "before_insert", _refuse_part)
    event.listen(_part, "before_update", _refuse_part)
    event.listen(_part, "before_delete", _refuse_part_removal)
event.listen(MediaFile, "before_update", _refuse_file)
