"""The whole module, done by a learner who knows everything."""

from decimal import Decimal

from tests.journeys import answers, pipette
from tests.journeys.student import Student


def do_everything(
    student: Student, knowledge: str = "Kennistoets", lab: str = "Reken en besluit"
) -> list[Decimal]:
    """Do every block and answer every question right; return the scores of both assessments."""
    student.begin()
    assert student.do_blocks(until=knowledge)
    student.start_attempt()
    student.answer_all(answers.knowledge(student.comma))
    scores = [student.hand_in()]
    student.after_result()
    assert len(student.do_blocks(until=lab)) > 10
    student.start_attempt()
    student.answer_all(pipette.right(student.measured(), student.comma))
    scores.append(student.hand_in())
    student.after_result()
    student.press()
    student.is_on("learning.overview")
    return scores
