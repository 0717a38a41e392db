"""A small world in which every page has something to show: who is there, and what they did."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import requests
from flask import Flask
from requests import Response
from sqlalchemy import select
from werkzeug.serving import make_server

from assessments.attempts.models import Attempt
from assessments.credentials.models import Award, StatusList
from assessments.datasets.models import DatasetInstance
from config.settings import Settings
from lti_app import migrate
from lti_app.app import create_app
from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.lti import service as lti
from lti_app.lti.gateway import ags
from lti_app.lti.models import Registration, ResourceLink
from lti_app.people import queries as people
from lti_app.people import service as people_service
from lti_app.people.models import Person
from lti_app.seed import commands as seeding
from lti_app.web import sessions
from modules.authoring.models import Block, MediaAsset, Module
from modules.learning.models import Enrolment
from tests.journeys import answers, pipette
from tests.support.lms import free_port
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
        headers = {"Cookie": f"{sessions.COOKIE}={self.secret(name)}"} if signed else {}
        if method == "POST":
            more["data"] = {"csrf_token": signed.csrf if signed else ""} | more.get("data", {})
        headers |= more.pop("headers", {})
        return requests.request(
            method, self.url + path, headers=headers, allow_redirects=False, timeout=20, **more
        )

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


@contextmanager
def inhabited(folder: Path) -> Iterator[World]:
    """Serve an application in which everything has happened once."""
    port = free_port()
    url = f"http://localhost:{port}"
    settings = {
        "EXPEDITIE_ENV": "testing",
        "EXPEDITIE_BROKER_URL": "memory://",
        "EXPEDITIE_PUBLIC_URL": url,
        "EXPEDITIE_INSTANCE_PATH": str(folder),
    }
    app = create_app(Settings.from_env(settings, root=folder))
    with app.app_context():
        world = _made(app, url)
        server = make_server("localhost", port, app, threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield world
        finally:
            server.shutdown()
            server.server_close()
            db.session.remove()
            db.engine.dispose()


def _made(app: Flask, url: str) -> World:
    migrate.upgrade()
    seeding.put_all(utcnow())
    make = Make(app)
    for slug in ("mlo-delta", "bionoord", "vectralab"):
        make.organisations[slug] = people.organisation_by_slug(slug)
    link = make.link(MODULE)
    link.scopes = [ags.SCORE]
    link.lineitem_url = "http://127.0.0.1:9/lineitem"
    db.session.commit()
    world = World(app, url, make, link)
    for name, role in (("graduate", "learner"), ("learner", "learner"), ("teacher", "teacher")):
        world.join(name, role)
    administrator = people.members(link.organisation_id, "admin")[0]
    world.signed["admin"] = make.signed("admin", None, administrator, {"locale": "nl"})
    _let_things_happen(world)
    world.settle()
    return world


def _let_things_happen(world: World) -> None:
    """One learner finishes and shares, one is on the way; a message is dead, a deployment waits."""
    world.do("graduate")
    outbox.deliver_due()
    award = db.session.scalars(select(Award)).one()
    world.signed["graduate"].post(f"proof/{award.public_id}/share", {"share": "on"})
    world.do("learner", until="protocol_step")
    steps = [block for block in world.blocks() if block.type == "protocol_step"]
    learner = world.signed["learner"]
    learner.post(f"learn/blocks/{steps[1].id}", {"timer": "start:equilibrate"})
    learner.post(f"learn/blocks/{steps[3].id}", {"reading-water_start": "31,5"})
    quiz = next(block for block in world.blocks() if block.type == "assessment")
    learner.post(f"attempts/start/{quiz.id}")
    db.session.rollback()
    with unit_of_work():
        for message in db.session.scalars(select(outbox.OutboxMessage)):
            message.state, message.error = "dead", "the LMS says no"
        lti.add_deployment(world.link.deployment.registration, "2", "pending", now=utcnow())


def values(world: World) -> dict[str, list[Any]]:
    """Return what may stand in each place of an address; "endpoint.name" before "name"."""
    organisation = world.organisation_id
    administrator = world.signed["admin"].person
    with unit_of_work():
        now = utcnow()
        link = people_service.make_sign_in_link(administrator, organisation, "admin", now=now)
    path = world.signed["learner"].path("new-tab?page=learn")
    handed_over = world.ask(path, "learner", headers={"Accept": "application/json"}).json()
    found: dict[str, list[Any]] = {
        "attempt_id": list(db.session.scalars(select(Attempt.id))),
        "block_id": [block.id for block in world.blocks()],
        "deployment_id": [world.deployment_id],
        "credentials.did_document.slug": ["mlo-delta"],
        "enrolment_id": list(db.session.scalars(select(Enrolment.id))),
        "filename": ["css/base.css"],
        "instance_id": list(db.session.scalars(select(DatasetInstance.id))),
        "message_id": list(db.session.scalars(select(outbox.OutboxMessage.id))),
        "name": ["weighings"],
        "number": list(db.session.scalars(select(StatusList.number))),
        "public_id": list(db.session.scalars(select(Award.public_id))),
        "purpose": list(db.session.scalars(select(StatusList.purpose))),
        "sha256": list(db.session.scalars(select(MediaAsset.file_sha256)))[:1],
        "slug": list(db.session.scalars(select(Module.slug))),
        "token": [link],
        "handover.use.token": [handed_over["url"].rsplit("/", 1)[1]],
        "uid": list(db.session.scalars(select(Registration.uid))),
    }
    db.session.commit()  # an open transaction of ours would keep the server waiting
    return found
