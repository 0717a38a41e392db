"""Reading modules: which there are, which version counts, what is in it."""

import unicodedata
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from flask import current_app
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_app.core.db import db
from lti_app.core.errors import NotFound
from lti_app.core.localized import LocalizedText
from lti_app.lti.models import ResourceLink
from modules.authoring.models import Block, MediaAsset, MediaFile, Module, ModuleVersion
from modules.blocks.registry import MediaView

MOST_LISTED = 200
MOST_KEPT = 30
"""Published versions in a process's memory; a large one takes less than a megabyte."""


def module_by_slug(slug: str) -> Module | None:
    """The module with this slug, whoever made it."""
    return db.session.scalar(select(Module).where(Module.slug == slug))


def version_of(module_id: int, version: str) -> ModuleVersion | None:
    """One version of a module, in whatever state."""
    return db.session.scalar(
        select(ModuleVersion).where(
            ModuleVersion.module_id == module_id, ModuleVersion.version == version
        )
    )


def current_version(slug: str, organisation_id: int | None) -> ModuleVersion | None:
    """The newest published version that this organisation (or the public) may use."""
    return db.session.scalar(
        _current(organisation_id)
        .where(Module.slug == slug)
        .options(joinedload(ModuleVersion.module))
    )


def offered_at(resource_link_id: int, organisation_id: int | None) -> ModuleVersion | None:
    """As `current_version`, of the module that this organisation's link opens."""
    return db.session.scalar(
        _current(organisation_id)
        .join(ResourceLink, ResourceLink.module_ref == Module.slug)
        .where(ResourceLink.id == resource_link_id, ResourceLink.organisation_id == organisation_id)
    )


def newest_version(slug: str) -> ModuleVersion | None:
    """The newest version for administrators: published when there is one, else a draft."""
    return db.session.scalar(
        select(ModuleVersion)
        .join(Module, Module.id == ModuleVersion.module_id)
        .where(Module.slug == slug)
        .order_by((ModuleVersion.state == "published").desc(), ModuleVersion.rank.desc())
        .limit(1)
    )


def usable(organisation_id: int | None, words: str = "") -> Sequence[ModuleVersion]:
    """The newest published version of every module that this organisation may use."""
    found = _current(organisation_id).options(
        joinedload(ModuleVersion.module), joinedload(ModuleVersion.organisation)
    )
    for word in fold(words).split()[:8]:
        found = found.where(ModuleVersion.search_text.contains(word, autoescape=True))
    return db.session.scalars(found.order_by(Module.slug).limit(MOST_LISTED)).all()


def whole(version_id: int) -> ModuleVersion:
    """The version with sections, blocks, outcomes and media, in five queries; or NotFound."""
    found = db.session.scalar(_whole(version_id))
    if found is None:
        raise NotFound("module_version", version_id)
    return found


def _whole(version_id: int) -> Select[ModuleVersion]:
    return (
        select(ModuleVersion)
        .where(ModuleVersion.id == version_id)
        .options(
            selectinload(ModuleVersion.sections),
            selectinload(ModuleVersion.blocks),
            selectinload(ModuleVersion.outcomes),
            selectinload(ModuleVersion.media).joinedload(MediaAsset.file),
        )
    )


def published(version: ModuleVersion) -> ModuleVersion:
    """As `whole`, from this process's memory: a published version never changes.

    What comes back is read only and belongs to no session: nothing can be loaded from it later.
    Only its state may be out of date, for a version can be retired.
    """
    if version.state == "draft":
        return whole(version.id)
    kept: OrderedDict[tuple[int, str | None], ModuleVersion]
    kept = current_app.extensions.setdefault("expeditie_versions", OrderedDict())
    key = (version.id, version.frozen_sha256)
    found = kept.get(key)
    if found is None:
        found = kept[key] = _apart(version.id)
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return found


def _apart(version_id: int) -> ModuleVersion:
    """Read a version in a session of its own, on the same connection and so in one transaction."""
    with Session(db.session.connection(), expire_on_commit=False) as apart:
        found = apart.scalars(_whole(version_id).options(joinedload(ModuleVersion.module))).one()
        for block in found.blocks:
            assert block.section is not None  # fills it in while it can be
        apart.expunge_all()
    return found


def block_in(version_id: int, block_id: int) -> Block:
    """The block of this very version, or NotFound."""
    found = db.session.scalar(
        select(Block).where(Block.id == block_id, Block.version_id == version_id)
    )
    if found is None:
        raise NotFound("block", block_id)
    return found


def blocks_by_uuid(version_id: int) -> Mapping[str, Block]:
    """The blocks of a version by their lasting identity."""
    found = db.session.scalars(select(Block).where(Block.version_id == version_id))
    return {block.uuid: block for block in found}


def media_file(sha256: str) -> MediaFile:
    """A stored picture, or NotFound."""
    found = db.session.get(MediaFile, sha256)
    if found is None:
        raise NotFound("media", sha256)
    return found


def media_views(version: ModuleVersion, url: str) -> Mapping[str, MediaView]:
    """The pictures of a version as texts show them; `url` ends where the hash begins."""
    return {
        asset.name: MediaView(f"{url}{asset.file_sha256}", words(asset.alt), asset.file.mime)
        for asset in version.media
    }


def words(alt: Mapping[str, object]) -> LocalizedText:
    """The alternative text; empty for a decorative picture."""
    return {} if alt.get("decorative") else {key: str(text) for key, text in alt.items()}


def fold(text: str) -> str:
    """Text as it is searched: no capitals, no accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def _current(organisation_id: int | None) -> Select[ModuleVersion]:
    newest = (
        select(ModuleVersion.module_id, func.max(ModuleVersion.rank).label("rank"))
        .where(ModuleVersion.state == "published")
        .group_by(ModuleVersion.module_id)
        .subquery()
    )
    return (
        select(ModuleVersion)
        .join(Module, Module.id == ModuleVersion.module_id)
        .join(
            newest,
            (newest.c.module_id == ModuleVersion.module_id) & (newest.c.rank == ModuleVersion.rank),
        )
        .where(ModuleVersion.state == "published", _may_use(organisation_id))
    )


def _may_use(organisation_id: int | None) -> ColumnElement[bool]:
    if organisation_id is None:
        return Module.visibility == "open"
    return or_(Module.visibility == "open", Module.organisation_id == organisation_id)
