"""Awards: given once, signed, shared by their holder, revoked or suspended by who awarded them."""

import calendar
import json
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from assessments.credentials import (
    credential,
    data_integrity,
    publishing,
    queries,
    record,
    signing,
)
from assessments.credentials.errors import NotSignedYet, WrongState
from assessments.credentials.models import Achievement, Award
from assessments.credentials.site import Site
from lti_app.core import audit, outbox
from lti_app.core.db import db
from lti_app.core.tokens import random_id
from modules.authoring.models import ModuleVersion
from modules.learning.models import Enrolment

ISSUE = "credential.issue"


def make_achievement(version: ModuleVersion, data: dict[str, Any], *, now: datetime) -> Achievement:
    """Record what this published version is proof of; `data` was checked by AchievementSchema."""
    quality, level = data["quality_assurance"], data["level"] or {}
    kept = set(data) - {"quality_assurance", "level"}
    made = Achievement(
        organisation_id=version.organisation_id,
        module_version=version,
        uuid=str(uuid.uuid4()),
        quality_name=quality["name"],
        quality_description=quality["description"],
        quality_url=quality["url"],
        level_nlqf=level.get("nlqf"),
        level_eqf=level.get("eqf"),
        created_at=now,
        **{name: data[name] for name in sorted(kept)},
    )
    db.session.add(made)
    db.session.flush()
    return made


def award(
    enrolment: Enrolment,
    achievement: Achievement,
    score: Decimal | None,
    *,
    site: Site,
    now: datetime,
) -> Award:
    """Give the achievement to who completed this enrolment, and have it signed."""
    given = _unsigned(enrolment, achievement, now)
    given.score = score if achievement.show_grade else None
    given.status_list, given.status_index = publishing.reserve(
        enrolment.organisation, site, now=now
    )
    db.session.add(given)
    db.session.flush()
    outbox.post(
        ISSUE,
        key=f"issue:{given.id}",
        payload={"award_id": given.id},
        now=now,
        organisation_id=given.organisation_id,
    )
    _record("award.given", given, None, now)
    return given


def _unsigned(enrolment: Enrolment, achievement: Achievement, now: datetime) -> Award:
    return Award(
        organisation=enrolment.organisation,
        person=enrolment.person,
        enrolment=enrolment,
        achievement=achievement,
        public_id=random_id(16),
        subject=f"urn:uuid:{uuid.uuid4()}",
        state="considered",
        changed_at=now,
        awarded_at=now,
        valid_from=now,
        valid_until=_until(now, achievement.module_version.validity_months),
        visibility="private",
        name_shown=False,
    )


def issue(given: Award, *, site: Site, now: datetime) -> None:
    """Sign the credential of an award; a second call changes nothing."""
    if given.state != "considered":
        return
    key = signing.ensure_key(given.organisation, site, now=now)
    unsigned = credential.build(
        record.issuer(given, site), record.achievement(given, site), record.award(given, site)
    )
    signed = data_integrity.sign(unsigned, signing.signer(key), created=now)
    given.credential = json.dumps(signed, ensure_ascii=False, indent=2)
    given.signing_key = key
    given.state, given.changed_at = "signed", now
    _publish_first_time(given, site, now)
    _record("credential.signed", given, None, now)


def share(given: Award, *, shared: bool, name_shown: bool, now: datetime) -> None:
    """Do what the holder chose: who has the address may see it, with or without the name."""
    if given.state == "considered":
        raise NotSignedYet()
    given.visibility = "link" if shared else "private"
    given.name_shown = shared and name_shown
    _record("award.shared" if shared else "award.hidden", given, given.person_id, now)


def revoke(given: Award, *, reason: str, actor_id: int | None, now: datetime) -> None:
    """Withdraw a proof for good."""
    _change(given, {"signed", "suspended"}, "revoked", reason)
    _changed(given, "award.revoked", actor_id, now)


def suspend(given: Award, *, reason: str, actor_id: int | None, now: datetime) -> None:
    """Withdraw a proof until it is restored."""
    _change(given, {"signed"}, "suspended", reason)
    _changed(given, "award.suspended", actor_id, now)


def restore(given: Award, *, actor_id: int | None, now: datetime) -> None:
    """End a suspension."""
    _change(given, {"suspended"}, "signed", None)
    _changed(given, "award.restored", actor_id, now)


def _change(given: Award, allowed: set[str], state: str, reason: str | None) -> None:
    if given.state not in allowed:
        raise WrongState(given.state)
    given.state, given.reason = state, reason


def _changed(given: Award, verb: str, actor_id: int | None, now: datetime) -> None:
    given.changed_at = now
    publishing.ask(given.organisation_id, now=now)
    _record(verb, given, actor_id, now)


def _publish_first_time(given: Award, site: Site, now: datetime) -> None:
    """A credential that points at a list that is not there yet would be refused everywhere."""
    if given.status_list.credential is None:
        for listed in queries.lists_numbered(given.status_list.number):
            publishing.publish_one(listed, site, now=now)


def _until(begin: datetime, months: int | None) -> datetime | None:
    if months is None:
        return None
    year, month = divmod(begin.month - 1 + months, 12)
    last = calendar.monthrange(begin.year + year, month + 1)[1]
    return begin.replace(year=begin.year + year, month=month + 1, day=min(begin.day, last))


def _record(verb: str, given: Award, actor_id: int | None, now: datetime) -> None:
    audit.record(
        verb,
        actor_id=actor_id,
        organisation_id=given.organisation_id,
        object_type="award",
        object_id=given.id,
        now=now,
        details={"reason": given.reason} if given.reason else None,
    )
