"""Storing launches: who came, from which course and link, with which role."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from lti_app.core import events
from lti_app.core.db import Base, db, unit_of_work
from lti_app.core.errors import NotFound
from lti_app.core.tokens import digest
from lti_app.core.upsert import insert_for
from lti_app.lti.errors import ClaimsInvalid, DeploymentBlocked, DeploymentPending
from lti_app.lti.events import GradesGranted
from lti_app.lti.gateway import ags
from lti_app.lti.gateway.roles import course_role
from lti_app.lti.launch import Launch, RecordedLaunch
from lti_app.lti.models import (
    Context,
    Deployment,
    Participation,
    Registration,
    ResourceLink,
)
from lti_app.people import service as people
from lti_app.people.models import Identity, Person


@dataclass(frozen=True)
class _Known:
    """What we knew of a launch before it came; all of it, for whoever launched before."""

    deployment: Deployment | None = None
    person: Person | None = None
    context: Context | None = None
    link: ResourceLink | None = None


def _known(registration: Registration, launch: Launch) -> _Known:
    """Look up everything that a launch names, in one statement."""
    row = db.session.execute(
        select(Deployment, Person, Context, ResourceLink)
        .select_from(Deployment)
        .outerjoin(
            Identity,
            (Identity.realm == realm_of(registration)) & (Identity.subject == launch.subject),
        )
        .outerjoin(Person, Person.id == Identity.person_id)
        .outerjoin(
            Context,
            (Context.deployment_id == Deployment.id) & (Context.context_id == launch.context.id),
        )
        .outerjoin(
            ResourceLink,
            (ResourceLink.deployment_id == Deployment.id)
            & (ResourceLink.resource_link_id == launch.resource_link_id),
        )
        .where(
            Deployment.registration_id == registration.id,
            Deployment.deployment_id == launch.deployment_id,
        )
    ).first()
    return _Known() if row is None else _Known(*row)


def realm_of(registration: Registration) -> str:
    """Return the realm of the identities that this platform gives."""
    return f"lti:{registration.id}"


def approved_deployment(
    registration: Registration, launch: Launch, known: Deployment | None, now: datetime
) -> Deployment:
    """Return the deployment when it is approved; a new one is kept as pending and refused.

    The pending row is committed at once: the refusal must not undo it.
    """
    if known is None:
        with unit_of_work():
            add_deployment(registration, launch.deployment_id, "pending", now=now)
        raise DeploymentPending(registration.id)
    if known.state == "blocked":
        raise DeploymentBlocked(known.id)
    if known.state != "active":
        raise DeploymentPending(known.id)
    return known


def _deployment(registration: Registration, deployment_id: str) -> Deployment | None:
    return db.session.scalar(
        select(Deployment).where(
            Deployment.registration_id == registration.id,
            Deployment.deployment_id == deployment_id,
        )
    )


def add_deployment(
    registration: Registration, deployment_id: str, state: str, *, now: datetime
) -> Deployment:
    """Add a deployment, or return the one that is there; safe when done twice at once."""
    values = {
        "registration_id": registration.id,
        "organisation_id": registration.organisation_id,
        "deployment_id": deployment_id,
    }
    _ensure(
        Deployment, values | {"state": state, "seen_at": now}, ["registration_id", "deployment_id"]
    )
    found = _deployment(registration, deployment_id)
    if found is None:
        raise NotFound("deployment")
    return found


def record_launch(registration: Registration, launch: Launch, *, now: datetime) -> RecordedLaunch:
    """Store everything that a trusted launch tells, in the caller's transaction."""
    known = _known(registration, launch)
    deployment = approved_deployment(registration, launch, known.deployment, now)
    arrival = people.Arrival(
        realm_of(registration), launch.subject, launch.name, launch.email, launch.locale
    )
    organisation_id = registration.organisation_id
    person = people.arrive(arrival, organisation_id, now=now, known=known.person)
    role = course_role(launch.roles)
    context = _context(deployment, known, launch)
    if context is not None:
        _participate(context, person, role, launch, now)
    link = None
    if launch.resource_link_id and context is not None:
        link = _link(deployment, context, known.link, launch)
    return RecordedLaunch(
        registration_id=registration.id,
        organisation_id=registration.organisation_id,
        deployment_id=deployment.id,
        person_id=person.id,
        role=role,
        context_id=context.id if context else None,
        resource_link_id=link.id if link else None,
        module_ref=link.module_ref if link else None,
        launch=launch,
    )


def _context(deployment: Deployment, known: _Known, launch: Launch) -> Context | None:
    """Return the course; a launch that names none stays in its link's course, or gets its own."""
    context_id = launch.context.id
    if not context_id:
        if launch.resource_link_id and known.link is not None:
            return known.link.context
        context_id = f"link:{digest(launch.resource_link_id)}" if launch.resource_link_id else ""
    if not context_id:
        return None
    key = {"deployment_id": deployment.id, "context_id": context_id}
    context: Context = known.context or _found_or_made(
        Context, key, {"organisation_id": deployment.organisation_id, "title": "", "label": ""}
    )
    _follow(context, title=launch.context.title, label=launch.context.label)
    _follow(context, roster_url=launch.roster_url)
    return context


def _link(
    deployment: Deployment, context: Context, known: ResourceLink | None, launch: Launch
) -> ResourceLink:
    key = {"deployment_id": deployment.id, "resource_link_id": launch.resource_link_id}
    made = {"organisation_id": deployment.organisation_id, "context_id": context.id}
    link: ResourceLink = known or _found_or_made(
        ResourceLink, key, made | {"title": "", "scopes": []}
    )
    could_grade = ags.SCORE in link.scopes
    _follow(
        link,
        context_id=context.id,
        title=launch.resource_link_title,
        lineitems_url=launch.grades.lineitems,
        lineitem_url=launch.grades.lineitem,
        scopes=list(launch.grades.scopes),
    )
    if not could_grade and ags.SCORE in link.scopes:
        db.session.flush()
        events.publish(GradesGranted(link.id))
    return link


def _participate(
    context: Context, person: Person, role: str, launch: Launch, now: datetime
) -> None:
    """The roles of this launch replace those of the last one; they are never added up."""
    values = {"role": role, "roles": list(launch.roles), "seen_at": now}
    db.session.execute(
        insert_for(Participation)
        .values(
            context_id=context.id,
            person_id=person.id,
            organisation_id=context.organisation_id,
            **values,
        )
        .on_conflict_do_update(index_elements=["context_id", "person_id"], set_=values)
    )


def _follow(row: Any, **told: Any) -> None:
    """Take over what the platform tells; what it does not tell stays as it was."""
    for attribute, value in told.items():
        if value and getattr(row, attribute) != value:
            setattr(row, attribute, value)


def _found_or_made(model: type[Base], key: dict[str, Any], values: dict[str, Any]) -> Any:
    query = select(model).filter_by(**key)
    found = db.session.scalar(query)
    if found is None:
        _ensure(model, key | values, list(key))
        found = db.session.scalars(query).one()
    return found


def _ensure(model: type[Base], values: dict[str, Any], unique: list[str]) -> None:
    """Insert unless it is there: a class that launches for the first time at once is normal."""
    db.session.execute(
        insert_for(model).values(**values).on_conflict_do_nothing(index_elements=unique)
    )


def check_target(target_link_uri: str, public_url: str) -> None:
    """Refuse a target that is not ours (LTI Core 1.3, 5.3.4); empty is allowed for deep linking."""
    ours, told = urlsplit(public_url), urlsplit(target_link_uri)
    if target_link_uri and (told.scheme, told.netloc) != (ours.scheme, ours.netloc):
        raise ClaimsInvalid(fields={"target_link_uri": [public_url]})


def set_module(resource_link_id: int, slug: str, *, organisation_id: int) -> None:
    """Let a link open this module; NotFound when the link is another organisation's."""
    link = db.session.scalar(
        select(ResourceLink).where(
            ResourceLink.id == resource_link_id, ResourceLink.organisation_id == organisation_id
        )
    )
    if link is None:
        raise NotFound("resource_link")
    link.module_ref = slug
