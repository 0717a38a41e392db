"""Every change to organisations, persons and roles."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from lti_app.core import audit
from lti_app.core.db import db
from lti_app.core.errors import Conflict, Gone, Invalid
from lti_app.core.schema import hostile_character
from lti_app.core.tokens import digest, random_id
from lti_app.core.upsert import insert_for
from lti_app.people import queries
from lti_app.people.models import Identity, Membership, Organisation, Person, SignInLink

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
KINDS = ("school", "company", "consortium")


class SlugTaken(Conflict):
    """There is an organisation with this slug already."""

    code = "slug_taken"
    title = _l("There is an organisation with this slug already")


class LinkUsed(Gone):
    """The sign-in link was used, or is too old."""

    code = "link_used"
    title = _l("This link has been used or is too old")
    advice = _l("Ask for a new link. Each link works once, for a short time.")


@dataclass(frozen=True)
class Arrival:
    """What a platform tells about a person; everything but the identity may be missing."""

    realm: str
    subject: str
    name: str | None = None
    email: str | None = None
    locale: str | None = None


def add_organisation(slug: str, kind: str, name: str, *, now: datetime) -> Organisation:
    """Add an organisation; Invalid on a bad slug or kind, SlugTaken when it exists."""
    if not _SLUG.fullmatch(slug):
        raise Invalid(
            fields={"slug": [str(_l("Use small letters, digits and hyphens, 64 at most."))]}
        )
    if not name.strip() or len(name) > 200 or hostile_character(name, allow_newlines=False):
        raise Invalid(fields={"name": [str(_l("This must be 1 to 200 ordinary characters."))]})
    if kind not in KINDS:
        raise Invalid(fields={"type": [", ".join(KINDS)]})
    if db.session.scalar(select(Organisation.id).where(Organisation.slug == slug)):
        raise SlugTaken(slug)
    organisation = Organisation(slug=slug, kind=kind, name=name, created_at=now)
    db.session.add(organisation)
    db.session.flush()
    audit.record(
        "organisation.added",
        actor_id=None,
        organisation_id=organisation.id,
        object_type="organisation",
        object_id=organisation.id,
        now=now,
    )
    return organisation


def arrive(
    arrival: Arrival, organisation_id: int, *, now: datetime, known: Person | None = None
) -> Person:
    """Return the person behind this identity, made at the first arrival, safe under concurrency.

    Name, e-mail and locale follow the platform; what it no longer sends is kept. `known` saves
    looking for somebody whom the caller found already.
    """
    person = known or queries.person_of(arrival.realm, arrival.subject)
    if person is None:
        person = _first_arrival(arrival, organisation_id, now)
    for attribute in ("name", "email", "locale"):
        told = getattr(arrival, attribute)
        if told and told != getattr(person, attribute):
            setattr(person, attribute, told)
    return person


def _first_arrival(arrival: Arrival, organisation_id: int, now: datetime) -> Person:
    person = Person(
        organisation_id=organisation_id,
        name=arrival.name,
        email=arrival.email,
        locale=arrival.locale,
        alias=alias_for(arrival.realm, arrival.subject),
        created_at=now,
    )
    db.session.add(person)
    db.session.flush()
    mine = db.session.execute(
        insert_for(Identity)
        .values(person_id=person.id, realm=arrival.realm, subject=arrival.subject)
        .on_conflict_do_nothing(index_elements=["realm", "subject"])
        .returning(Identity.id)
    ).first()
    if mine is not None:
        return person
    # Two first launches at once: the other one won, so its person is the person.
    db.session.delete(person)
    db.session.flush()
    winner = queries.person_of(arrival.realm, arrival.subject)
    if winner is None:
        raise Conflict("identity")
    return winner


def alias_for(realm: str, subject: str) -> str:
    """Return the stable alias of somebody without a name."""
    return f"Deelnemer {digest(f'{realm}|{subject}')[:4].upper()}"


def give_role(person: Person, organisation: Organisation, role: str) -> None:
    """Give a role; giving it twice changes nothing."""
    db.session.execute(
        insert_for(Membership)
        .values(person_id=person.id, organisation_id=organisation.id, role=role)
        .on_conflict_do_nothing(index_elements=["person_id", "organisation_id", "role"])
    )


def make_sign_in_link(person: Person, organisation_id: int, role: str, *, now: datetime) -> str:
    """Return the token of a link that opens one session, once, within 15 minutes."""
    token = random_id(32)
    db.session.add(
        SignInLink(
            token_hash=digest(token),
            person_id=person.id,
            organisation_id=organisation_id,
            role=role,
            expires_at=now + timedelta(minutes=15),
        )
    )
    return token


def use_sign_in_link(token: str, *, now: datetime) -> SignInLink:
    """Take the link out of the table, so that it works once; LinkUsed otherwise."""
    used: SignInLink | None = db.session.scalar(
        delete(SignInLink).where(SignInLink.token_hash == digest(token)).returning(SignInLink)
    )
    if used is None or used.expires_at < now:
        raise LinkUsed()
    return used
