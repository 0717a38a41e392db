"""Numbers with units."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.items import quantity, units
from assessments.items.quantity import MESSAGES, QuantityError
from assessments.items.units import UNITS, UnitError


@pytest.mark.parametrize(
    ("typed", "symbol"),
    [
        ("\u00b5L", "µL"),
        ("\u03bcL", "µL"),
        ("ul", "µL"),
        ("uL", "µL"),
        ("µl", "µL"),
        ("ml", "mL"),
        ("mg/ml", "mg/mL"),
        ("mg / mL", "mg/mL"),
        ("µL / mg", "µL/mg"),
        ("kg/m3", None),
        ("kg/m³", "kg/m³"),
        ("xg", "×g"),
        ("× g", "×g"),
        ("mm", "mm"),
        ("mM", "mM"),
        ("MM", None),
        ("9**9**9 m", None),
        ("", None),
    ],
)
def test_a_unit_is_known_by_its_usual_spellings(typed: str, symbol: str | None) -> None:
    if symbol is not None:
        assert units.parse_unit(typed).symbol == symbol
        return
    with pytest.raises(UnitError):
        units.parse_unit(typed)


@pytest.mark.parametrize("symbol", UNITS)
def test_every_unit_reads_its_own_symbol_and_offers_its_family(symbol: str) -> None:
    assert units.parse_unit(symbol) is UNITS[symbol]
    assert symbol in units.alternatives(symbol)


def test_a_unit_may_stand_in_the_number_field() -> None:
    typed = quantity.parse("0,09931 mL")
    assert typed.value_in(UNITS["µL"]) == Decimal("99.31")


def test_units_of_another_quantity_leave_the_number_alone() -> None:
    assert quantity.parse("99,31", "mg").value_in(UNITS["µL"]) == Decimal("99.31")


@pytest.mark.parametrize(
    ("value", "unit", "code"),
    [
        ("", "µL", "empty"),
        ("99,31 µL", "mL", "two_units"),
        ("99,31 appels", "", "not_a_number"),
        ("99,31", "appels", "unknown_unit"),
        ("1.000", "µL", "ambiguous"),
        ("a" * 300, "", "too_long"),
    ],
)
def test_what_cannot_be_marked_is_refused_with_a_reason(value: str, unit: str, code: str) -> None:
    with pytest.raises(QuantityError) as refused:
        quantity.parse(value, unit, ",")
    assert refused.value.code == code
    assert str(MESSAGES[code])


@given(st.text(max_size=60), st.text(max_size=20))
def test_nothing_typed_raises_anything_else(value: str, unit: str) -> None:
    try:
        typed = quantity.parse(value, unit, ",")
    except QuantityError as error:
        assert error.code in MESSAGES
        return
    assert typed.value_in(UNITS["µL"]).is_finite()


@given(st.decimals(-1000, 1000, places=3), st.sampled_from(list(UNITS)))
def test_a_value_in_its_own_unit_is_itself(value: Decimal, symbol: str) -> None:
    assert quantity.parse(f"{value:f}", symbol).value_in(UNITS[symbol]) == value
