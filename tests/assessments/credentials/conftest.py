"""A published module with an achievement, and somebody who completed it."""

import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from assessments.credentials import queries, signing
from assessments.credentials.models import Award
from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.people.models import Organisation, Person
from modules.authoring import service as authoring
from modules.authoring.models import Module, ModuleVersion, Outcome
from modules.learning.models import Enrolment
from tests.support.make import Make

TEXT = {"nl": "Een zin.", "en": "A sentence."}
ACHIEVEMENT: dict[str, Any] = {
    "kind": "extracurricular",
    "name": {"nl": "Pipetten: rekenen", "en": "Pipettes: calculating"},
    "description": TEXT,
    "workload_minutes": 240,
    "level": {"nlqf": 4, "eqf": 4},
    "assessment_type": "testing",
    "participation_type": "online",
    "supervision_type": "unsupervised with no identity verification",
    "identity_checked": False,
    "learner_identification": TEXT,
    "assessed": {"nl": "Online gerekend.", "en": "Calculated online."},
    "not_assessed": {"nl": "Het pipetteren niet.", "en": "Not the pipetting."},
    "quality_assurance": {"name": TEXT, "url": None, "description": TEXT},
    "show_grade": True,
    "stackable": False,
}


@dataclass
class Proofs:
    """Makes completed enrolments and what follows from them."""

    make: Make

    def version(
        self, slug: str = "pipetten", achievement: dict[str, Any] | None = None, **changes: Any
    ) -> ModuleVersion:
        """Return a published version of a module of VectraLab."""
        owner = self.make.organisation("vectralab", "company")
        module = Module(organisation_id=owner.id, slug=slug, created_at=utcnow())
        values: dict[str, Any] = {
            "organisation_id": owner.id,
            "module": module,
            "version": "1.0.0",
            "rank": 1,
            "state": "draft",
            "title": {"nl": "Pipetten kalibreren", "en": "Calibrating pipettes"},
            "summary": TEXT,
            "languages": ["nl", "en"],
            "licence": "CC-BY-4.0",
            "attribution": [],
            "minutes": 240,
            "extensions": {"achievement": copy.deepcopy(achievement or ACHIEVEMENT)},
            "search_text": "",
            "created_at": utcnow(),
        }
        version = ModuleVersion(**(values | changes))
        version.outcomes = [Outcome(position=1, code="A1", text=TEXT, assessed_by=[])]
        db.session.add(version)
        db.session.flush()
        authoring.publish_version(version, actor_id=None, now=utcnow())
        db.session.commit()
        return version

    def enrolment(
        self, version: ModuleVersion | None = None, person: Person | None = None
    ) -> Enrolment:
        """Return an enrolment at MLO Delta that was completed."""
        who = person or self.make.person(self.school())
        made = Enrolment(
            organisation_id=who.organisation_id,
            person=who,
            module_version=version or self.version(),
            started_at=utcnow(),
            completed_at=utcnow(),
        )
        db.session.add(made)
        db.session.commit()
        return made

    def school(self) -> Organisation:
        """Return the school."""
        return self.make.organisation("mlo-delta")

    def award(self, enrolment: Enrolment | None = None) -> Award:
        """Return a signed award."""
        done = enrolment or self.enrolment()
        with unit_of_work():
            outbox.post(
                "award.consider",
                key=f"award:{done.id}",
                payload={"enrolment_id": done.id},
                now=utcnow() - timedelta(seconds=1),
            )
        outbox.deliver_due()
        given = queries.award_of(done.id)
        assert given is not None
        return given

    def shared(self, name_shown: bool = False) -> Award:
        """Return an award that its holder shares."""
        given = self.award()
        given.visibility, given.name_shown = "link", name_shown
        db.session.commit()
        return given


@pytest.fixture
def proofs(make: Make) -> Proofs:
    """Factories of this slice."""
    signing.forget()
    return Proofs(make)
