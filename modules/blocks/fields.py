"""Marshmallow fields that the bodies of several kinds share."""

import re
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from lti_app.core.localized import Localized
from lti_app.core.schema import Text

SHORT = 500
DECIMAL = re.compile(r"-?\d{1,6}(\.\d{1,6})?")


class Id(Text):
    """A short name inside one body: lower case letters, digits, dash, underscore."""

    def __init__(self, **kwargs: Any) -> None:
        check = validate.Regexp(
            r"^[a-z0-9][a-z0-9_-]{0,39}\Z",
            error=_l("Use lower case letters, digits, - and _ (at most 40)."),
        )
        super().__init__(40, validate=check, **kwargs)


class BlockId(Text):
    """The identity of a block, the same in every version: a UUID in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        check = validate.Regexp(
            r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z",
            error=_l("This must be a UUID in lower case."),
        )
        super().__init__(36, validate=check, **kwargs)


class DecimalText(fields.Field[str]):
    """A decimal number as text with a point ("0.70"), so that no digit gets lost."""

    def __init__(
        self, minimum: str | None = None, maximum: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.minimum = None if minimum is None else Decimal(minimum)
        self.maximum = None if maximum is None else Decimal(maximum)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not DECIMAL.fullmatch(value):
            raise ValidationError(str(_l('Write a number as text with a point, such as "0.7".')))
        number = Decimal(value)
        if self.minimum is not None and number < self.minimum:
            raise ValidationError(str(_l("This number is too small.")))
        if self.maximum is not None and number > self.maximum:
            raise ValidationError(str(_l("This number is too large.")))
        return value


class Whole(fields.Integer):
    """A whole number within bounds; text, booleans and fractions are refused."""

    def __init__(self, minimum: int, maximum: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(minimum, maximum), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(str(_l("This must be a whole number.")))
        number = super()._deserialize(value, attr, data, **kwargs)
        return int(number or 0)


class Switch(fields.Boolean):
    """true or false, and nothing that looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(str(_l("This must be true or false.")))
        return value


def short_text(**kwargs: Any) -> Localized:
    """A label or one sentence in both languages."""
    return Localized(SHORT, **kwargs)


def many(inner: Any, maximum: int, **kwargs: Any) -> "fields.List[Any]":
    """A list of bounded length."""
    return fields.List(inner, validate=validate.Length(max=maximum), **kwargs)


def unique(values: list[str], field_name: str) -> None:
    """Refuse a list in which one id is used twice."""
    if len(set(values)) != len(values):
        raise ValidationError(str(_l("Each id may be used once.")), field_name=field_name)
