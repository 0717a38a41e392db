"""The learner's way through a module, over HTTP."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import event, func, select

from lti_app.core.clock import utcnow
from lti_app.core.db import db
from modules.authoring import service as authoring
from modules.authoring.models import ModuleVersion
from modules.learning import panels, service
from modules.learning.models import BlockProgress, Enrolment
from tests.modules.authoring.documents import document, words
from tests.modules.conftest import Library
from tests.modules.learning.learners import Learner, primary_buttons
from tests.support.make import Make


@pytest.fixture
def version(library: Library) -> ModuleVersion:
    return library.publish()


@pytest.fixture
def learner(make: Make, version: ModuleVersion) -> Learner:
    return Learner(make, version)


@pytest.fixture
def begun(learner: Learner) -> Learner:
    learner.post("/start")
    return learner


def test_the_first_page_has_one_button_and_records_nothing(learner: Learner) -> None:
    page = learner.get()

    assert page.status_code == 200
    assert primary_buttons(page.text) == ["Start"]
    assert 'data-page="learning.overview" data-role="learner"' in page.text
    assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 0


def test_start_leads_to_the_first_block_and_counts_once(learner: Learner) -> None:
    first = learner.post("/start")
    again = learner.post("/start")

    assert first.status_code == again.status_code == 303
    assert first.location.endswith(learner.block("text"))
    assert learner.enrolment.completed_at is None


def test_the_overview_names_the_next_thing_and_the_minutes_left(begun: Learner) -> None:
    before = begun.get().text
    begun.finish("text")
    after = begun.get().text

    assert "1 uur 5 minuten" in before or "1 hour 5 minutes" in before
    assert "Begin" in before
    assert primary_buttons(after) in (["Verder"], ["Continue"])
    assert begun.progress("text").done_at is not None


def test_a_text_block_shows_formula_and_picture(begun: Learner) -> None:
    page = begun.get(begun.block("text")).text

    assert "<math" in page
    assert 'alt="Een grafiek"' in page
    assert len(primary_buttons(page)) == 1
    assert "style=" not in page.replace("stylesheet", "")


def test_there_is_one_way_forward_and_a_quiet_way_past(begun: Learner) -> None:
    before = begun.get(begun.block("text")).text
    begun.finish("text")
    after = begun.get(begun.block("text")).text

    assert len(primary_buttons(before)) == len(primary_buttons(after)) == 1
    assert '<a class="link-target" rel="next"' in before
    assert 'rel="next"' not in after


def test_a_section_without_required_steps_is_optional_and_not_counted(
    make: Make, library: Library
) -> None:
    content = document()
    for block in content["sections"][1]["blocks"]:
        block["required"] = False
    learner = Learner(make, library.publish(content))
    offered = learner.signed.get("learn?lang=en").text
    learner.post("/start")
    overview = learner.signed.get("learn?lang=en").text
    learner.finish("hazards", {"confirm": "1"})
    step = learner.signed.get(f"learn{learner.block('protocol_step')}?lang=en").text

    assert "of which 1 hour optional" in offered
    assert re.search(r"Doen \(en\) \(optional, 1 hour\)", overview)
    assert "still 30 minutes" in overview
    assert "About 10 minutes. You may skip this step" in step
    assert "<progress" not in step


def test_a_step_that_is_called_like_its_section_says_its_name_once(begun: Learner) -> None:
    section = begun.enrolment.module_version.sections[0].title
    page = begun.signed.get(f"learn{begun.block('hazards')}?lang=en").text

    assert f"<h1>{section['en']}</h1>" in page
    assert re.search(r'<p class="eyebrow">Step 2 of \d+</p>', page)


def test_a_step_stays_locked_until_the_hazards_are_confirmed(begun: Learner) -> None:
    locked = begun.get(begun.block("protocol_step"))
    refused = begun.post(begun.block("protocol_step"), {"reading-temp": "21"})
    unconfirmed = begun.finish("hazards")
    confirmed = begun.finish("hazards", {"confirm": "1"})
    opened = begun.get(begun.block("protocol_step")).text

    assert locked.status_code == 200
    assert "reading-temp" not in locked.text
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (409, "block_locked")
    assert unconfirmed.status_code == 422
    assert confirmed.status_code == 303
    assert 'name="reading-temp"' in opened


@pytest.fixture
def at_bench(begun: Learner) -> Learner:
    begun.finish("hazards", {"confirm": "1"})
    return begun


def test_autosave_keeps_what_is_typed_and_says_when(at_bench: Learner) -> None:
    at = at_bench.block("protocol_step")
    saved = at_bench.post(at, {"reading-temp": "21,"}, headers={"X-Autosave": "1"})

    assert saved.status_code == 200
    assert set(saved.json) >= {"saved_at"}
    assert at_bench.progress("protocol_step").state["readings"] == {"temp": "21,"}
    assert 'value="21,"' in at_bench.get(at).text


def test_autosave_of_rubbish_is_refused_in_json(at_bench: Learner) -> None:
    at = at_bench.block("protocol_step")
    refused = at_bench.post(at, {"reading-temp": "9" * 50}, headers={"X-Autosave": "1"})

    assert refused.status_code == 422
    assert "reading-temp" in refused.json["errors"]


def test_a_timer_survives_a_reload(at_bench: Learner) -> None:
    at = at_bench.block("protocol_step")
    pressed = at_bench.post(at, {"timer": "start:t1", "reading-temp": "20"})
    page = at_bench.get(at).text
    at_bench.post(at, {"timer": "stop:t1", "reading-temp": "20"})

    assert pressed.status_code == 303
    assert 'data-state="running"' in page
    assert 'value="20"' in page
    run = at_bench.progress("protocol_step").state["timers"]["t1"]
    assert run["started_at"] and run["stopped_at"]
    assert at_bench.post(at, {"timer": "start:zz"}).status_code == 422


def test_a_step_without_its_reading_is_not_done_but_keeps_what_was_typed(
    at_bench: Learner,
) -> None:
    empty = at_bench.finish("protocol_step")
    wrong = at_bench.finish("protocol_step", {"reading-temp": "warm"})

    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert 'value="warm"' in wrong.text
    assert 'href="#reading-temp"' in wrong.text
    assert at_bench.progress("protocol_step").done_at is None
    assert at_bench.progress("protocol_step").state["readings"] == {"temp": "warm"}


def test_a_value_beyond_the_limits_is_kept_and_said_on_the_next_page(at_bench: Learner) -> None:
    done = at_bench.finish("protocol_step", {"reading-temp": "35"})

    assert done.status_code == 303
    following = at_bench.signed.client.get(done.location)
    assert "35 °C" in following.text
    assert at_bench.progress("protocol_step").done_at is not None


def test_a_finished_step_is_corrected_with_a_reason(at_bench: Learner) -> None:
    at = at_bench.block("protocol_step")
    at_bench.finish("protocol_step", {"reading-temp": "21"})

    silent = at_bench.post(at, {"reading-temp": "22"})
    corrected = at_bench.post(at, {"reading-temp": "22", "reason": "verkeerd afgelezen"})

    assert silent.status_code == 422
    assert corrected.status_code == 303
    page = at_bench.get(at).text
    assert "<del>21</del>" in page and "verkeerd afgelezen" in page


def test_a_graded_block_is_not_done_by_a_button(at_bench: Learner) -> None:
    refused = at_bench.finish("exam")
    page = at_bench.get(at_bench.block("exam")).text

    assert (refused.status_code, refused.headers["X-Error-Code"]) == (409, "finishes_by_result")
    assert primary_buttons(page) == []


def test_an_unknown_block_says_so_and_is_not_in_the_way(at_bench: Learner, app: Flask) -> None:
    at_bench.finish("text")
    at_bench.finish("protocol_step", {"reading-temp": "21"})
    page = at_bench.get(at_bench.block("future_thing"))
    enrolment = at_bench.enrolment
    service.complete_block(
        enrolment,
        next(block for block in enrolment.module_version.blocks if block.type == "exam"),
        utcnow(),
    )
    db.session.commit()

    assert page.status_code == 200
    assert at_bench.finish("future_thing").status_code == 303
    assert at_bench.enrolment.completed_at is not None


def complete(learner: Learner) -> None:
    learner.finish("text")
    learner.finish("hazards", {"confirm": "1"})
    learner.finish("protocol_step", {"reading-temp": "21"})
    enrolment = learner.enrolment
    exam = next(block for block in enrolment.module_version.blocks if block.type == "exam")
    service.complete_block(enrolment, exam, utcnow())
    db.session.commit()


def test_a_completed_module_says_so_and_shows_the_panels(begun: Learner) -> None:
    panels.configure([lambda enrolment, language: Markup("<p>Bewijs {}</p>").format(language),
                      lambda enrolment, language: Markup("")])  # fmt: skip
    try:
        complete(begun)
        page = begun.get().text
    finally:
        panels.configure([])

    assert "Bewijs nl" in page
    assert primary_buttons(page) == []
    assert begun.get(begun.block("protocol_step")).status_code == 200


def test_a_learner_stays_on_the_version_that_was_begun(begun: Learner, library: Library) -> None:
    library.publish(document(version="2.0.0", title=words("Heel anders")))

    assert "Heel anders" not in begun.get().text
    begun.post("/start")
    assert begun.enrolment.module_version.version == "1.0.0"

    authoring.retire_version(begun.enrolment.module_version, actor_id=None, now=utcnow())
    db.session.commit()
    assert begun.get().status_code == 200


def test_another_learner_sees_and_touches_nothing_of_mine(
    at_bench: Learner, make: Make, version: ModuleVersion
) -> None:
    at = at_bench.block("protocol_step")
    at_bench.post(at, {"reading-temp": "21,5"})
    other = Learner(make, version, at_bench.link, make.person(name="Bo Vos"))

    assert other.post(at, {"reading-temp": "99"}).status_code == 404
    assert "21,5" not in other.get(at).text
    other.post("/start")
    assert "21,5" not in other.get(at).text
    assert at_bench.progress("protocol_step").state["readings"] == {"temp": "21,5"}


def test_blocks_of_other_versions_and_wild_numbers_are_not_there(
    begun: Learner, library: Library
) -> None:
    other = library.publish(document(slug="andere-module"))
    foreign = other.blocks[0].id

    for path in (f"/blocks/{foreign}", "/blocks/0", "/blocks/2147483647"):
        assert begun.get(path).status_code == 404
        assert begun.post(path).status_code in (404, 405)
        assert begun.post(f"{path}/done").status_code in (404, 405)


def test_a_teacher_looks_along_without_leaving_a_trace(
    make: Make, version: ModuleVersion, learner: Learner
) -> None:
    teacher = make.signed("teacher", learner.link)

    overview = teacher.get("learn?lang=nl").text
    step = teacher.get(f"learn{learner.block('protocol_step')}?lang=nl").text
    answers = [
        teacher.post(f"learn{path}", {"reading-temp": "1"})
        for path in ("/start", learner.block("protocol_step"), learner.block("text") + "/done")
    ]

    assert "Preview" in overview or "voorbeeld" in overview.lower()
    assert "Meet." in step and "<form" not in step.split("<main")[1].split("</main")[0]
    assert {answer.status_code for answer in answers} == {403}
    assert db.session.scalar(select(func.count()).select_from(BlockProgress)) == 0


def test_without_a_module_a_learner_waits_and_a_teacher_chooses(make: Make, app: Flask) -> None:
    link = make.link(None)
    learner, teacher = make.signed("learner", link), make.signed("teacher", link)

    assert learner.get("learn").location.endswith("/learn/not-ready")
    assert learner.get("learn/not-ready").status_code == 200
    assert teacher.get("learn").location.endswith("/picker")
    assert learner.post("learn/start").status_code == 303
    assert learner.get("learn/print").status_code == 303


def test_the_bench_sheet_has_boxes_lines_and_signatures(begun: Learner) -> None:
    page = begun.get("/print").text

    assert "Meet de temperatuur" in page
    assert page.count("tick-box") >= 2
    assert page.count("write-line__line") >= 3
    assert page.count('class="signature"') == 2


@pytest.mark.parametrize("path", ["", "/print", "/not-ready", "/blocks/1"])
def test_without_a_session_nothing_opens(app: Flask, path: str) -> None:
    refused = app.test_client().get(f"/s/nope/learn{path}")
    assert refused.status_code == 401


def test_a_form_without_its_token_changes_nothing(begun: Learner) -> None:
    path = begun.signed.path(f"learn{begun.block('text')}/done")
    assert begun.signed.client.post(path).status_code == 403


def test_pages_take_few_queries(begun: Learner, app: Flask) -> None:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        begun.get()
        overview = len(seen)
        begun.get(begun.block("text"))
        block = len(seen) - overview
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert overview <= 13, "\n".join(seen)
    assert block <= 13


def test_enrolling_without_a_course_happens_once(make: Make, version: ModuleVersion) -> None:
    person = make.person()
    now = utcnow()
    first = service.enrol(person.id, version, None, person.organisation_id, now)
    again = service.enrol(
        person.id, version, None, person.organisation_id, now + timedelta(hours=1)
    )
    assert first.id == again.id
