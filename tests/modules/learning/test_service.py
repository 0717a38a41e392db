"""Finishing blocks, when several things happen at once."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from lti_app.core import events
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from modules.authoring.models import Block
from modules.learning import service
from modules.learning.events import BlockDone, ModuleCompleted
from modules.learning.models import Enrolment
from tests.modules.conftest import Library
from tests.support.make import Make


def test_the_last_two_blocks_at_once_complete_the_module_once(
    app: Flask, make: Make, library: Library
) -> None:
    version = library.publish()
    person = make.person()
    enrolment = service.enrol(person.id, version, None, person.organisation_id, utcnow())
    required = [block.id for block in version.blocks if block.required]
    for block_id in required[:-2]:
        service.complete_block(enrolment, db.session.get_one(Block, block_id), utcnow())
    db.session.commit()
    enrolment_id = enrolment.id
    db.session.remove()
    told: list[object] = []
    before = events._subscriptions
    events.configure({ModuleCompleted: (told.append,), BlockDone: (told.append,)})

    def finish(block_id: int) -> None:
        with app.app_context(), unit_of_work():
            mine = db.session.get_one(Enrolment, enrolment_id)
            service.complete_block(mine, db.session.get_one(Block, block_id), utcnow())

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(finish, required[-2:] * 2))
    finally:
        events.configure(before)

    assert sorted(type(event).__name__ for event in told) == [
        "BlockDone", "BlockDone", "ModuleCompleted"
    ]  # fmt: skip
    assert db.session.get_one(Enrolment, enrolment_id).completed_at is not None
