"""An attempt as a page shows it: questions to answer, or answers with their marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Any

from flask_babel import LazyString
from markupsafe import Markup

from assessments.attempts import answers as given
from assessments.attempts import text
from assessments.attempts.assessment import Assessment
from assessments.attempts.models import Attempt
from assessments.datasets import queries as datasets
from assessments.datasets.printing import PrintedTable
from assessments.items import reasons
from assessments.items.mark import Mark, from_json
from assessments.items.registry import ITEM_TYPES, Item, Line
from lti_app.core.localized import LocalizedText


@dataclass(frozen=True)
class Question:
    """One question on the answer page."""

    number: int
    item: Item
    lead: Markup
    ask: Markup
    template: str
    view: Mapping[str, Any]
    errors: Mapping[str, str]
    """Form field -> what is wrong with it."""


@dataclass(frozen=True)
class Reviewed:
    """One question on the result page."""

    number: int
    item: Item
    prompt: Markup
    lines: Sequence[tuple[Line, Mark | None]]
    mark: Mark
    earned: Decimal


@dataclass(frozen=True)
class DataView:
    """The data set of an attempt."""

    id: int
    tables: Sequence[PrintedTable]


@dataclass(frozen=True)
class Filled:
    """What was typed so far, and what is wrong with it; nothing in a preview."""

    attempt_id: int = 0
    answers: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)


NOTHING_FILLED = Filled()


def questions(
    assessment: Assessment, md: text.Writer, filled: Filled = NOTHING_FILLED
) -> list[Question]:
    """The questions with what was typed so far."""
    return [_question(number, item, filled, md) for number, item in enumerate(assessment.items, 1)]


def _question(number: int, item: Item, filled: Filled, md: text.Writer) -> Question:
    kind = ITEM_TYPES.get(item.type)
    ask, lead = text.ask_and_lead(item.prompt)
    answer = filled.answers.get(item.id, {})
    return Question(
        number=number,
        item=item,
        lead=md(lead) if lead else Markup(""),
        ask=md(ask, inline=True) if ask else Markup(""),
        template=kind.template,
        view=kind.view(item, answer, given.seed_of(filled.attempt_id, item)),
        errors=_own_errors(item, filled.problems),
    )


def _own_errors(item: Item, problems: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {
        name: " ".join(said)
        for name, said in problems.items()
        if name == item.id or name.startswith(f"{item.id}.")
    }


def reviewed(attempt: Attempt, assessment: Assessment, md: text.Writer) -> list[Reviewed]:
    """The questions with the given answers and their marks."""
    marks = attempt.marks or {}
    return [
        _reviewed(number, item, attempt.answers.get(item.id, {}), from_json(marks[item.id]), md)
        for number, item in enumerate(assessment.items, 1)
        if item.id in marks
    ]


def _reviewed(
    number: int, item: Item, answer: Mapping[str, Any], mark: Mark, md: text.Writer
) -> Reviewed:
    lines = ITEM_TYPES.get(item.type).lines(item, answer)
    return Reviewed(
        number=number,
        item=item,
        prompt=md(item.prompt),
        lines=[(line, mark.cells.get(line.place)) for line in lines],
        mark=mark,
        earned=(item.points * mark.score).quantize(Decimal("0.01")).normalize(),
    )


@dataclass(frozen=True)
class Difference:
    """One question that was answered differently in two places."""

    number: int
    item: Item
    mine: Sequence[Line]
    theirs: Sequence[Line]


def differences(
    assessment: Assessment, mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> list[Difference]:
    """The questions whose answers differ."""
    found = []
    for number, item in enumerate(assessment.items, 1):
        ours, others = mine.get(item.id, {}), theirs.get(item.id, {})
        if ours != others:
            lines = ITEM_TYPES.get(item.type).lines
            found.append(Difference(number, item, lines(item, ours), lines(item, others)))
    return found


def data_views(attempt: Attempt, language: str) -> list[DataView]:
    """The learner's own data of this attempt."""
    found = [
        datasets.instance(instance_id, attempt.organisation_id)
        for instance_id in attempt.datasets.values()
    ]
    return [DataView(data.id, datasets.printed(data, language)) for data in found]


def percent(fraction: Decimal) -> int:
    """Whole per cents, rounded down: what shows 70 is 70."""
    return int((fraction * 100).to_integral_value(ROUND_DOWN))


def sentences(mark: Mark) -> list[LazyString]:
    """Why a mark is what it is, in words."""
    return [reasons.TEXTS[reason] for reason in dict.fromkeys(mark.reasons)]


def part_names() -> Mapping[str, LazyString]:
    """What the parts of a mark are called."""
    return reasons.PARTS


def title_of(attempt: Attempt) -> LocalizedText:
    """What the assessment is called."""
    return attempt.block.title or attempt.block.section.title
