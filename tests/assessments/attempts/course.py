"""A published module with two assessments, and people in a course who do it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from assessments.attempts.models import Attempt
from assessments.datasets import queries as datasets
from assessments.datasets.models import DatasetInstance
from assessments.gradebook.models import ModuleGrade, Result
from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.lti.gateway import ags
from lti_app.lti.models import ResourceLink
from modules.authoring import archive, service, strict_json
from modules.authoring.models import Block, ModuleVersion
from modules.learning.models import Enrolment
from tests.support.make import Make, Signed

TEXT, DATA, QUIZ, SUMS = (f"00000000-0000-4000-8000-{n:012d}" for n in (1, 2, 3, 4))


def words(text: str) -> dict[str, str]:
    return {"nl": text, "en": f"{text} (en)"}


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "text": words(name.upper())} | more


def measure(key: str, tolerance: str, unit: str | None = "µL", **more: Any) -> dict[str, Any]:
    weight = {"unit_weight": "0.2"} if unit else {}
    return {"value": {"key": key}, "unit": unit, "accept": {"abs": tolerance}} | weight | more


def item(name: str, kind: str, body: dict[str, Any], points: str = "1") -> dict[str, Any]:
    return {
        "id": name,
        "type": kind,
        "prompt": words(f"Vraag {name}?"),
        "points": points,
        "body": body,
    }


QUIZ_ITEMS = [
    item("pick", "choice", {"options": [entry("a", correct=True), entry("b", correct=False)]}),
    item("steps", "order", {"entries": [entry("e1"), entry("e2"), entry("e3")]}),
    item(
        "pairs",
        "match",
        {
            "left": [entry("l1"), entry("l2")],
            "right": [entry("r1"), entry("r2")],
            "pairs": {"l1": "r1", "l2": "r2"},
        },
        "2",
    ),
]
MISTAKE = {"key": "mean_100_no_z", "feedback": words("Is de Z-factor toegepast"), "score": "0.5"}
SUMS_ITEMS = [
    item("z", "numeric", measure("z", "0.00005", None)),
    item("mean", "numeric", measure("mean_100", "0.05", misconceptions=[MISTAKE])),
    item("es", "numeric", measure("es_100", "0.05", depends_on=["mean"])),
    item(
        "grid",
        "table",
        {
            "columns": [{"id": "sr", "label": words("s_r")}],
            "rows": [{"id": "v500", "label": words("500 µL")}],
            "cells": {"v500:sr": measure("sr_500", "0.02")},
        },
    ),
    item(
        "verdict",
        "choice",
        {
            "options": [
                entry("fit", correct={"key": "verdict", "is": "fit"}),
                entry("unfit", correct={"key": "verdict", "is": "unfit"}),
            ]
        },
    ),
]


def block(
    uuid: str, kind: str, title: str, body: dict[str, Any], points: str = "0"
) -> dict[str, Any]:
    shown = {"title": words(title), "required": True, "points": points}
    return {"id": uuid, "type": kind, "body": body} | shown


def document(
    quiz: dict[str, Any] | None = None, sums: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The module; `quiz` and `sums` change the bodies of its assessments."""
    blocks = [
        block(
            DATA,
            "dataset",
            "Metingen",
            {"generator": "pipette_gravimetric", "intro": words("Dit is jouw pipet.")},
        ),
        block(QUIZ, "assessment", "Kennistoets", {"items": QUIZ_ITEMS} | (quiz or {}), "10"),
        block(
            SUMS,
            "assessment",
            "Rekenen",
            {"dataset": DATA, "items": SUMS_ITEMS} | (sums or {}),
            "30",
        ),
    ]
    section = {
        "id": TEXT,
        "title": words("Alles"),
        "mode": "online",
        "minutes": 60,
        "blocks": blocks,
    }
    return {
        "schema_version": 1,
        "slug": "proef-pipet",
        "version": "1.0.0",
        "title": words("Proefpipet"),
        "summary": words("Een module om te proberen."),
        "languages": ["nl", "en"],
        "licence": "CC-BY-4.0",
        "attribution": [],
        "outcomes": [{"code": "A1", "text": words("Kan het."), "assessed_by": [SUMS]}],
        "sections": [section],
    }


@dataclass
class Learner:
    """Somebody in the course, with a browser."""

    signed: Signed
    version: ModuleVersion

    @property
    def enrolment(self) -> Enrolment:
        """The own enrolment."""
        db.session.rollback()
        return db.session.scalars(
            select(Enrolment).where(Enrolment.person_id == self.signed.person.id)
        ).one()

    def block(self, uuid: str) -> Block:
        """A block of the module."""
        return db.session.scalars(
            select(Block).where(Block.version_id == self.version.id, Block.uuid == uuid)
        ).one()

    def see_data(self) -> None:
        """Look at the measurements and tick the block off."""
        block_id = self.block(DATA).id
        assert self.signed.get(f"learn/blocks/{block_id}").status_code == 200
        assert self.signed.post(f"learn/blocks/{block_id}/done").status_code == 303

    def start(self, uuid: str) -> Attempt:
        """Start an attempt, as the button does."""
        answer = self.signed.post(f"attempts/start/{self.block(uuid).id}")
        assert answer.status_code == 303, answer.text
        found = re.search(r"/attempts/(\d+)$", answer.location)
        assert found
        return self.attempt(int(found[1]))

    def attempt(self, attempt_id: int) -> Attempt:
        """The attempt as the database has it now."""
        db.session.rollback()
        return db.session.get_one(Attempt, attempt_id, populate_existing=True)

    def hand_in(self, attempt: Attempt, form: dict[str, Any]) -> Any:
        """Press the button below the questions."""
        return self.signed.post(f"attempts/{attempt.id}/hand-in", form)

    def follow(self, answer: Any) -> Any:
        """Go where the browser is sent."""
        assert answer.status_code == 303, answer.text
        return self.signed.client.get(answer.location)

    def result(self, uuid: str) -> Result | None:
        """What counts for one assessment."""
        db.session.rollback()
        return db.session.scalar(
            select(Result).where(
                Result.enrolment_id == self.enrolment.id, Result.block_id == self.block(uuid).id
            )
        )

    def grade(self) -> ModuleGrade | None:
        """What the platform was told."""
        db.session.rollback()
        return db.session.scalar(select(ModuleGrade))


@dataclass
class Course:
    """A course with the module in it."""

    make: Make
    version: ModuleVersion
    link: ResourceLink

    def learner(self, name: str = "Ada Bos") -> Learner:
        """A learner who has begun."""
        signed = self.make.signed("learner", self.link, self.make.person(name=name))
        assert signed.post("learn/start").status_code == 303
        return Learner(signed, self.version)

    def teacher(self) -> Signed:
        """A teacher of this course."""
        return self.make.signed("teacher", self.link, self.make.person(name="Juf Jansen"))


def open_course(make: Make, content: dict[str, Any] | None = None) -> Course:
    """Publish the module and put it in a course with a gradebook."""
    data = archive.write({"module.json": strict_json.write(content or document())})
    version = service.import_package(data, make.organisation(), None, utcnow())
    db.session.commit()
    link = make.link(version.module.slug)
    link.scopes = [ags.SCORE]
    db.session.commit()
    return Course(make, version, link)


RIGHT_QUIZ = {"pick": "a", "steps": ["e1", "e2", "e3"], "pairs.l1": "r1", "pairs.l2": "r2"}


def key_of(attempt: Attempt) -> dict[str, Decimal | str]:
    """The answers to an attempt's own measurements."""
    data = db.session.get_one(DatasetInstance, attempt.datasets[DATA])
    return datasets.key(data)


def dutch(number: Decimal | str, places: int = 2) -> str:
    """A number as a Dutch learner types it."""
    return f"{number:.{places}f}".replace(".", ",")


def right_sums(attempt: Attempt) -> dict[str, Any]:
    """The form with all right answers."""
    key = key_of(attempt)
    return {
        "z.value": dutch(key["z"], 4),
        "mean.value": dutch(key["mean_100"]),
        "mean.unit": "µL",
        "es.value": dutch(key["es_100"]),
        "es.unit": "µL",
        "grid.v500:sr.value": dutch(key["sr_500"]),
        "grid.v500:sr.unit": "µL",
        "verdict": key["verdict"],
    }
