"""The shape of a protocol step: text, timers, readings, materials, what comes first."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validates_schema

from lti_app.core.localized import Localized
from lti_app.core.schema import StrictSchema, Text
from modules.blocks import readings
from modules.blocks.fields import (
    BlockId,
    DecimalText,
    Id,
    Switch,
    Whole,
    many,
    short_text,
    unique,
)


class Timer(StrictSchema):
    """A countdown whose start the server keeps."""

    id = Id(required=True)
    label = short_text(required=True)
    seconds = Whole(1, 7 * 24 * 3600, required=True)


class Reading(StrictSchema):
    """A value to read off and write down. Limits warn; they never refuse a true value."""

    id = Id(required=True)
    label = short_text(required=True)
    unit = Text(20, allow_none=True)
    min = DecimalText(allow_none=True)
    max = DecimalText(allow_none=True)
    advice = short_text(allow_none=True)
    required = Switch()

    @validates_schema
    def check_limits(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The lower limit is not above the upper one."""
        low, high = data.get("min"), data.get("max")
        if low is not None and high is not None and readings.is_outside({"max": high}, low):
            raise ValidationError(_("The lower limit is above the upper limit."), field_name="min")


class ProtocolStepBody(StrictSchema):
    """What to do, how long it takes, with what, and what must be done before."""

    text = Localized(required=True)
    critical = Switch()
    expected_minutes = Whole(0, 1440, allow_none=True)
    timers = many(fields.Nested(Timer), 10)
    readings = many(fields.Nested(Reading), 40)
    materials = many(short_text(), 40)
    requires = many(BlockId(), 20)

    @validates_schema
    def check_ids(self, data: dict[str, Any], **kwargs: Any) -> None:
        """No timer and no reading shares its id with another."""
        for name in ("timers", "readings"):
            unique([found["id"] for found in data.get(name, [])], name)
