"""An administrator sees what was not delivered and mends it, in the own organisation only."""

from flask import Flask

from lti_app.core import outbox
from lti_app.core.clock import utcnow
from lti_app.core.db import db, unit_of_work
from lti_app.lti import service
from lti_app.lti.models import Deployment
from tests.support.make import Make


def _dead_letter(organisation_id: int) -> outbox.OutboxMessage:
    with unit_of_work():
        outbox.post(
            "ags.score", key="1:1", payload={}, now=utcnow(), organisation_id=organisation_id
        )
        message = db.session.query(outbox.OutboxMessage).one()
        message.state, message.error, message.attempts = "dead", "422 course is closed", 3
    return message


def test_a_dead_letter_is_shown_with_its_cause_and_can_be_sent_again(
    app: Flask, make: Make
) -> None:
    admin = make.signed("admin")
    message = _dead_letter(admin.person.organisation_id)
    assert "422 course is closed" in admin.get("admin/").text
    assert admin.post(f"admin/messages/{message.id}/resend").status_code == 303
    db.session.expire_all()
    assert (message.state, message.attempts) == ("pending", 0)


def test_another_organisations_letters_are_not_there(app: Flask, make: Make) -> None:
    message = _dead_letter(make.organisation("bionoord", "company").id)
    admin = make.signed("admin")
    assert "422" not in admin.get("admin/").text
    assert admin.post(f"admin/messages/{message.id}/resend").status_code == 404


def test_a_waiting_deployment_is_approved_with_one_click(make: Make) -> None:
    registration = make.registration()
    with unit_of_work():
        waiting = service.add_deployment(registration, "77", "pending", now=utcnow())
    admin = make.signed("admin")
    assert "77" in admin.get("admin/").text
    assert admin.post(f"admin/deployments/{waiting.id}/approve").status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Deployment, waiting.id).state == "active"


def test_a_deployment_of_another_organisation_cannot_be_approved(make: Make) -> None:
    registration = make.registration(make.organisation("bionoord", "company"))
    with unit_of_work():
        waiting = service.add_deployment(registration, "77", "pending", now=utcnow())
    assert make.signed("admin").post(f"admin/deployments/{waiting.id}/approve").status_code == 404
