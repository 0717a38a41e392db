"""Reading achievements, awards, keys and lists."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from assessments.credentials.errors import NotShared
from assessments.credentials.models import Achievement, Award, SigningKey, StatusList
from lti_app.core.db import db
from lti_app.core.errors import NotFound
from lti_app.people.models import Organisation, Person
from modules.learning.models import Enrolment

_WHOLE = (
    joinedload(Award.achievement).joinedload(Achievement.module_version),
    joinedload(Award.organisation),
    joinedload(Award.person),
)


def achievement_of(module_version_id: int) -> Achievement | None:
    """Return what this module version is proof of, if anything."""
    return db.session.scalar(
        select(Achievement).where(Achievement.module_version_id == module_version_id)
    )


def enrolment(enrolment_id: int) -> Enrolment | None:
    """Return the enrolment, locked, so that it is considered by one delivery at a time."""
    return db.session.scalar(
        select(Enrolment).where(Enrolment.id == enrolment_id).with_for_update(key_share=True)
    )


def lock_organisation(organisation_id: int) -> None:
    """Make those who prepare this issuer's keys and lists wait for each other."""
    mine = select(Organisation.id).where(Organisation.id == organisation_id)
    db.session.execute(mine.with_for_update(key_share=True))


def lock_person(person_id: int) -> None:
    """Make two considerations of one person wait for each other."""
    mine = select(Person.id).where(Person.id == person_id)
    db.session.execute(mine.with_for_update(key_share=True))


def award_of(enrolment_id: int) -> Award | None:
    """Return the award of this enrolment, if there is one."""
    return db.session.scalar(
        select(Award).where(Award.enrolment_id == enrolment_id).options(*_WHOLE)
    )


def find_enrolment(enrolment_id: int) -> Enrolment | None:
    """Return the enrolment."""
    return db.session.get(Enrolment, enrolment_id)


def award_shown(enrolment: Enrolment, achievement: Achievement) -> Award | None:
    """Return the award for this enrolment, else the one that this person has already."""
    return db.session.scalar(
        select(Award)
        .where(Award.person_id == enrolment.person_id, Award.achievement_id == achievement.id)
        .order_by((Award.enrolment_id == enrolment.id).desc(), Award.id.desc())
        .limit(1)
        .options(*_WHOLE)
    )


def holds(person_id: int, achievement_id: int, *, now: datetime) -> bool:
    """Whether somebody has this award, and it was not revoked and has not ended."""
    found = db.session.scalar(
        select(Award.id)
        .where(
            Award.person_id == person_id,
            Award.achievement_id == achievement_id,
            Award.state != "revoked",
            Award.valid_until.is_(None) | (Award.valid_until > now),
        )
        .limit(1)
    )
    return found is not None


def award_for_update(award_id: int) -> Award | None:
    """Return the award, locked."""
    return db.session.scalar(select(Award).where(Award.id == award_id).with_for_update())


def award_by_public_id(public_id: str) -> Award:
    """Return the award at this address, or raise NotShared."""
    found = find_award(public_id)
    if found is None:
        raise NotShared()
    return found


def find_award(public_id: str) -> Award | None:
    """Return the award at this address, or None."""
    return db.session.scalar(select(Award).where(Award.public_id == public_id).options(*_WHOLE))


def awards_of_person(person_id: int, organisation_id: int | None) -> list[Award]:
    """Return somebody's awards, newest first."""
    return list(
        db.session.scalars(
            select(Award)
            .where(Award.person_id == person_id, Award.organisation_id == organisation_id)
            .order_by(Award.awarded_at.desc(), Award.id.desc())
            .options(*_WHOLE)
        )
    )


def awards_by_organisation(organisation_id: int | None, *, limit: int = 200) -> list[Award]:
    """Return what an organisation awarded last, newest first."""
    return list(
        db.session.scalars(
            select(Award)
            .where(Award.organisation_id == organisation_id)
            .order_by(Award.awarded_at.desc(), Award.id.desc())
            .limit(limit)
            .options(*_WHOLE)
        )
    )


def organisation(slug: str) -> Organisation:
    """Return the organisation with this slug, or raise NotFound."""
    found = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
    if found is None:
        raise NotFound(slug)
    return found


def keys_of(issuer_did: str) -> list[SigningKey]:
    """Return every key that was ever published under this DID, oldest first; no private half."""
    return list(
        db.session.scalars(
            select(SigningKey)
            .where(SigningKey.issuer_did == issuer_did)
            .order_by(SigningKey.id)
            .options(defer(SigningKey.sealed_private))
        )
    )


def key_in_state(issuer_did: str, state: str) -> SigningKey | None:
    """Return the newest key of this issuer in this state, locked."""
    return db.session.scalar(
        select(SigningKey)
        .where(SigningKey.issuer_did == issuer_did, SigningKey.state == state)
        .order_by(SigningKey.id.desc())
        .limit(1)
        .with_for_update()
    )


def status_list(purpose: str, number: int) -> StatusList:
    """Return a list by its address, or raise NotFound."""
    found = db.session.scalar(
        select(StatusList).where(StatusList.purpose == purpose, StatusList.number == number)
    )
    if found is None or found.credential is None:
        raise NotFound(purpose, number)
    return found


def status_list_by_url(url: str) -> StatusList | None:
    """Return a list of ours by the address that stands in credentials."""
    return db.session.scalar(select(StatusList).where(StatusList.url == url))


def open_list(organisation_id: int, issuer_did: str, *, below: int) -> StatusList | None:
    """Return a revocation list of this issuer that still has room, locked."""
    return db.session.scalar(
        select(StatusList)
        .where(
            StatusList.organisation_id == organisation_id,
            StatusList.issuer_did == issuer_did,
            StatusList.purpose == "revocation",
            StatusList.used < below,
        )
        .order_by(StatusList.number)
        .limit(1)
        .with_for_update()
    )


def last_list_number() -> int:
    """Return the highest number given to a list, 0 when there is none."""
    return db.session.scalar(select(func.max(StatusList.number))) or 0


def lists_of(organisation_id: int) -> list[StatusList]:
    """Return an organisation's lists, locked in one order."""
    return list(
        db.session.scalars(
            select(StatusList)
            .where(StatusList.organisation_id == organisation_id)
            .order_by(StatusList.id)
            .with_for_update()
        )
    )


def lists_numbered(number: int) -> list[StatusList]:
    """Return the lists of both purposes with this number."""
    return list(
        db.session.scalars(
            select(StatusList).where(StatusList.number == number).order_by(StatusList.id)
        )
    )


def organisations_with_lists_signed_before(moment: datetime) -> list[int]:
    """Return whose lists have not been signed since this moment."""
    return list(
        db.session.scalars(
            select(StatusList.organisation_id)
            .where((StatusList.signed_at < moment) | StatusList.signed_at.is_(None))
            .distinct()
            .order_by(StatusList.organisation_id)
        )
    )


def marked(listed: StatusList) -> list[int]:
    """Return the positions that are set in this list, from the awards themselves."""
    state = "revoked" if listed.purpose == "revocation" else "suspended"
    return list(
        db.session.scalars(
            select(Award.status_index)
            .join(Award.status_list)
            .where(StatusList.number == listed.number, Award.state == state)
        )
    )


def first_end_of_lists() -> datetime | None:
    """Return when the first published list of this installation ends, of whatever issuer."""
    return db.session.scalar(select(func.min(StatusList.valid_until)))


def oldest_active_key() -> datetime | None:
    """Return when the oldest key was made that still signs credentials, of whatever issuer."""
    return db.session.scalar(
        select(func.min(SigningKey.made_at)).where(SigningKey.state == "active")
    )
