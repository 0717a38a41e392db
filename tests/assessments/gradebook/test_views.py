"""The teacher's class page."""

import re

from sqlalchemy import event

from lti_app.core.db import db
from tests.assessments.attempts.course import QUIZ, RIGHT_QUIZ, SUMS, Course, right_sums


def test_an_empty_class_says_so(course: Course) -> None:
    page = course.teacher().get("class")
    assert page.status_code == 200
    assert 'data-page="gradebook.class_page"' in page.text
    assert 'data-role="teacher"' in page.text


def test_the_teacher_sees_who_is_where(course: Course) -> None:
    ada, bo = course.learner("Ada Bos"), course.learner("Bo Smit")
    course.make.signed("learner", course.link, course.make.person(name="Cas Vos"))
    ada.see_data()
    ada.hand_in(ada.start(QUIZ), RIGHT_QUIZ)
    sums = ada.start(SUMS)
    ada.hand_in(sums, right_sums(sums))
    bo.start(QUIZ)
    page = course.teacher().get("class").text
    assert page.index("Ada Bos") < page.index("Bo Smit") < page.index("Cas Vos")
    assert page.count("100 %") >= 3
    assert "Juf Jansen" not in page
    link = re.search(rf'href="(/s/[^"]+/class/{ada.enrolment.id})"', page)
    assert link


def test_the_teacher_opens_a_learner_and_an_attempt(course: Course) -> None:
    ada = course.learner("Ada Bos")
    attempt = ada.start(QUIZ)
    ada.hand_in(attempt, RIGHT_QUIZ)
    ada.start(QUIZ)
    teacher = course.teacher()
    page = teacher.get(f"class/{ada.enrolment.id}")
    assert page.status_code == 200
    assert f"/attempts/{attempt.id}/result" in page.text
    result = teacher.get(f"attempts/{attempt.id}/result").text
    assert "Ada Bos" in result
    assert "/attempts/start/" not in result


def test_only_staff_of_this_course_see_it(course: Course) -> None:
    ada = course.learner("Ada Bos")
    enrolment_id = ada.enrolment.id
    assert ada.signed.get("class").status_code == 403
    assert ada.signed.get(f"class/{enrolment_id}").status_code == 403
    elsewhere = course.make.organisation("elders")
    other_link = course.make.link("proef-pipet", elsewhere)
    outsider = course.make.signed("teacher", other_link, course.make.person(elsewhere))
    assert outsider.get(f"class/{enrolment_id}").status_code == 404
    same_school = course.make.link("proef-pipet")
    colleague = course.make.signed("teacher", same_school, course.make.person(name="Meneer Mol"))
    assert colleague.get(f"class/{enrolment_id}").status_code == 403
    assert "Ada Bos" not in colleague.get("class").text
    loose = course.make.signed("teacher", None, course.make.person(name="Los"))
    assert loose.get("class").status_code == 403
    assert course.teacher().get("class/999999").status_code == 404


def test_a_bigger_class_costs_no_more_queries(course: Course) -> None:
    def queries() -> int:
        seen: list[str] = []

        def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        assert teacher.get("class").status_code == 200
        event.remove(db.engine, "before_cursor_execute", count)
        return len(seen)

    teacher = course.teacher()
    course.learner("Ada Bos")
    few = queries()
    for number in range(8):
        one = course.learner(f"Leerling {number}")
        one.hand_in(one.start(QUIZ), RIGHT_QUIZ)
    assert queries() <= few + 1 <= 22


def test_a_long_class_is_cut_into_pages(course: Course) -> None:
    for number in range(51):
        course.make.signed("learner", course.link, course.make.person(name=f"Leerling {number:02}"))
    teacher = course.teacher()
    first, second = teacher.get("class").text, teacher.get("class?page=2").text
    assert "Leerling 00" in first and "Leerling 50" not in first
    assert "Leerling 50" in second
    assert teacher.get("class?page=999").status_code == 200
    assert teacher.get("class?page=x").status_code == 200
