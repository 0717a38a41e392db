"""From a form to answers, and what is wrong with them or missing."""

from collections.abc import Mapping
from typing import Any

from assessments.attempts.assessment import Assessment
from assessments.items.quantity import DECIMAL_SIGNS
from assessments.items.registry import ITEM_TYPES, Answer, Form, Item, Problems
from lti_app.core.errors import Invalid
from lti_app.core.schema import load

Answers = Mapping[str, Answer]


def seed_of(attempt_id: int, item: Item) -> str:
    """In which order entries are shown: the same during one attempt."""
    return f"{attempt_id}:{item.id}"


def read(assessment: Assessment, form: Form, attempt_id: int) -> dict[str, Any]:
    """What was filled in, word for word; Invalid for what cannot be stored at all."""
    answers: dict[str, Any] = {}
    refused: Problems = {}
    for item in assessment.items:
        kind = ITEM_TYPES.get(item.type)
        try:
            given = kind.read(item, form, seed_of(attempt_id, item))
            answers[item.id] = load(kind.answer_schema, given)
        except Invalid as error:
            refused |= {f"{item.id}.{name}": said for name, said in error.fields.items()}
    if refused:
        raise Invalid(fields=refused)
    return answers


def problems(assessment: Assessment, answers: Answers, language: str) -> Problems:
    """What cannot be marked, by form field."""
    found: Problems = {}
    for item in assessment.items:
        answer = answers.get(item.id, {})
        kind = ITEM_TYPES.get(item.type)
        found |= kind.problems(item, answer, DECIMAL_SIGNS.get(language, ","))
    return found


def missing(assessment: Assessment, answers: Answers) -> list[Item]:
    """The questions that are not (wholly) answered."""
    return [
        item
        for item in assessment.items
        if ITEM_TYPES.get(item.type).is_empty(item, answers.get(item.id, {}))
    ]
