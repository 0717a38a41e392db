"""The fictitious cast of the demo."""

from datetime import datetime

from sqlalchemy import select

from lti_app.core.db import db
from lti_app.people import service
from lti_app.people.models import Organisation

ORGANISATIONS = (
    ("mlo-delta", "school", "MLO Delta"),
    ("bionoord", "company", "BioNoord"),
    ("vectralab", "company", "VectraLab"),
)
CAST = (
    ("mlo-delta", "marijke", "Marijke Coppée", ("teacher", "author")),
    ("mlo-delta", "examencommissie", "Hessel Wiersma", ("exam_board",)),
    ("mlo-delta", "beheer", "Bèr Beheerder", ("admin",)),
    ("mlo-delta", "noor", "Noor El Idrissi", ("learner",)),
    ("bionoord", "trainer", "Joris van Dalen", ("author", "assessor")),
    ("bionoord", "beheer", "Petra Kuiper", ("admin",)),
    ("bionoord", "loes", "Loes Müller", ("learner",)),
    ("vectralab", "trainer", "Ilse Brandsma", ("author", "assessor")),
)


def put_organisations(now: datetime) -> dict[str, Organisation]:
    """Add the organisations that are missing; return all three by slug."""
    found = {o.slug: o for o in db.session.scalars(select(Organisation))}
    for slug, kind, name in ORGANISATIONS:
        if slug not in found:
            found[slug] = service.add_organisation(slug, kind, name, now=now)
    return found


def put_cast(organisations: dict[str, Organisation], now: datetime) -> int:
    """Add the people that are missing, with their roles; return how many there are."""
    for slug, subject, name, roles in CAST:
        organisation = organisations[slug]
        arrival = service.Arrival("local", f"{subject}@{slug}", name, locale="nl")
        person = service.arrive(arrival, organisation.id, now=now)
        db.session.flush()
        for role in roles:
            service.give_role(person, organisation, role)
    return len(CAST)
