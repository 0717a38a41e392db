"""The picker: a teacher decides what a link opens, or what goes to the platform."""

import re

import jwt
from flask import Flask

from lti_app.core.clock import utcnow
from lti_app.core.db import db
from lti_app.lti import tool_keys
from lti_app.lti.models import ResourceLink
from tests.modules.authoring.documents import document, words
from tests.modules.conftest import Library
from tests.support.make import Make


def test_a_teacher_chooses_what_the_link_opens(make: Make, library: Library) -> None:
    library.publish()
    link = make.link(None)
    teacher = make.signed("teacher", link)

    page = teacher.get("picker").text
    chosen = teacher.post("picker", {"module": "proef-module"})

    assert 'value="proef-module"' in page
    assert chosen.status_code == 303
    assert chosen.location.endswith("/learn")
    assert db.session.get_one(ResourceLink, link.id, populate_existing=True).module_ref == (
        "proef-module"
    )
    assert re.search(r'value="proef-module"[^>]* checked', teacher.get("picker").text)


def test_search_in_the_picker(make: Make, library: Library) -> None:
    library.publish()
    library.publish(document(slug="tweede", title=words("Iets over zuren")))
    teacher = make.signed("teacher", make.link(None))

    assert 'value="proef-module"' not in teacher.get("picker?q=zuren").text
    assert 'value="tweede"' in teacher.get("picker?q=zuren").text
    assert teacher.get("picker?q=zebra").status_code == 200


def test_a_choice_that_is_not_on_the_list_is_refused(make: Make, library: Library) -> None:
    library.publish()
    private = library.publish(document(slug="geheim"), organisation="bionoord")
    private.module.visibility = "private"
    db.session.commit()
    link = make.link(None)
    teacher = make.signed("teacher", link)

    for data in ({}, {"module": ""}, {"module": "nope"}, {"module": "geheim"}, {"module": "a\x07"},
                 {"module": "x" * 100}, {"module": "proef-module", "extra": "1"}):  # fmt: skip
        refused = teacher.post("picker", data)
        assert refused.status_code == 422
        assert "data-error-summary" in refused.text
    assert "geheim" not in teacher.get("picker").text
    assert db.session.get_one(ResourceLink, link.id, populate_existing=True).module_ref is None


def test_a_learner_chooses_nothing(make: Make, app: Flask) -> None:
    learner = make.signed("learner", make.link(None))
    assert learner.get("picker").status_code == 403
    assert learner.post("picker", {"module": "x"}).status_code == 403
    assert learner.post("picker/cancel").status_code == 403


def deep_linking(make: Make) -> dict[str, object]:
    tool_keys.ensure(utcnow())
    link = make.link(None)
    return {
        "deployment": link.deployment_id,
        "deep_link_return_url": "http://127.0.0.1:9/return?x=1",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"],
    }


def test_deep_linking_sends_the_choice_to_the_platform(make: Make, library: Library) -> None:
    library.publish()
    teacher = make.signed("teacher", data={"deep_linking": deep_linking(make), "locale": "en"})

    sent = teacher.post("picker", {"module": "proef-module"})

    assert sent.status_code == 200
    assert 'action="http://127.0.0.1:9/return?x=1"' in sent.text
    assert "form-action 'self' http://127.0.0.1:9;" in sent.headers["Content-Security-Policy"]
    token = re.search(r'name="JWT" value="([^"]+)"', sent.text)
    assert token
    claims = jwt.decode(token[1], options={"verify_signature": False})
    (item,) = claims["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]
    assert item["url"].endswith("/m/proef-module")
    assert item["custom"] == {"module_ref": "proef-module"}
    assert item["title"] == "Proefmodule (en)"


def test_deep_linking_can_be_cancelled(make: Make, library: Library) -> None:
    teacher = make.signed("teacher", data={"deep_linking": deep_linking(make)})
    cancelled = teacher.post("picker/cancel")

    assert cancelled.status_code == 200
    assert 'name="JWT"' in cancelled.text
    plain = make.signed("teacher", make.link(None))
    assert plain.post("picker/cancel").status_code == 303
