"""Changes to modules: import a package, publish a version, retire it; and export."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_app.core import audit, events
from lti_app.core.db import db
from lti_app.core.errors import Conflict
from lti_app.people.models import Organisation
from modules.authoring import documents, freeze, package, queries
from modules.authoring.events import ModuleVersionPublished
from modules.authoring.models import MediaFile, Module, ModuleVersion
from modules.authoring.package import Package

VersionIsFrozen = freeze.VersionIsFrozen


class VersionTaken(Conflict):
    """This version number is in use for other content."""

    code = "version_taken"
    title = _l("This version exists already, with other content")
    advice = _l("Give the changed module a higher version number and import it again.")


class SlugTaken(Conflict):
    """Another organisation has a module with this slug."""

    code = "module_slug_taken"
    title = _l("Another organisation has a module with this name already")
    advice = _l("Choose another slug in module.json and import it again.")


def import_package(
    data: bytes,
    organisation: Organisation,
    actor_id: int | None,
    now: datetime,
    publish: bool = True,
) -> ModuleVersion:
    """Store the module in this zip; the same version with the same content changes nothing."""
    found = package.read(data)
    module = _module(found.document["slug"], organisation, now)
    version = queries.version_of(module.id, found.document["version"])
    if version is None:
        version = _add_version(module, found, actor_id, now)
    elif documents.digest_of(version) != found.sha256:
        raise VersionTaken(
            module.slug, version.version, fields={"version": [_taken_words(module, version)]}
        )
    if publish and version.state == "draft":
        publish_version(version, actor_id=actor_id, now=now)
    return version


def export_package(version: ModuleVersion) -> bytes:
    """The zip of a version: for the same content always the same bytes."""
    whole = queries.whole(version.id)
    media = {asset["file"]: asset["content"] for asset in documents.media_of(whole)}
    return package.write(Package(documents.document_of(whole), media))


def publish_version(version: ModuleVersion, *, actor_id: int | None, now: datetime) -> None:
    """Freeze a draft for ever and let it be used."""
    if version.state != "draft":
        raise VersionIsFrozen(version.id)
    version.frozen_sha256 = documents.digest_of(version)
    version.published_at = now
    version.state = "published"
    db.session.flush()
    _record("module.published", version, actor_id, now)
    events.publish(ModuleVersionPublished(version.id))


def retire_version(version: ModuleVersion, *, actor_id: int | None, now: datetime) -> None:
    """Offer this version no longer; who began with it goes on."""
    version.state = "retired"
    db.session.flush()
    _record("module.retired", version, actor_id, now)


def _module(slug: str, organisation: Organisation, now: datetime) -> Module:
    module = queries.module_by_slug(slug)
    if module is None:
        module = Module(slug=slug, organisation=organisation, visibility="open", created_at=now)
        db.session.add(module)
        db.session.flush()
    elif module.organisation_id != organisation.id:
        raise SlugTaken(slug)
    return module


def _add_version(
    module: Module, found: Package, actor_id: int | None, now: datetime
) -> ModuleVersion:
    _keep_media(found.document["media"], found.media)
    version = ModuleVersion(
        module=module, organisation_id=module.organisation_id, state="draft", created_at=now
    )
    documents.fill(version, found.document)
    db.session.add(version)
    db.session.flush()
    _record("module.imported", version, actor_id, now)
    return version


def _keep_media(listed: list[Mapping[str, Any]], contents: Mapping[str, bytes]) -> None:
    for asset in listed:
        sha256 = documents.sha256_in(asset["file"])
        if db.session.get(MediaFile, sha256) is None:
            content = contents[asset["file"]]
            db.session.add(MediaFile(sha256=sha256, mime=asset["mime"], content=content))
    db.session.flush()


def _record(verb: str, version: ModuleVersion, actor_id: int | None, now: datetime) -> None:
    audit.record(
        verb,
        actor_id=actor_id,
        organisation_id=version.organisation_id,
        object_type="module_version",
        object_id=version.id,
        now=now,
        details={"version": version.version, "sha256": version.frozen_sha256},
    )


def _taken_words(module: Module, version: ModuleVersion) -> str:
    return str(
        _("%(slug)s %(version)s is here already.", slug=module.slug, version=version.version)
    )
