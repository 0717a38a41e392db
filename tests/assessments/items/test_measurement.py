"""Value, unit and significant figures, each by itself."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.items import measurement
from assessments.items.mark import Mark, from_json, to_json
from assessments.items.reasons import PARTS, TEXTS
from assessments.items.registry import Key, Typed
from assessments.items.types.numeric import MeasurementSchema

FORGOT_Z = {"nl": "Is de Z-factor toegepast?", "en": "Did you apply Z?"}
BODY = MeasurementSchema().load(
    {
        "value": {"key": "mean"},
        "unit": "µL",
        "accept": {"abs": "0.05"},
        "unit_weight": "0.2",
        "sigfigs": {"min": 4, "max": 5, "weight": "0.1"},
        "misconceptions": [{"key": "no_z", "feedback": FORGOT_Z, "score": "0.5"}],
    }
)


def recompute(name: str, replaced: Mapping[str, Decimal]) -> Decimal | None:
    return replaced["mean"] - 100 if name == "es" and "mean" in replaced else None


KEY = Key({"mean": Decimal("99.31"), "no_z": Decimal("98.99"), "es": Decimal("-0.69")}, recompute)


def marked(value: str, unit: str = "µL", body: Any = BODY, key: Key = KEY) -> Mark:
    return measurement.mark(body, {"value": value, "unit": unit}, key)


def parts(mark: Mark) -> dict[str, str]:
    return {part.label: str(part.score.normalize()) for part in mark.parts}


@pytest.mark.parametrize(
    ("value", "unit", "score", "reasons"),
    [
        ("99,31", "µL", "1", ("right",)),
        ("99.31", "ul", "1", ("right",)),
        ("99,36", "µL", "1", ("right",)),
        ("99,26", "µL", "1", ("right",)),
        ("99,37", "µL", "0.3", ("wrong",)),
        ("0,09931", "mL", "1", ("right",)),
        ("99,31", "mL", "0.8", ("right", "unit_wrong")),
        ("99,31", "mg", "0.8", ("right", "unit_wrong")),
        ("99,31", "", "0.8", ("right", "unit_missing")),
        ("99,3", "µL", "0.9", ("right", "too_few_digits")),
        ("99,3100", "µL", "0.9", ("right", "too_many_digits")),
        ("98,99", "µL", "0.65", ("misconception",)),
        ("", "µL", "0", ("empty",)),
        ("veel", "µL", "0", ("unreadable",)),
    ],
)
def test_three_parts_are_marked_apart(
    value: str, unit: str, score: str, reasons: tuple[str, ...]
) -> None:
    mark = marked(value, unit)
    assert mark.score == Decimal(score)
    assert mark.reasons == reasons


def test_the_parts_say_what_was_earned() -> None:
    assert parts(marked("99,31", "mg")) == {"value": "0.7", "unit": "0", "digits": "0.1"}
    assert parts(marked("", "")) == {"value": "0", "unit": "0", "digits": "0"}


def test_a_known_mistake_gets_its_own_explanation() -> None:
    assert marked("98,99").feedback == (FORGOT_Z,)
    assert marked("99,31").feedback == ()


def test_a_right_value_is_never_taken_for_a_mistake() -> None:
    near = Key({"mean": Decimal("99.31"), "no_z": Decimal("99.33")})
    assert marked("99,33", key=near).reasons == ("right",)


def test_a_part_that_is_not_asked_is_not_there() -> None:
    body = MeasurementSchema().load({"value": "0.012", "accept": {"rel": "0.01"}})
    assert parts(marked("0,012", "", body)) == {"value": "1"}
    assert marked("0,0122", "", body).score == 0


def test_calculating_on_from_an_own_earlier_value_counts_in_full() -> None:
    body = MeasurementSchema().load(
        {"value": {"key": "es"}, "unit": "µL", "accept": {"abs": "0.05"}, "depends_on": ["q1"]}
    )
    key = Key(KEY.values, recompute, {"q1": Typed("mean", Decimal("98.99"))})
    mark = marked("-1,01", body=body, key=key)
    assert (mark.score, mark.reasons) == (1, ("follow_through",))
    assert marked("-1,01", body=body).score == 0
    assert marked("-0,69", body=body, key=key).reasons == ("right",)


def test_a_mark_survives_storage() -> None:
    mark = marked("98,99", "mg")
    assert from_json(to_json(mark)) == mark


def test_every_reason_and_part_has_words() -> None:
    for value, unit in [("99,3", "mg"), ("98,99", ""), ("x", ""), ("1,000000000", "L")]:
        mark = marked(value, unit)
        assert set(mark.reasons) <= set(TEXTS)
        assert {part.label for part in mark.parts} <= set(PARTS)


@given(st.text(max_size=210), st.text(max_size=40))
def test_nothing_typed_can_break_marking(value: str, unit: str) -> None:
    mark = marked(value, unit)
    assert 0 <= mark.score <= 1
    assert mark.score == sum(part.score for part in mark.parts)


@given(st.decimals(-200, 200, places=3))
def test_the_tolerance_has_no_hidden_band(given_value: Decimal) -> None:
    is_right = "right" in marked(f"{given_value:f}").reasons
    assert is_right == (abs(given_value - Decimal("99.31")) <= Decimal("0.05"))
