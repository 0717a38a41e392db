"""Answering, as a browser without JavaScript does it."""

import re

import pytest
from sqlalchemy import event, func, select

from assessments.attempts.models import Attempt
from lti_app.core.db import db
from tests.assessments.attempts.course import (
    DATA,
    QUIZ,
    RIGHT_QUIZ,
    SUMS,
    Course,
    Learner,
    document,
    dutch,
    key_of,
    open_course,
    right_sums,
)
from tests.support.make import Make


def test_a_learner_answers_hands_in_and_sees_the_result(learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    page = learner.signed.get(f"attempts/{attempt.id}")
    assert page.status_code == 200
    assert 'data-page="attempts.answer"' in page.text
    answer = learner.hand_in(attempt, RIGHT_QUIZ)
    assert answer.status_code == 303
    result = learner.signed.get(answer.location)
    assert "100 %" in result.text
    assert learner.attempt(attempt.id).score == 1


def test_own_measurements_are_asked_and_marked(learner: Learner) -> None:
    learner.see_data()
    attempt = learner.start(SUMS)
    page = learner.signed.get(f"attempts/{attempt.id}").text
    assert "Massa" in page or "Mass" in page
    assert learner.hand_in(attempt, right_sums(attempt)).status_code == 303
    after = learner.attempt(attempt.id)
    assert (after.score, after.passed) == (1, True)


def test_the_key_is_on_no_page(learner: Learner) -> None:
    attempt = learner.start(SUMS)
    key = key_of(attempt)
    # Rounded it could be one of the printed masses by chance; in full it could not.
    secrets = [str(key["sr_500"]), str(key["mean_100"]), "mean_100", "es_100", "no_z", "correct"]
    for page in (f"attempts/{attempt.id}", f"learn/blocks/{learner.block(SUMS).id}"):
        text = learner.signed.get(page).text
        assert [secret for secret in secrets if secret in text] == []


def test_a_known_mistake_is_explained(learner: Learner) -> None:
    learner.see_data()
    attempt = learner.start(SUMS)
    key = key_of(attempt)
    wrong = {"mean.value": dutch(key["mean_100_no_z"]), "es.value": dutch(key["es_100_no_z"])}
    learner.hand_in(attempt, right_sums(attempt) | wrong)
    page = learner.signed.get(f"attempts/{attempt.id}/result").text
    assert "Is de Z-factor toegepast" in page
    marks = learner.attempt(attempt.id).marks or {}
    assert marks["mean"]["reasons"] == ["misconception"]
    assert marks["es"]["reasons"] == ["follow_through"]


def test_the_measurements_stand_beside_the_questions_and_in_their_own_block(
    learner: Learner,
) -> None:
    attempt = learner.start(SUMS)
    data = f"/attempts/data/{attempt.datasets[DATA]}/weighings.csv"
    assert data in learner.signed.get(f"attempts/{attempt.id}").text
    assert data in learner.signed.get(f"learn/blocks/{learner.block(DATA).id}").text


def test_an_unclear_number_comes_back_with_everything_typed(learner: Learner) -> None:
    learner.see_data()
    attempt = learner.start(SUMS)
    form = right_sums(attempt) | {"mean.value": "99,3,1", "es.value": "1.000"}
    page = learner.follow(learner.hand_in(attempt, form))
    assert page.status_code == 422
    assert 'value="99,3,1"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert page.text.count('href="#mean.value"') == 1
    after = learner.attempt(attempt.id)
    assert after.is_open
    assert after.answers["mean"]["value"] == "99,3,1"
    assert learner.hand_in(attempt, right_sums(attempt)).status_code == 303


def test_the_decimal_sign_of_the_page_counts(learner: Learner) -> None:
    learner.see_data()
    attempt = learner.start(SUMS)
    form = right_sums(attempt) | {"mean.value": "99.312"}
    assert 'href="#mean.value"' in learner.follow(learner.hand_in(attempt, form)).text
    english = learner.signed.post(f"attempts/{attempt.id}/hand-in?lang=en", form)
    assert english.location.endswith("/result")


def test_empty_answers_are_asked_about_once(learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    page = learner.follow(learner.hand_in(attempt, {"pick": "a"}))
    assert page.status_code == 200
    assert len(re.findall(r'#question-(?:steps|pairs)"', page.text)) == 2
    assert learner.attempt(attempt.id).is_open
    assert learner.hand_in(attempt, {"confirmed": "1"}).status_code == 303
    after = learner.attempt(attempt.id)
    assert after.answers["pick"] == {"chosen": ["a"]}
    assert str(after.score) == "0.250000"


def test_the_question_before_handing_in_is_for_what_is_open_and_incomplete(
    learner: Learner,
) -> None:
    learner.see_data()
    attempt = learner.start(SUMS)
    path = f"attempts/{attempt.id}/hand-in"
    assert learner.signed.get(path).status_code == 200
    learner.hand_in(attempt, right_sums(attempt) | {"mean.value": "99,3,1"})
    unclear = learner.signed.get(path)
    learner.hand_in(attempt, right_sums(attempt))
    closed = learner.signed.get(path)
    assert unclear.location.endswith(f"attempts/{attempt.id}")
    assert closed.location.endswith(f"attempts/{attempt.id}/result")


def test_autosave_keeps_everything_word_for_word(learner: Learner) -> None:
    learner.see_data()
    attempt = learner.start(SUMS)
    saved = learner.signed.post(
        f"attempts/{attempt.id}/autosave",
        {"mean.value": "9 9,,", "mean.unit": "µL"},
        headers={"X-Autosave": "1"},
    )
    assert saved.status_code == 200
    assert re.fullmatch(r"\d\d:\d\d", saved.json["saved_at"])
    assert 'value="9 9,,"' in learner.signed.get(f"attempts/{attempt.id}").text


def test_what_is_typed_is_text_on_every_page(learner: Learner) -> None:
    hostile = '"><script>alert(1)</script>'
    attempt = learner.start(SUMS)
    learner.signed.post(f"attempts/{attempt.id}/autosave", {"mean.value": hostile})
    assert "<script>alert" not in learner.signed.get(f"attempts/{attempt.id}").text
    typed = {"mean.value": hostile, "z.value": "1,0032 <b>"}
    refused = learner.follow(learner.hand_in(attempt, typed))
    assert 'aria-invalid="true"' in refused.text
    assert "<script>alert" not in refused.text and "<b>" not in refused.text


def test_a_page_costs_a_fixed_number_of_queries(learner: Learner) -> None:
    attempt = learner.start(SUMS)
    seen: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    learner.signed.get(f"attempts/{attempt.id}")
    shown = len(seen)
    learner.signed.post(f"attempts/{attempt.id}/autosave", {"z.value": "1"})
    event.remove(db.engine, "before_cursor_execute", count)
    assert shown <= 12
    assert len(seen) - shown <= 8


def test_steps_are_moved_without_a_script(learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    page = learner.signed.get(f"attempts/{attempt.id}").text
    shown = re.findall(r'type="hidden" name="steps" value="(e\d)"', page)
    moved = learner.signed.post(
        f"attempts/{attempt.id}", {"steps": shown, "move.steps": f"{shown[2]}:up"}
    )
    assert moved.status_code == 303
    assert moved.location.endswith("#steps")
    page = learner.signed.get(f"attempts/{attempt.id}").text
    assert re.findall(r'type="hidden" name="steps" value="(e\d)"', page) == [
        shown[0],
        shown[2],
        shown[1],
    ]


def test_leaving_saves_and_goes_back_to_the_module(learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    left = learner.signed.post(f"attempts/{attempt.id}", {"pick": "b", "action": "leave"})
    assert "/learn/blocks/" in left.location
    assert learner.attempt(attempt.id).answers["pick"] == {"chosen": ["b"]}
    assert f"/attempts/{attempt.id}" in learner.signed.get(left.location).text


def test_an_attempt_is_handed_in_once(learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    first = learner.hand_in(attempt, RIGHT_QUIZ)
    again = learner.hand_in(attempt, {"pick": "b", "confirmed": "1"})
    late = learner.signed.post(f"attempts/{attempt.id}/autosave", {"pick": "b"})
    assert (first.status_code, again.status_code, late.status_code) == (303, 409, 409)
    assert again.headers["X-Error-Code"] == "attempt_closed"
    assert learner.attempt(attempt.id).answers["pick"] == {"chosen": ["a"]}
    assert learner.signed.get(f"attempts/{attempt.id}").status_code == 303


def test_a_second_start_opens_the_same_attempt(learner: Learner) -> None:
    assert learner.start(QUIZ).id == learner.start(QUIZ).id
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_new_attempt_has_new_measurements(learner: Learner) -> None:
    learner.see_data()
    first = learner.start(SUMS)
    learner.hand_in(first, {"confirmed": "1"})
    page = learner.signed.get(f"attempts/{first.id}/result").text
    assert f"/attempts/start/{learner.block(SUMS).id}" in page
    second = learner.start(SUMS)
    assert second.number == 2
    assert second.datasets != first.datasets
    assert key_of(second) != key_of(first)


def test_the_author_may_keep_the_measurements_and_limit_attempts(make: Make) -> None:
    rules = {"attempts": {"maximum": 2, "fresh_data": False}}
    learner = open_course(make, document(sums=rules)).learner()
    learner.see_data()
    first = learner.start(SUMS)
    learner.hand_in(first, {"confirmed": "1"})
    second = learner.start(SUMS)
    assert second.datasets == first.datasets
    learner.hand_in(second, {"confirmed": "1"})
    refused = learner.signed.post(f"attempts/start/{learner.block(SUMS).id}")
    assert refused.status_code == 409
    assert refused.headers["X-Error-Code"] == "no_attempts_left"
    result = learner.signed.get(f"attempts/{second.id}/result").text
    assert "/attempts/start/" not in result


def test_nobody_else_sees_or_changes_an_attempt(course: Course, learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    other = course.learner("Bo Smit").signed
    teacher = course.teacher()
    stranger = course.make.signed(
        "learner", None, course.make.person(course.make.organisation("elders"))
    )
    for who in (other, teacher, stranger):
        assert who.get(f"attempts/{attempt.id}").status_code in (403, 404)
        for act in ("", "/autosave", "/hand-in"):
            assert who.post(f"attempts/{attempt.id}{act}", {"pick": "b"}).status_code in (403, 404)
    learner.hand_in(attempt, RIGHT_QUIZ)
    assert other.get(f"attempts/{attempt.id}/result").status_code == 403
    assert stranger.get(f"attempts/{attempt.id}/result").status_code == 404
    assert teacher.get(f"attempts/{attempt.id}/result").status_code == 200


def test_measurements_come_as_a_file_for_their_owner(course: Course, learner: Learner) -> None:
    learner.see_data()
    attempt = learner.start(SUMS)
    path = f"attempts/data/{attempt.datasets[DATA]}/weighings.csv"
    file = learner.signed.get(path)
    assert file.status_code == 200
    assert file.mimetype == "text/csv"
    assert len(file.text.strip().splitlines()) == 11
    assert course.learner("Bo Smit").signed.get(path).status_code == 403
    assert learner.signed.get(path.replace("weighings", "key")).status_code == 404


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("attempts/start/999999", {}, 404),
        ("attempts/999999/hand-in", {}, 404),
        ("attempts/2147483647/hand-in", {}, 404),
        ("attempts/{id}/hand-in", {"pick": "a\x00"}, 400),
        ("attempts/{id}/hand-in", {"pairs.l1": "x" * 5000}, 422),
        ("attempts/{id}/hand-in", {"steps": ["e1"] * 40}, 422),
        ("attempts/{id}/autosave", {"pick": "a\x00"}, 400),
        ("attempts/{id}", {"move.steps": "nonsense"}, 303),
        ("attempts/{id}", {"move.<script>": "e1:up"}, 303),
    ],
)
def test_bad_input_is_refused_and_stores_nothing(
    learner: Learner, path: str, form: dict[str, object], status: int
) -> None:
    attempt = learner.start(QUIZ)
    answer = learner.signed.post(path.replace("{id}", str(attempt.id)), form)
    assert answer.status_code == status
    assert learner.attempt(attempt.id).is_open


@pytest.mark.parametrize(
    "form", [{"pick": "zzz"}, {"pick": ["a", "b"]}, {"steps": ["e1", "e1", "e2"]}], ids=str
)
def test_what_cannot_be_marked_comes_back_with_the_reason(
    learner: Learner, form: dict[str, object]
) -> None:
    attempt = learner.start(QUIZ)
    back = learner.follow(learner.hand_in(attempt, form))
    assert back.status_code == 422
    assert "data-error-summary" in back.text
    assert learner.attempt(attempt.id).is_open


def test_a_text_block_cannot_be_attempted(learner: Learner) -> None:
    assert learner.signed.post(f"attempts/start/{learner.block(DATA).id}").status_code == 404


def test_a_form_without_its_token_is_refused(learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    path = learner.signed.path(f"attempts/{attempt.id}/hand-in")
    assert learner.signed.client.post(path, data=RIGHT_QUIZ).status_code == 403


def page_fields(page: str) -> dict[str, str]:
    """What the page says it was made from."""
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]
        for name in ("revision", "writer")
    }


def test_a_stale_save_is_refused_and_the_choice_decides(learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    path = f"attempts/{attempt.id}"
    laptop, phone = (page_fields(learner.signed.get(path).text) for _device in range(2))
    wrong = {name: "" for name in RIGHT_QUIZ}
    assert learner.signed.post(path, RIGHT_QUIZ | phone).status_code == 303
    theirs = learner.attempt(attempt.id).answers

    late = learner.signed.post(f"{path}/autosave", wrong | laptop, headers={"X-Autosave": "1"})
    assert (late.status_code, late.json["code"]) == (409, "answers_changed")
    shown = learner.signed.post(f"{path}/hand-in", wrong | laptop)
    assert shown.status_code == 409
    assert learner.attempt(attempt.id).answers == theirs
    assert learner.attempt(attempt.id).is_open

    choice = wrong | page_fields(shown.text)
    assert learner.signed.post(path, choice | {"action": "theirs"}).status_code == 303
    assert learner.attempt(attempt.id).answers == theirs
    again = page_fields(learner.signed.post(path, wrong | laptop).text)
    assert learner.signed.post(path, wrong | again | {"action": "mine"}).status_code == 303
    assert learner.attempt(attempt.id).answers != theirs


def test_a_page_is_never_in_conflict_with_itself(learner: Learner) -> None:
    attempt = learner.start(QUIZ)
    page = page_fields(learner.signed.get(f"attempts/{attempt.id}").text)
    for form in (RIGHT_QUIZ, {}, RIGHT_QUIZ):  # an answer to the page may be lost on its way
        saved = learner.signed.post(f"attempts/{attempt.id}/autosave", form | page)
        assert saved.status_code == 200
    assert learner.hand_in(attempt, RIGHT_QUIZ | page).status_code == 303


@pytest.mark.parametrize("told", ["yesterday", "2026-11-27T10:00:00", "\ud7ff"])
def test_a_revision_that_is_none_is_refused(learner: Learner, told: str) -> None:
    attempt = learner.start(QUIZ)
    answer = learner.signed.post(f"attempts/{attempt.id}", {"revision": told})
    assert answer.status_code == 422
