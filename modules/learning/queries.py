"""Reading enrolments and progress, always tied to a person and a course."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lti_app.core.db import db
from lti_app.core.errors import NotFound
from lti_app.core.policy import Actor
from lti_app.lti.models import ResourceLink
from modules.authoring import queries as authoring
from modules.authoring.models import Module, ModuleVersion
from modules.learning.models import BlockProgress, Enrolment
from modules.learning.outline import Outline, outline_of


def enrolment(enrolment_id: int, organisation_id: int | None) -> Enrolment:
    """The enrolment in this organisation, or NotFound."""
    found = db.session.scalar(
        select(Enrolment).where(
            Enrolment.id == enrolment_id, Enrolment.organisation_id == organisation_id
        )
    )
    if found is None:
        raise NotFound("enrolment", enrolment_id)
    return found


def offered_version(actor: Actor) -> ModuleVersion | None:
    """The newest version of the module that this place in the course opens."""
    if actor.resource_link_id is None:
        return None
    return authoring.offered_at(actor.resource_link_id, actor.organisation_id)


def enrolment_of(actor: Actor) -> Enrolment | None:
    """This learner's enrolment in the module that the place opens: the one on its own version."""
    if actor.person_id is None or actor.resource_link_id is None:
        return None
    return db.session.scalar(
        select(Enrolment)
        .join(Enrolment.module_version)
        .join(ModuleVersion.module)
        .join(Enrolment.resource_link)
        .where(
            Enrolment.person_id == actor.person_id,
            Enrolment.organisation_id == actor.organisation_id,
            ResourceLink.id == actor.resource_link_id,
            ResourceLink.organisation_id == actor.organisation_id,
            Module.slug == ResourceLink.module_ref,
        )
        .order_by(Enrolment.id.desc())
        .limit(1)
        .options(contains_eager(Enrolment.module_version))
    )


def enrolment_at(person_id: int, resource_link_id: int | None, module_id: int) -> Enrolment | None:
    """The person's newest enrolment in a module at this place, in whatever version."""
    return db.session.scalar(
        select(Enrolment)
        .join(ModuleVersion, ModuleVersion.id == Enrolment.module_version_id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.resource_link_id == resource_link_id,
            ModuleVersion.module_id == module_id,
        )
        .order_by(Enrolment.id.desc())
        .limit(1)
    )


def progress_of(enrolment_id: int) -> Mapping[int, BlockProgress]:
    """Everything recorded in an enrolment, by block."""
    rows = db.session.scalars(
        select(BlockProgress).where(BlockProgress.enrolment_id == enrolment_id)
    )
    return {row.block_id: row for row in rows}


def outline(version_id: int, enrolment_id: int | None) -> Outline:
    """The way through a version, with the progress of one enrolment or of nobody."""
    recorded = progress_of(enrolment_id) if enrolment_id is not None else {}
    version = db.session.get(ModuleVersion, version_id)
    if version is None:
        raise NotFound("module_version", version_id)
    return outline_of(authoring.published(version), recorded)
