"""Marking one typed measurement: value, unit and significant figures, each by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.items import quantity
from assessments.items.mark import ALL, NOTHING, Mark, Part, rounded
from assessments.items.quantity import Quantity, QuantityError
from assessments.items.registry import Body, Key
from assessments.items.units import UNITS
from lti_app.core.localized import LocalizedText


@dataclass(frozen=True)
class _Judged:
    """The verdict on one of the three parts."""

    score: Decimal
    reason: str | None = None
    feedback: LocalizedText | None = None
    as_typed: bool = False
    """The number fits only without looking at its unit."""


def mark(body: Body, answer: Mapping[str, Any], key: Key) -> Mark:
    """The mark of a number with its unit; a part that is not asked is not there."""
    try:
        typed = quantity.parse(answer.get("value", ""), answer.get("unit", ""))
    except QuantityError as error:
        reason = "empty" if error.code == "empty" else "unreadable"
        return _combined(body, {name: _Judged(NOTHING) for name in _weights(body)}, (reason,))
    value = _value(body, typed, key)
    parts = {"value": value, "unit": _unit(body, typed, value), "digits": _digits(body, typed)}
    return _combined(body, {name: parts[name] for name in _weights(body)}, ())


def target(value: Any, key: Key) -> Decimal | None:
    """The number that a body's value stands for; None when the data set has a word there."""
    found = key.values[value["key"]] if isinstance(value, Mapping) else Decimal(value)
    return found if isinstance(found, Decimal) else None


def is_within(given: Decimal, wanted: Decimal, accept: Mapping[str, str | None]) -> bool:
    """Whether the difference is at most the tolerance; the border belongs to it."""
    absolute = Decimal(accept.get("abs") or 0)
    relative = Decimal(accept.get("rel") or 0) * abs(wanted)
    return abs(given - wanted) <= max(absolute, relative)


def _weights(body: Body) -> dict[str, Decimal]:
    unit = Decimal(body.get("unit_weight") or 0) if body.get("unit") else NOTHING
    digits = Decimal(body["sigfigs"]["weight"]) if body.get("sigfigs") else NOTHING
    weights = {"value": ALL - unit - digits, "unit": unit, "digits": digits}
    return {name: weight for name, weight in weights.items() if weight > 0}


def _combined(body: Body, judged: Mapping[str, _Judged], reasons: tuple[str, ...]) -> Mark:
    weights = _weights(body)
    parts = tuple(
        Part(name, weights[name] * one.score, weights[name]) for name, one in judged.items()
    )
    total = rounded(sum((part.score for part in parts), NOTHING))
    reasons += tuple(one.reason for one in judged.values() if one.reason)
    feedback = tuple(one.feedback for one in judged.values() if one.feedback)
    return Mark(min(total, ALL), parts, feedback, reasons)


def _value(body: Body, typed: Quantity, key: Key) -> _Judged:
    asked = UNITS.get(body.get("unit") or "")
    given = typed.value_in(asked)
    judged = _recognised(body, given, key)
    if judged is not None:
        return judged
    plain = None if given == typed.number.value else _recognised(body, typed.number.value, key)
    if plain is not None:
        return _Judged(plain.score, plain.reason, plain.feedback, as_typed=True)
    return _Judged(NOTHING, "wrong")


def _recognised(body: Body, given: Decimal, key: Key) -> _Judged | None:
    """Right, right after an earlier mistake, or a mistake that we know."""
    wanted = target(body["value"], key)
    if wanted is not None and is_within(given, wanted, body["accept"]):
        return _Judged(ALL, "right")
    followed = _followed(body, key)
    if followed is not None and is_within(given, followed, body["accept"]):
        return _Judged(ALL, "follow_through")
    for misconception, wrong in _misconceptions(body, key):
        if is_within(given, wrong, body["accept"]):
            score = Decimal(misconception["score"])
            return _Judged(score, "misconception", misconception["feedback"])
    return None


def _followed(body: Body, key: Key) -> Decimal | None:
    """What the answer would be if the learner's own earlier values were right."""
    if not isinstance(body["value"], Mapping):
        return None
    earlier = [key.earlier[place] for place in body["depends_on"] if place in key.earlier]
    if not earlier:
        return None
    return key.recompute(body["value"]["key"], {one.name: one.value for one in earlier})


def _misconceptions(body: Body, key: Key) -> Iterator[tuple[Mapping[str, Any], Decimal]]:
    for misconception in body["misconceptions"]:
        named = "key" in misconception
        value = {"key": misconception["key"]} if named else misconception["value"]
        wrong = target(value, key)
        if wrong is not None:
            yield misconception, wrong


def _unit(body: Body, typed: Quantity, value: _Judged) -> _Judged:
    asked = UNITS.get(body.get("unit") or "")
    if typed.unit is None:
        return _Judged(NOTHING, "unit_missing")
    fits = asked is not None and typed.unit.quantity == asked.quantity
    return _Judged(ALL) if fits and not value.as_typed else _Judged(NOTHING, "unit_wrong")


def _digits(body: Body, typed: Quantity) -> _Judged:
    asked = body.get("sigfigs") or {"min": 1, "max": 99}
    if typed.number.most < asked["min"]:
        return _Judged(NOTHING, "too_few_digits")
    if typed.number.least > asked["max"]:
        return _Judged(NOTHING, "too_many_digits")
    return _Judged(ALL)
