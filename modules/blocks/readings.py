"""Readings typed at the bench: numbers with a comma or a point, and the limits around them."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from lti_app.core.localized import pick

_NUMBER = re.compile(r"[+-]?\d{1,9}([.,]\d{1,9})?")


def parse(text: str) -> Decimal | None:
    """The number in this text, with a decimal comma or point; None when it is not one."""
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(plain):
        return None
    return Decimal(plain.replace(",", "."))


def is_outside(reading: Mapping[str, Any], text: str) -> bool:
    """Whether this text is a number beyond the reading's limits."""
    number = parse(text)
    if number is None:
        return False
    low, high = reading.get("min"), reading.get("max")
    return (low is not None and number < Decimal(low)) or (
        high is not None and number > Decimal(high)
    )


def limits(reading: Mapping[str, Any], language: str) -> str:
    """The limits in words, in the notation of the language; "" when there are none."""
    unit = reading.get("unit") or ""
    low, high = (_written(reading.get(end), language) for end in ("min", "max"))
    if low and high:
        return str(
            _("between %(low)s and %(high)s %(unit)s", low=low, high=high, unit=unit)
        ).strip()
    if low:
        return str(_("at least %(low)s %(unit)s", low=low, unit=unit)).strip()
    if high:
        return str(_("at most %(high)s %(unit)s", high=high, unit=unit)).strip()
    return ""


def warning(reading: Mapping[str, Any], text: str, language: str) -> str:
    """What to say of a value beyond the limits; "" when it is within them."""
    if not is_outside(reading, text):
        return ""
    return str(
        _(
            "%(label)s %(value)s %(unit)s is not within the limits (%(limits)s).",
            label=pick(reading["label"], language),
            value=text.strip(),
            unit=reading.get("unit") or "",
            limits=limits(reading, language),
        )
    )


def _written(value: Any, language: str) -> str:
    text = str(value).replace("-", "\N{MINUS SIGN}") if value is not None else ""
    return text.replace(".", ",") if language == "nl" else text
