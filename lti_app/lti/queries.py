"""Reading platforms, courses, links and their people; always within one organisation."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lti_app.core.db import db
from lti_app.lti.models import (
    Context,
    Deployment,
    Participation,
    Registration,
    ResourceLink,
    ScoreDelivery,
)

TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


def participants(context_id: int, organisation_id: int) -> list[Participation]:
    """Return everybody in a course, with the person, in order of name."""
    rows = db.session.scalars(
        select(Participation)
        .where(
            Participation.context_id == context_id,
            Participation.organisation_id == organisation_id,
        )
        .options(joinedload(Participation.person))
    )
    return sorted(rows, key=lambda p: (p.person.display_name.casefold(), p.id))


def resource_link(resource_link_id: int, organisation_id: int) -> ResourceLink | None:
    """Return the link when it belongs to this organisation."""
    return db.session.scalar(
        select(ResourceLink)
        .where(ResourceLink.id == resource_link_id, ResourceLink.organisation_id == organisation_id)
        .options(joinedload(ResourceLink.context))
    )


def context(context_id: int, organisation_id: int) -> Context | None:
    """Return the course when it belongs to this organisation."""
    return db.session.scalar(
        select(Context).where(Context.id == context_id, Context.organisation_id == organisation_id)
    )


def score_deliveries(resource_link_id: int, organisation_id: int) -> dict[int, ScoreDelivery]:
    """Return how far each learner's score of this link is, by person id."""
    rows = db.session.scalars(
        select(ScoreDelivery).where(
            ScoreDelivery.resource_link_id == resource_link_id,
            ScoreDelivery.organisation_id == organisation_id,
        )
    )
    return {row.person_id: row for row in rows}


def is_test_user(context_id: int, person_id: int) -> bool:
    """Whether the platform says that this person is not a real one (LTI Core 1.3, A.2.1)."""
    roles = db.session.scalar(
        select(Participation.roles).where(
            Participation.context_id == context_id, Participation.person_id == person_id
        )
    )
    return TEST_USER in (roles or [])


def registrations(organisation_id: int | None = None) -> list[Registration]:
    """Return the registrations of one organisation, or all of them (for the command line)."""
    query = select(Registration).options(joinedload(Registration.organisation))
    if organisation_id is not None:
        query = query.where(Registration.organisation_id == organisation_id)
    return list(db.session.scalars(query.order_by(Registration.id)))


def deployments(organisation_id: int) -> list[Deployment]:
    """Return the deployments of one organisation, pending ones first."""
    rows = db.session.scalars(
        select(Deployment)
        .where(Deployment.organisation_id == organisation_id)
        .options(joinedload(Deployment.registration))
        .order_by(Deployment.id)
    )
    return sorted(rows, key=lambda d: (d.state != "pending", d.id))
