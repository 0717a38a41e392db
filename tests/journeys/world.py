"""A small world in which every page has something to show: who is there, and what they did."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Any

import requests
from flask import Flask, url_for
from requests import Response
from sqlalchemy import select
from werkzeug.routing import Rule

from assessments.attempts.models import Attempt
from assessments.datasets.models import DatasetInstance
from lti_app.core.db import db
from lti_app.lti.models import ResourceLink
from lti_app.people.models import Person
from lti_app.web import sessions
from lti_app.web.phone import COOKIE
from modules.authoring.models import Block
from modules.learning.models import Enrolment
from tests.journeys import answers, pipette
from tests.support.make import Make, Signed

MODULE = "pipetten-kalibreren"


@dataclass
class World:
    """The application, the people in it, and values for the places in addresses."""

    app: Flask
    url: str
    make: Make
    link: ResourceLink
    signed: dict[str, Signed] = field(default_factory=dict)
    organisation_id: int = 0
    deployment_id: int = 0
    phone: str = ""
    """What a phone holds that waits for a yes."""

    def join(self, name: str, role: str, person: Person | None = None, **more: Any) -> Signed:
        """Give somebody an open session in the course, under a short name."""
        who = person or self.make.person(name=name.title())
        self.signed[name] = self.make.signed(role, more.get("link", self.link), who)
        return self.signed[name]

    def blocks(self) -> list[Block]:
        """Return the blocks of the module in their order."""
        version = db.session.scalars(select(Enrolment.module_version_id)).first()
        query = select(Block).where(Block.version_id == version)
        found = sorted(db.session.scalars(query), key=lambda b: (b.section.position, b.position))
        db.session.commit()
        return found

    def enrolment(self, name: str) -> Enrolment:
        """Return the enrolment of this person."""
        person_id = self.signed[name].person.id
        query = select(Enrolment).where(Enrolment.person_id == person_id)
        return db.session.scalars(query).one()

    def settle(self) -> None:
        """Keep what is known of the people without an open transaction: the server writes too."""
        for signed in self.signed.values():
            db.session.refresh(signed.session)
            db.session.refresh(signed.person)
        self.organisation_id = self.link.organisation_id
        self.deployment_id = self.link.deployment_id
        db.session.commit()
        db.session.expunge_all()

    def secret(self, name: str) -> str:
        """Return what proves the session of this person."""
        signed = self.signed[name]
        held = signed.client.get_cookie(sessions.COOKIE, path=f"/s/{signed.session.id}/")
        assert held is not None
        return str(held.value)

    def ask(self, path: str, name: str = "", method: str = "GET", **more: Any) -> Response:
        """Send a request over the wire, with the cookie and form token of this person."""
        signed = self.signed.get(name)
        held = f"{sessions.COOKIE}={self.secret(name)}" if signed else f"{COOKIE}={self.phone}"
        headers = {"Cookie": held}
        if method == "POST":
            more["data"] = {"csrf_token": signed.csrf if signed else ""} | more.get("data", {})
        headers |= more.pop("headers", {})
        return requests.request(
            method, self.url + path, headers=headers, allow_redirects=False, timeout=20, **more
        )

    def paths(self, rule: Rule, fill: dict[str, list[Any]], name: str) -> list[str]:
        """Return the addresses of this rule in the session of this person, with every value."""
        places = sorted(rule.arguments - {"session_id"})
        choices = []
        for place in places:
            chosen = fill.get(f"{rule.endpoint}.{place}", fill.get(place))
            assert chosen, f"the world has no '{place}' for {rule.rule}; add it to world.values"
            choices.append(chosen)
        found = []
        for combination in product(*choices):
            given = dict(zip(places, combination, strict=True))
            if "session_id" in rule.arguments:
                given["session_id"] = self.signed[name].session.id
            with self.app.test_request_context(base_url=self.url):
                found.append(url_for(rule.endpoint, **given))
        return found

    def answer(self, name: str, block: Block) -> None:
        """Do an assessment with the right answers."""
        signed = self.signed[name]
        started = signed.post(f"attempts/start/{block.id}")
        attempt_id = int(started.location.rsplit("/", 1)[1])
        given = answers.form_of(self._right(attempt_id))
        handed_in = signed.post(f"attempts/{attempt_id}/hand-in", given)
        assert handed_in.location.endswith("/result"), handed_in.text

    def _right(self, attempt_id: int) -> dict[str, answers.Answer]:
        attempt = db.session.get_one(Attempt, attempt_id)
        if not attempt.datasets:
            return answers.knowledge()
        data = db.session.get_one(DatasetInstance, next(iter(attempt.datasets.values())))
        tables = [table["rows"] for table in data.tables["tables"]]
        return pipette.right(pipette.measured(tables, "water_mean"))

    def do(self, name: str, until: str = "") -> None:
        """Do the module, up to the first block of this type; or all of it."""
        signed = self.signed[name]
        assert signed.post("learn/start").status_code == 303
        for block in self.blocks():
            if block.type == until:
                return
            if block.type == "assessment":
                self.answer(name, block)
                continue
            done = signed.post(f"learn/blocks/{block.id}/done", filled(block))
            assert done.status_code == 303, done.text


def filled(block: Block) -> dict[str, str]:
    """Return the form of a block as a learner fills it in."""
    form = {"confirm": "1"} if block.type == "hazards" else {}
    for reading in block.body.get("readings", []):
        low = Decimal(reading["min"] or 0)
        value = (low + Decimal(reading["max"])) / 2 if reading["max"] else low + 1
        form[f"reading-{reading['id']}"] = str(value)
    return form
