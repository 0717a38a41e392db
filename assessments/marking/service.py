"""Marking a handed-in attempt."""

from collections.abc import Mapping
from decimal import Decimal

from assessments.attempts import service as attempts
from assessments.attempts.assessment import Assessment, assessment_from
from assessments.attempts.models import Attempt
from assessments.datasets import queries as datasets
from assessments.datasets.registry import GENERATORS
from assessments.items.mark import to_json
from assessments.items.registry import Key
from assessments.marking import automatic


def mark(attempt: Attempt) -> None:
    """Mark every question from the stored answers and the stored data set, and keep the marks."""
    assessment = assessment_from(attempt.block.body)
    sheet = automatic.mark(assessment, attempt.answers, _key(attempt, assessment))
    marks = {item: to_json(one) for item, one in sheet.marks.items()}
    attempts.keep_marks(attempt, marks, sheet.score, sheet.passed)


def _key(attempt: Attempt, assessment: Assessment) -> Key:
    if assessment.dataset is None:
        return Key()
    data = datasets.instance(attempt.datasets[assessment.dataset], attempt.organisation_id)
    generator = GENERATORS.get(data.generator)

    def recompute(name: str, replaced: Mapping[str, Decimal]) -> Decimal | None:
        return generator.recompute(data.tables, data.parameters, name, replaced)

    return Key(datasets.key(data), recompute)
