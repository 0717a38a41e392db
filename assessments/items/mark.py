"""What marking says about one answer: a fraction, its parts, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lti_app.core.localized import LocalizedText

NOTHING = Decimal(0)
ALL = Decimal(1)
_STORED = Decimal("0.000001")


@dataclass(frozen=True)
class Part:
    """One thing that is judged by itself: ``value``, ``unit``, ``digits`` or ``answer``."""

    label: str
    score: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class Mark:
    """The mark of one answer; ``score`` is a fraction of the item's points."""

    score: Decimal
    parts: tuple[Part, ...] = ()
    feedback: tuple[LocalizedText, ...] = ()
    reasons: tuple[str, ...] = ()
    """Keys of ``reasons.TEXTS``."""
    cells: Mapping[str, "Mark"] = field(default_factory=dict)
    """For a table: the mark of every cell, by ``row:column``."""

    @property
    def is_full(self) -> bool:
        """Whether nothing is missing."""
        return self.score == ALL


def whole(score: Decimal, reason: str, feedback: Sequence[LocalizedText] = ()) -> Mark:
    """A mark that has one part."""
    return Mark(score, (Part("answer", score, ALL),), tuple(feedback), (reason,))


def graded(score: Decimal, feedback: Sequence[LocalizedText] = ()) -> Mark:
    """A mark of one part whose reason follows from its score."""
    reason = "right" if score == ALL else "wrong" if score == NOTHING else "partly"
    return whole(score, reason, feedback)


def share(of: int, whole_number: int) -> Decimal:
    """A fraction as it is stored."""
    return rounded(Decimal(of) / Decimal(whole_number))


def rounded(score: Decimal) -> Decimal:
    """A score as it is stored: six decimals."""
    return score.quantize(_STORED)


def to_json(mark: Mark) -> dict[str, Any]:
    """Everything about a mark as it is kept with the attempt."""
    return {
        "score": str(mark.score),
        "parts": [[part.label, str(part.score), str(part.maximum)] for part in mark.parts],
        "feedback": list(mark.feedback),
        "reasons": list(mark.reasons),
        "cells": {place: to_json(cell) for place, cell in mark.cells.items()},
    }


def from_json(data: Mapping[str, Any]) -> Mark:
    """The mark that ``to_json`` wrote."""
    return Mark(
        score=Decimal(data["score"]),
        parts=tuple(Part(label, Decimal(got), Decimal(top)) for label, got, top in data["parts"]),
        feedback=tuple(data["feedback"]),
        reasons=tuple(data["reasons"]),
        cells={place: from_json(cell) for place, cell in data["cells"].items()},
    )
