"""Assessments and data sets inside a module page."""

from typing import Any

import pytest
from flask import Flask
from marshmallow import ValidationError

from assessments.block import AssessmentBlock, DatasetBlock
from assessments.datasets.models import DatasetInstance
from lti_app.core.db import db
from modules.blocks.registry import references
from tests.assessments.attempts.course import (
    DATA,
    QUIZ,
    RIGHT_QUIZ,
    SUMS,
    Course,
    Learner,
    document,
    open_course,
)
from tests.support.make import Make


def page(learner: Learner, uuid: str) -> str:
    answer = learner.signed.get(f"learn/blocks/{learner.block(uuid).id}")
    assert answer.status_code == 200
    text: str = answer.text
    return text


def test_the_block_offers_what_can_be_done_now(learner: Learner) -> None:
    block_id = learner.block(QUIZ).id
    assert f"/attempts/start/{block_id}" in page(learner, QUIZ)
    attempt = learner.start(QUIZ)
    going = page(learner, QUIZ)
    assert f'/attempts/{attempt.id}"' in going and "/attempts/start/" not in going
    learner.hand_in(attempt, RIGHT_QUIZ | {"pick": "b"})
    after = page(learner, QUIZ)
    assert "75 %" in after
    assert f"/attempts/{attempt.id}/result" in after and f"/attempts/start/{block_id}" in after


def test_a_used_up_maximum_is_said(make: Make) -> None:
    learner = open_course(make, document(quiz={"attempts": {"maximum": 1}})).learner()
    learner.hand_in(learner.start(QUIZ), {"confirmed": "1"})
    assert "/attempts/start/" not in page(learner, QUIZ)


def test_the_measurements_stay_the_same_and_are_ones_own(course: Course, learner: Learner) -> None:
    first, again = page(learner, DATA), page(learner, DATA)
    other = page(course.learner("Bo Smit"), DATA)
    made = db.session.query(DatasetInstance).order_by(DatasetInstance.id).all()
    assert len(made) == 2
    # One mass may be the same by chance; ten are not.
    masses = [row[1].replace(".", ",") for row in made[0].tables["tables"][2]["rows"]]
    assert first.count(">") == again.count(">")
    assert all(mass in first and mass in again for mass in masses)
    assert not all(mass in other for mass in masses)


def test_a_teacher_sees_a_preview_that_keeps_nothing(course: Course) -> None:
    teacher = course.teacher()
    blocks = {block.uuid: block.id for block in course.version.blocks}
    for uuid in (QUIZ, SUMS):
        shown = teacher.get(f"learn/blocks/{blocks[uuid]}").text
        assert "<fieldset" in shown and "disabled" in shown
        assert "/attempts/start/" not in shown
    assert "/attempts/data/" not in teacher.get(f"learn/blocks/{blocks[DATA]}").text
    assert db.session.query(DatasetInstance).count() == 0


def test_a_block_is_done_when_it_was_ticked_off(app: Flask) -> None:
    for kind in (AssessmentBlock(), DatasetBlock()):
        assert not kind.is_done({}, {})
        assert kind.is_done({}, {"done_at": "2026-11-21T10:00:00+00:00"})


def test_questions_about_data_name_their_data_set(app: Flask) -> None:
    (found,) = references(AssessmentBlock(), {"dataset": DATA})
    assert (found.path, found.block, found.must_precede) == ("dataset", DATA, True)
    assert list(references(AssessmentBlock(), {"dataset": None})) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"generator": "dice"},
        {"generator": "pipette_gravimetric", "parameters": {"n": 1}},
        {"generator": "pipette_gravimetric", "parameters": []},
        {"generator": "pipette_gravimetric", "intro": "kaal"},
        {"generator": "pipette_gravimetric", "seed": 1},
    ],
)
def test_a_data_set_that_cannot_be_made_is_refused(app: Flask, body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DatasetBlock().schema().load(body)
