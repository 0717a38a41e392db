"""Makes the world of the walks: an application, served, in which everything has happened once."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
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
from lti_app.lti.models import Registration
from lti_app.people import queries as people
from lti_app.people import service as people_service
from lti_app.seed import commands as seeding
from lti_app.web import phone
from modules.authoring.models import MediaAsset, Module
from modules.learning.models import Enrolment
from tests.journeys.world import MODULE, World
from tests.support.lms import free_port
from tests.support.make import Make


@contextmanager
def inhabited(folder: Path, more: Mapping[str, str] | None = None) -> Iterator[World]:
    """Serve an application in which everything has happened once; `more` adds settings."""
    port = free_port()
    url = f"http://localhost:{port}"
    settings = {
        "EXPEDITIE_ENV": "testing",
        "EXPEDITIE_BROKER_URL": "memory://",
        "EXPEDITIE_PUBLIC_URL": url,
        "EXPEDITIE_INSTANCE_PATH": str(folder),
    }
    app = create_app(Settings.from_env(settings | dict(more or {}), root=folder))
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
    world.join("neighbour", "learner")
    elsewhere = make.link(MODULE)
    world.join("visitor", "teacher", link=elsewhere)
    company = make.organisation("vectralab")
    world.join("stranger", "learner", make.person(company), link=make.link(MODULE, company))
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
    ref, waiting = _phone_ref(world), phone_waits(world)
    token = _phone_token(world, ref)
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
        "person_id": [world.signed["learner"].person.id],
        "public_id": list(db.session.scalars(select(Award.public_id))),
        "purpose": list(db.session.scalars(select(StatusList.purpose))),
        "sha256": list(db.session.scalars(select(MediaAsset.file_sha256)))[:1],
        "slug": list(db.session.scalars(select(Module.slug))),
        "token": [link],
        "handover.use.token": [handed_over["url"].rsplit("/", 1)[1]],
        "ref": [ref],
        "phone.wait.ref": [waiting],
        "phone.claim.token": [token],
        "uid": list(db.session.scalars(select(Registration.uid))),
    }
    db.session.commit()  # an open transaction of ours would keep the server waiting
    return found


def phone_waits(world: World) -> str:
    """Let a phone open the learner's code; return the reference. It waits two minutes at most."""
    ref = _phone_ref(world)
    claimed = world.ask(f"/phone/{_phone_token(world, ref)}")
    world.phone = claimed.cookies[phone.COOKIE]
    return ref


def _phone_ref(world: World) -> str:
    asked = world.ask(world.signed["learner"].path("phone?page=learn"), "learner")
    return asked.headers["Location"].rsplit("/", 1)[1]


def _phone_token(world: World, ref: str) -> str:
    page = world.ask(world.signed["learner"].path(f"phone/{ref}"), "learner").text
    found = re.search(r"/phone/([0-9a-f]{32})<", page)
    assert found, page
    return found[1]
