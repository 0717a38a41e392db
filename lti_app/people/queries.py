"""Reading organisations, persons and roles."""

from sqlalchemy import select

from lti_app.core.db import db
from lti_app.core.errors import NotFound
from lti_app.people.models import Identity, Membership, Organisation, Person


def organisation_by_slug(slug: str) -> Organisation:
    """Return the organisation, or raise NotFound."""
    found = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
    if found is None:
        raise NotFound("organisation", slug)
    return found


def organisations() -> list[Organisation]:
    """Return all organisations by slug."""
    return list(db.session.scalars(select(Organisation).order_by(Organisation.slug)))


def person_of(realm: str, subject: str) -> Person | None:
    """Return who arrives by this identity."""
    return db.session.scalar(
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.realm == realm, Identity.subject == subject)
    )


def members(organisation_id: int, role: str) -> list[Person]:
    """Return the persons with this role in the organisation."""
    return list(
        db.session.scalars(
            select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.organisation_id == organisation_id, Membership.role == role)
            .order_by(Person.id)
        )
    )
