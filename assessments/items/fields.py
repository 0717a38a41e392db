"""Fields that the bodies of items share. What they load stays JSON, so it can be stored."""

import re
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate

from assessments.items.units import UNITS
from modules.blocks.fields import DecimalText

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


class Target(fields.Field[Any]):
    """A fixed number as text, or a value of the data set: {"key": "mean_100"}."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict):
            return key_reference(value, {"key"})
        return DecimalText().deserialize(value)


class UnitText(fields.String):
    """A unit of the fixed list."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if text not in UNITS:
            raise ValidationError(_("This unit is not in the list: %(unit)s", unit=text[:20]))
        return text


def key_reference(value: dict[str, Any], names: set[str]) -> dict[str, str]:
    """A reference to the data set's key with exactly these names, checked."""
    if set(value) != names or not all(isinstance(text, str) for text in value.values()):
        raise ValidationError(_("Name a value of the data set."))
    if not KEY.fullmatch(value["key"]) or not all(0 < len(t) <= 60 for t in value.values()):
        raise ValidationError(_("Name a value of the data set."))
    return value


def amount(minimum: int, maximum: int) -> validate.Length:
    """How many entries a list may have."""
    return validate.Length(min=minimum, max=maximum)
