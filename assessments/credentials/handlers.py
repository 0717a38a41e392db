"""What credentials do on others' events, and what the outbox delivers."""

from datetime import timedelta
from typing import Any

from assessments.credentials import publishing, queries, schemas, service
from assessments.credentials.errors import CannotSign
from assessments.credentials.site import current_site
from assessments.credentials.strict_json import NotUsable
from assessments.gradebook import queries as gradebook
from lti_app.core import outbox, sealed
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.core.errors import Invalid
from lti_app.core.schema import load
from lti_app.lti import queries as lti
from lti_app.people.models import Organisation
from modules.authoring.events import ModuleVersionPublished
from modules.authoring.models import ModuleVersion
from modules.learning.events import ModuleCompleted
from modules.learning.models import Enrolment

CONSIDER = "award.consider"


def on_module_version_published(event: ModuleVersionPublished) -> None:
    """Record what the version is proof of, or refuse to publish it when that is not right."""
    version = db.session.get_one(ModuleVersion, event.module_version_id)
    described = version.extensions.get("achievement")
    if described is None or queries.achievement_of(version.id) is not None:
        return
    try:
        data = load(schemas.AchievementSchema, described)
    except Invalid as refusal:
        place = "extensions.achievement"
        raise Invalid(
            fields={f"{place}.{name}": text for name, text in refusal.fields.items()}
        ) from refusal
    service.make_achievement(version, data, now=utcnow())


def post_consideration(event: ModuleCompleted) -> None:
    """Have it looked at after the commit: no rule about awards can ever stop a hand-in."""
    enrolment = db.session.get_one(Enrolment, event.enrolment_id)
    outbox.post(
        CONSIDER,
        key=f"award:{enrolment.id}",
        payload={"enrolment_id": enrolment.id},
        now=utcnow(),
        organisation_id=enrolment.organisation_id,
    )


def consider(payload: dict[str, Any]) -> None:
    """Award what a completed enrolment deserves; once, however often it is asked."""
    with unit_of_work():
        enrolment = queries.enrolment(int(payload["enrolment_id"]))
        if enrolment is None or enrolment.completed_at is None or _is_test(enrolment):
            return
        achievement = queries.achievement_of(enrolment.module_version_id)
        if achievement is None or queries.award_of(enrolment.id) is not None:
            return
        queries.lock_person(enrolment.person_id)
        if queries.holds(enrolment.person_id, achievement.id, now=utcnow()):
            return
        is_graded = gradebook.graded_blocks(enrolment.module_version_id)
        score = gradebook.module_fraction(enrolment) if is_graded else None
        service.award(enrolment, achievement, score, site=current_site(), now=utcnow())


def _is_test(enrolment: Enrolment) -> bool:
    """Whether a teacher's "student view" did this; nobody earned anything then."""
    if enrolment.resource_link_id is None:
        return False
    link = lti.resource_link(enrolment.resource_link_id, enrolment.organisation_id)
    return link is not None and lti.is_test_user(link.context_id, enrolment.person_id)


def issue(payload: dict[str, Any]) -> None:
    """Sign the credential of an award."""
    try:
        with unit_of_work():
            given = queries.award_for_update(int(payload["award_id"]))
            if given is not None:
                service.issue(given, site=current_site(), now=utcnow())
    except CannotSign as refusal:
        raise outbox.Retry("the issuer's did:web is not public", after_seconds=3600) from refusal
    except NotUsable as refusal:
        raise outbox.Dead(f"the credential cannot be signed: {refusal.code}") from refusal
    except sealed.SealBroken as refusal:
        raise outbox.Dead("the signing key was sealed with another master key") from refusal


def publish_status(payload: dict[str, Any]) -> None:
    """Sign and swap an organisation's status lists."""
    try:
        with unit_of_work():
            organisation = db.session.get(Organisation, int(payload["organisation_id"]))
            if organisation is not None:
                publishing.publish(organisation, current_site(), now=utcnow())
    except CannotSign as refusal:
        raise outbox.Retry("the issuer's did:web is not public", after_seconds=3600) from refusal
    except sealed.SealBroken as refusal:
        raise outbox.Dead("the signing key was sealed with another master key") from refusal


def refresh_status_lists() -> int:
    """Have lists that were signed long ago signed again, well before they end; return how many."""
    now = utcnow()
    with unit_of_work():
        due = queries.organisations_with_lists_signed_before(now - publishing.RESIGN_AFTER)
        for organisation_id in due:
            publishing.ask(organisation_id, now=now)
    return len(due)


REFRESH_EVERY = timedelta(hours=1)
