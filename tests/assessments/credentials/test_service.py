"""From a completed module to a signed credential, and back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask
from sqlalchemy import func, select

from assessments.credentials import (
    checking,
    handlers,
    publishing,
    queries,
    service,
    signing,
    strict_json,
    verification,
)
from assessments.credentials.errors import CannotSign, NotSignedYet, WrongState
from assessments.credentials.models import Achievement, Award, SigningKey, StatusList
from assessments.credentials.site import Site
from lti_app.core import outbox
from lti_app.core.audit import AuditEntry
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.core.errors import Invalid
from modules.authoring.events import ModuleVersionPublished
from modules.learning.events import ModuleCompleted
from tests.assessments.credentials.conftest import ACHIEVEMENT, TEXT, Proofs

SCHEMA = Path(__file__).parents[2] / "data" / "ob_v3p0_achievementcredential_schema.json"
SITE = Site("http://localhost:5000")


def state(given: Award, now: datetime | None = None) -> str:
    db.session.refresh(given)
    return verification.of_award(given, now=now or utcnow()).state


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_completed_module_gives_a_signed_and_valid_credential(proofs: Proofs) -> None:
    given = proofs.award()

    document = json.loads(given.credential or "")
    assert (given.state, state(given)) == ("signed", "valid")
    assert document["issuer"]["id"].endswith(":issuers:mlo-delta")
    assert document["credentialSubject"]["achievement"]["creator"]["name"] == "Vectralab"
    assert not list(
        jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text())).iter_errors(document)
    )


def test_nothing_about_the_person_is_in_the_credential(proofs: Proofs) -> None:
    given = proofs.award()

    assert given.person.name is not None
    assert given.person.name not in (given.credential or "")
    assert given.person.alias not in (given.credential or "")
    assert "MicroCredential" not in (given.credential or "")


def test_it_is_awarded_once_however_often_it_is_delivered(proofs: Proofs) -> None:
    enrolment = proofs.enrolment()
    given = proofs.award(enrolment)
    text = given.credential

    handlers.consider({"enrolment_id": enrolment.id})
    handlers.issue({"award_id": given.id})

    db.session.refresh(given)
    assert (count(Award), given.credential) == (1, text)


def test_the_same_person_gets_one_proof_of_one_version(proofs: Proofs) -> None:
    first = proofs.enrolment()
    proofs.award(first)
    again = proofs.enrolment(first.module_version, first.person)

    handlers.consider({"enrolment_id": again.id})

    assert count(Award) == 1


def test_an_open_enrolment_or_a_module_without_achievement_gives_nothing(proofs: Proofs) -> None:
    enrolment = proofs.enrolment()
    enrolment.completed_at = None
    plain = proofs.enrolment(proofs.version("plain", extensions={}))
    db.session.commit()

    handlers.consider({"enrolment_id": enrolment.id})
    handlers.consider({"enrolment_id": plain.id})
    handlers.consider({"enrolment_id": 99999})
    handlers.issue({"award_id": 99999})

    assert (count(Award), count(Achievement)) == (0, 1)


def test_completing_only_posts_a_message(proofs: Proofs) -> None:
    enrolment = proofs.enrolment()

    handlers.post_consideration(ModuleCompleted(enrolment.id))
    db.session.commit()

    assert (count(Award), count(outbox.OutboxMessage)) == (0, 1)


def test_publishing_twice_makes_one_achievement(proofs: Proofs) -> None:
    version = proofs.version()

    handlers.on_module_version_published(ModuleVersionPublished(version.id))

    assert count(Achievement) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "microcredential"}, "kind"),
        ({"name": {"nl": "x"}}, "name"),
        ({"workload_minutes": 0}, "workload_minutes"),
        ({"workload_minutes": "many"}, "workload_minutes"),
        ({"level": {"nlqf": 9, "eqf": 4}}, "level.nlqf"),
        ({"stackable": True}, "stacks_into"),
        ({"unknown": 1}, "unknown"),
        ({"assessment_type": "exam"}, "assessment_type"),
        (
            {"alignments": [{"name": TEXT, "url": "javascript:x", "framework": "x", "type": "x"}]},
            "al",
        ),
        ({"assessed": {"nl": "a\x07", "en": "b"}}, "assessed"),
    ],
)
def test_a_faulty_achievement_cannot_be_published(
    proofs: Proofs, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        proofs.version(achievement=ACHIEVEMENT | change)

    assert any(name.startswith(f"extensions.achievement.{field}") for name in refusal.value.fields)


CONTENT = sorted((Path(__file__).parents[3] / "modules" / "content").glob("*/module.json"))


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.parent.name)
def test_the_badges_of_our_own_modules_can_be_awarded(proofs: Proofs, path: Path) -> None:
    described = json.loads(path.read_text("utf-8")).get("extensions", {}).get("achievement")

    given = proofs.award(proofs.enrolment(proofs.version(achievement=described)))

    document = json.loads(given.credential or "")
    problems = jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text())).iter_errors(document)
    assert (state(given), list(problems)) == ("valid", [])


def test_validity_ends_on_the_same_day_or_the_last_of_the_month(proofs: Proofs) -> None:
    end = service._until(datetime(2026, 8, 31, tzinfo=UTC), 6)
    enrolment = proofs.enrolment(proofs.version(validity_months=24))

    given = proofs.award(enrolment)

    assert end == datetime(2027, 2, 28, tzinfo=UTC)
    assert given.valid_until is not None and "validUntil" in (given.credential or "")
    assert state(given, given.valid_until + timedelta(days=1)) in ("expired", "revoked")


def published(given: Award) -> checking.Verdict:
    """Return the verdict of somebody who only sees what we publish."""
    document = strict_json.parse(given.credential or "")
    return checking.check(document, verification.own_sources(), now=utcnow())


def test_a_revoked_proof_is_revoked_at_once_here_and_in_the_published_list(proofs: Proofs) -> None:
    given = proofs.award()

    service.revoke(given, reason="error", actor_id=None, now=utcnow())
    db.session.commit()
    assert state(given) == "revoked"
    outbox.deliver_due()

    assert published(given).state == "revoked"
    with pytest.raises(WrongState):
        service.restore(given, actor_id=None, now=utcnow())


def test_a_suspended_proof_can_be_restored(proofs: Proofs) -> None:
    given = proofs.award()

    service.suspend(given, reason="misconduct", actor_id=None, now=utcnow())
    db.session.commit()
    outbox.deliver_due()
    suspended = state(given)
    twin = queries.status_list("suspension", given.status_list.number)
    marked = queries.marked(twin)
    service.restore(given, actor_id=None, now=utcnow())
    db.session.commit()

    assert (suspended, marked) == ("suspended", [given.status_index])
    assert (state(given), queries.marked(twin)) == ("valid", [])


def test_every_change_is_in_the_audit_trail_without_names(proofs: Proofs) -> None:
    given = proofs.award()
    service.revoke(given, reason="error", actor_id=given.person_id, now=utcnow())
    db.session.commit()

    verbs = list(db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)))

    assert [v for v in verbs if v.startswith(("award", "credential"))] == [
        *("award.given", "credential.signed", "award.revoked")
    ]


def test_an_unsigned_award_cannot_be_shared_or_revoked(proofs: Proofs) -> None:
    given = proofs.award()
    given.state = "considered"

    with pytest.raises(NotSignedYet):
        service.share(given, shared=True, name_shown=True, now=utcnow())
    with pytest.raises(WrongState):
        service.revoke(given, reason="error", actor_id=None, now=utcnow())


def test_a_name_is_only_shown_when_the_proof_is_shared(proofs: Proofs) -> None:
    given = proofs.award()

    service.share(given, shared=False, name_shown=True, now=utcnow())

    assert (given.visibility, given.name_shown) == ("private", False)


def test_old_proofs_survive_a_rotated_key(proofs: Proofs) -> None:
    given = proofs.award()
    later = utcnow() + timedelta(hours=25)
    following = signing.rotate(given.organisation, SITE, actor_id=None, now=utcnow())

    before = signing.ensure_key(given.organisation, SITE, now=utcnow())
    after = signing.ensure_key(given.organisation, SITE, now=later)
    db.session.commit()

    assert (before.id, after.id) == (given.signing_key_id, following.id)
    assert [key.state for key in queries.keys_of(after.issuer_did)] == ["retired", "active"]
    assert state(given) == "valid"


def test_asking_twice_for_a_new_key_makes_one(proofs: Proofs) -> None:
    school = proofs.school()

    first = signing.rotate(school, SITE, actor_id=None, now=utcnow())
    again = signing.rotate(school, SITE, actor_id=None, now=utcnow())

    assert first.id == again.id


def test_a_leaked_key_makes_its_proofs_worthless(proofs: Proofs) -> None:
    given = proofs.award()
    assert given.signing_key is not None

    signing.revoke_key(given.signing_key, actor_id=None, now=utcnow())
    db.session.commit()

    assert state(given) == "refused"


def test_the_private_key_is_sealed_and_opened_once(proofs: Proofs, app: Flask) -> None:
    given = proofs.award()
    key = given.signing_key
    assert key is not None
    signing.forget()

    opened = signing.signer(key)

    assert opened.key.private_bytes_raw() not in key.sealed_private
    assert signing.signer(key).key is opened.key


def test_production_does_not_sign_as_localhost(proofs: Proofs) -> None:
    with pytest.raises(CannotSign):
        signing.ensure_key(proofs.school(), Site("http://localhost:5000", True), now=utcnow())


def test_an_organisation_may_issue_under_its_own_domain(proofs: Proofs) -> None:
    school = proofs.school()
    school.did = "did:web:mlo-delta.example:proofs"
    db.session.commit()

    given = proofs.award()
    document = json.loads(given.credential or "")

    assert document["issuer"]["id"] == "did:web:mlo-delta.example:proofs"
    assert document["credentialStatus"]["statusListCredential"] == (
        "https://mlo-delta.example/proofs/status/revocation-1.json"
    )
    assert state(given) == "valid"


def test_lists_of_a_former_domain_are_still_signed(proofs: Proofs) -> None:
    given = proofs.award()
    given.organisation.did = "did:web:mlo-delta.example"
    db.session.commit()

    publishing.publish(given.organisation, SITE, now=utcnow())
    db.session.commit()

    assert state(given) == "valid"
    assert published(given).state == "valid"


def test_positions_are_given_out_once_and_in_no_order(proofs: Proofs) -> None:
    school = proofs.school()
    given = [publishing.reserve(school, SITE, now=utcnow())[1] for _ in range(50)]

    assert len(set(given)) == 50
    assert given != sorted(given)


def test_a_full_list_is_followed_by_a_new_one(proofs: Proofs) -> None:
    school = proofs.school()
    first, _ = publishing.reserve(school, SITE, now=utcnow())
    first.used = publishing.FULL_AT

    second, _ = publishing.reserve(school, SITE, now=utcnow())

    assert (first.number, second.number) == (1, 2)


def test_two_issuers_never_share_a_list(proofs: Proofs) -> None:
    company = proofs.make.organisation("bionoord", "company")

    first, _ = publishing.reserve(proofs.school(), SITE, now=utcnow())
    second, _ = publishing.reserve(company, SITE, now=utcnow())

    assert first.number != second.number


def test_lists_are_signed_again_every_day(proofs: Proofs) -> None:
    given = proofs.award()
    fresh = handlers.refresh_status_lists()
    old = utcnow() - timedelta(days=1)
    for listed in queries.lists_of(given.organisation_id):
        listed.signed_at = old
    db.session.commit()

    due = handlers.refresh_status_lists()
    outbox.deliver_due()

    assert (fresh, due) == (0, 1)
    first = db.session.scalar(select(func.min(StatusList.signed_at)))
    assert first is not None and first > old
    assert count(SigningKey) == 1


def test_a_lost_master_key_is_a_dead_letter_not_a_crash(proofs: Proofs) -> None:
    enrolment = proofs.enrolment()
    key = signing.ensure_key(proofs.school(), SITE, now=utcnow())
    key.sealed_private = bytes(60)
    db.session.commit()
    signing.forget()

    given = proofs.award(enrolment)

    dead = db.session.scalars(select(outbox.OutboxMessage)).one()
    assert (given.state, dead.state) == ("considered", "dead")
    with pytest.raises(outbox.Dead):
        handlers.publish_status({"organisation_id": given.organisation_id})
