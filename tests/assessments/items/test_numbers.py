"""Numbers as they are typed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.items.numbers import LONGEST, NumberError, parse_number


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        (" 12,5 ", "12.5"),
        ("+3", "3"),
        ("-0,69", "-0.69"),
        ("\u22120,69", "-0.69"),
        ("\u20130,69", "-0.69"),
        ("- 0,69", "-0.69"),
        (",5", "0.5"),
        ("1.000,5", "1000.5"),
        ("1,000.5", "1000.5"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("12 500,5", "12500.5"),
        ("12\u202f500", "12500"),
        ("1,20·10^3", "1200"),
        ("1,20×10³", "1200"),
        ("1,20 x 10^3", "1200"),
        ("1,2*10**3", "1200"),
        ("1.2e3", "1200"),
        ("1,2E-3", "0.0012"),
        ("1,5·10⁻³", "0.0015"),
        ("1,5·10^(-3)", "0.0015"),
        ("10^3", "1000"),
        ("-10³", "-1000"),
        ("1.000", "1.000"),
        ("007", "7"),
    ],
)
def test_a_number_is_read_as_the_laboratory_means_it(typed: str, value: str) -> None:
    assert parse_number(typed).value == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("  \u00a0 ", "empty"),
        ("twaalf", "not_a_number"),
        ("12,", "not_a_number"),
        ("--3", "not_a_number"),
        ("3-4", "not_a_number"),
        ("1,2,3", "grouping"),
        ("1.00.0", "grouping"),
        ("1,00.5", "grouping"),
        ("1.2 10^3", "not_a_number"),
        ("1.20.10^3", "not_a_number"),
        ("1 00", "grouping"),
        ("1.5 000", "not_a_number"),
        ("0x10", "not_a_number"),
        ("1_000", "not_a_number"),
        ("٣", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1e99", "out_of_range"),
        ("10^9999", "out_of_range"),
        ("1" * (LONGEST + 1), "too_long"),
    ],
)
def test_what_is_not_one_number_is_refused_with_a_reason(typed: str, code: str) -> None:
    with pytest.raises(NumberError) as refused:
        parse_number(typed)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("typed", "sign", "is_refused"),
    [
        ("1.000", ",", True),
        ("1,000", ".", True),
        ("99.312", ",", True),
        ("99,312", ",", False),
        ("99.312", ".", False),
        ("0.312", ",", False),
        ("99.31", ",", False),
        ("1001.970", ",", False),
        ("1.200e3", ",", False),
        ("1.000,5", ",", False),
        ("1.000.000", ",", False),
    ],
)
def test_thousands_or_decimals_is_asked_back(typed: str, sign: str, is_refused: bool) -> None:
    if not is_refused:
        assert parse_number(typed, sign).value == parse_number(typed).value
        return
    with pytest.raises(NumberError) as refused:
        parse_number(typed, sign)
    assert refused.value.code == "ambiguous"


@pytest.mark.parametrize(
    ("typed", "least", "most"),
    [
        ("12,0", 3, 3),
        ("1200", 2, 4),
        ("1,20·10^3", 3, 3),
        ("0,0120", 3, 3),
        ("0012,0", 3, 3),
        ("12 000", 2, 5),
        ("1.000,5", 5, 5),
        ("0", 1, 1),
        ("0,00", 1, 3),
        ("-99,31", 4, 4),
        ("10^3", 1, 1),
    ],
)
def test_significant_figures_are_counted_on_the_typed_text(
    typed: str, least: int, most: int
) -> None:
    number = parse_number(typed)
    assert (number.least, number.most) == (least, most)


@given(st.text(max_size=60), st.sampled_from([None, ",", "."]))
def test_nothing_typed_raises_anything_else(typed: str, sign: str | None) -> None:
    try:
        number = parse_number(typed, sign)
    except NumberError:
        return
    assert number.value.is_finite()
    assert 1 <= number.least <= number.most <= LONGEST


@given(st.text(alphabet="0123456789.,-+ eE^x*·×()10³⁻", max_size=45))
def test_nothing_that_looks_like_a_number_raises_anything_else(typed: str) -> None:
    try:
        number = parse_number(typed, ",")
    except NumberError:
        return
    assert number.value.is_finite()


@given(st.decimals(-(10**9), 10**9, places=4), st.sampled_from([",", "."]))
def test_a_written_number_comes_back(number: Decimal, sign: str) -> None:
    typed = f"{number:f}".replace(".", sign).replace("-", "\u2212")
    assert parse_number(typed, sign).value == number


@given(st.integers(1, 10**12), st.integers(0, 99), st.sampled_from([(".", ","), (",", ".")]))
def test_grouped_thousands_come_back(whole: int, cents: int, signs: tuple[str, str]) -> None:
    group, sign = signs
    typed = f"{whole:,}".replace(",", group) + f"{sign}{cents:02}"
    assert parse_number(typed).value == whole + Decimal(cents) / 100


@given(st.integers(1, 10**6), st.integers(0, 8), st.integers(-20, 20))
def test_a_power_of_ten_keeps_the_figures_of_the_mantissa(
    digits: int, places: int, power: int
) -> None:
    mantissa = Decimal(digits).scaleb(-places)
    typed = f"{mantissa:f}".replace(".", ",")
    plain, powered = parse_number(typed), parse_number(f"{typed}·10^{power}")
    assert powered.value == mantissa.scaleb(power)
    assert (powered.least, powered.most) == (plain.least, plain.most)
