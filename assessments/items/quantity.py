"""A typed answer with its unit: ``99,31`` beside ``µL``, or ``99,31 µL`` in one field."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from assessments.items import numbers, units
from assessments.items.numbers import Number, NumberError
from assessments.items.units import Unit, UnitError

DECIMAL_SIGNS = {"nl": ",", "en": "."}

MESSAGES = {
    "empty": _l("Enter a number."),
    "too_long": _l("This is too long for a number. Use at most 40 characters."),
    "not_a_number": _l("This is not a number. Write for example 12,5 or 1,20·10^3."),
    "grouping": _l("The thousands are not clear. Write for example 12500,5 without separators."),
    "ambiguous": _l(
        "This can be read in two ways: as thousands or as a decimal number. "
        "Leave out the separator for thousands, or use the decimal sign of your language."
    ),
    "out_of_range": _l("This number is too large or too small."),
    "unknown_unit": _l("This is not a unit that we know. Choose one from the list."),
    "two_units": _l("You wrote one unit and chose another. Use one of the two."),
}


class QuantityError(ValueError):
    """What was typed cannot be marked; ``code`` is a key of MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Quantity:
    """A number as typed and the unit given with it, when there is one."""

    number: Number
    unit: Unit | None

    def value_in(self, asked: Unit | None) -> Decimal:
        """The value in the asked unit; as typed when the units cannot be compared."""
        if asked is None or self.unit is None or self.unit.quantity != asked.quantity:
            return self.number.value
        return units.converted(self.number.value, self.unit, asked)


def parse(value: str, unit: str = "", decimal_sign: str | None = None) -> Quantity:
    """Read what stands in the number field and in the unit field; QuantityError if unclear."""
    try:
        number, behind = numbers.split(value)
        parsed = numbers.parse_number(number, decimal_sign)
        return Quantity(parsed, _unit(behind, unit.strip()))
    except (NumberError, UnitError) as error:
        raise QuantityError(error.code) from error


def _unit(behind: str, chosen: str) -> Unit | None:
    if not behind:
        return units.parse_unit(chosen) if chosen else None
    written = _written_unit(behind)
    if chosen and units.parse_unit(chosen) != written:
        raise QuantityError("two_units")
    return written


def _written_unit(behind: str) -> Unit:
    """A word behind the number that is no unit makes the whole no number."""
    try:
        return units.parse_unit(behind)
    except UnitError:
        raise NumberError("not_a_number") from None
