"""Marking by comparing with the key; pure, and the same every time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from assessments.attempts.assessment import Assessment
from assessments.items.mark import NOTHING, Mark, rounded
from assessments.items.registry import ITEM_TYPES, Answer, Key, Typed


@dataclass(frozen=True)
class Sheet:
    """A marked attempt: a mark per question, and what they add up to."""

    marks: Mapping[str, Mark]
    score: Decimal
    """A fraction of the points."""
    passed: bool


def mark(assessment: Assessment, answers: Mapping[str, Answer], key: Key) -> Sheet:
    """The marks of all questions, with the learner's own numbers to calculate on from."""
    own = replace(key, earlier=_typed(assessment, answers))
    marks = {
        item.id: ITEM_TYPES.get(item.type).mark(item, answers.get(item.id, {}), own)
        for item in assessment.items
    }
    earned = sum((item.points * marks[item.id].score for item in assessment.items), NOTHING)
    score = rounded(earned / assessment.points)
    return Sheet(marks, score, score >= assessment.pass_mark)


def _typed(assessment: Assessment, answers: Mapping[str, Answer]) -> Mapping[str, Typed]:
    found: dict[str, Typed] = {}
    for item in assessment.items:
        found |= ITEM_TYPES.get(item.type).typed(item, answers.get(item.id, {}))
    return found
