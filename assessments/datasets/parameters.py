"""The parameters of the pipette data set, and what makes them impossible."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate, validates_schema

from lti_app.core.schema import StrictSchema
from modules.blocks.fields import DecimalText, Whole


class RangeSchema(StrictSchema):
    """From the smallest to the largest."""

    min = DecimalText(required=True)
    max = DecimalText(required=True)

    @validates_schema
    def _check_order(self, data: dict[str, Any], **kwargs: Any) -> None:
        if float(data["min"]) > float(data["max"]):
            raise ValidationError(_("The smallest number is larger than the largest."), "min")


class LimitsSchema(StrictSchema):
    """The largest errors that a good pipette may have, in µL, at every volume."""

    es = DecimalText("0.01", "1000", load_default="8")
    sr = DecimalText("0.01", "1000", load_default="3")


class FaultSchema(StrictSchema):
    """How often a pipette is not good, and how far it is then off at the smallest volume, in µL."""

    probability = DecimalText("0", "1", load_default="0.5")
    min = DecimalText("0", "1000", load_default="9.5")
    max = DecimalText("0", "1000", load_default="13")


def _range(low: str, high: str) -> fields.Nested:
    return fields.Nested(RangeSchema, load_default=lambda: {"min": low, "max": high})


class PipetteSchema(StrictSchema):
    """A pipette of `nominal` µL, weighed `n` times at each volume."""

    nominal = Whole(10, 10_000, load_default=1000)
    volumes = fields.List(
        Whole(10, 10_000),
        load_default=lambda: [100, 500, 1000],
        validate=validate.Length(1, 5),
    )
    n = Whole(4, 30, load_default=10)
    temperature = _range("19.5", "23.5")
    """°C; in steps of 0.5, as the table of Z-factors."""
    pressure = _range("995", "1030")
    """hPa."""
    es = _range("-3", "3")
    """µL; the systematic error of a good pipette."""
    sr = _range("0.4", "1.2")
    """µL; the random error."""
    limits = fields.Nested(LimitsSchema, load_default=lambda: LimitsSchema().load({}))
    fault = fields.Nested(FaultSchema, load_default=lambda: FaultSchema().load({}))

    @validates_schema
    def _check(self, data: dict[str, Any], **kwargs: Any) -> None:
        volumes = data["volumes"]
        if sorted(set(volumes)) != volumes:
            raise ValidationError(_("Give each volume once, small to large."), "volumes")
        if volumes[-1] > data["nominal"]:
            raise ValidationError(_("A volume is larger than the pipette."), "volumes")
        _check_conditions(data)
        _check_errors(data)


def _check_conditions(data: dict[str, Any]) -> None:
    temperature, pressure = data["temperature"], data["pressure"]
    if float(temperature["min"]) < 15 or float(temperature["max"]) > 30:
        raise ValidationError(_("Use 15 to 30 °C."), "temperature")
    if any(float(value) % 0.5 for value in temperature.values()):
        raise ValidationError(_("Use steps of 0.5 °C."), "temperature")
    if float(pressure["min"]) < 900 or float(pressure["max"]) > 1060:
        raise ValidationError(_("Use 900 to 1060 hPa."), "pressure")


def _check_errors(data: dict[str, Any]) -> None:
    """A good pipette must be inside the limits with certainty, a bad one outside."""
    limit, fault, sr = float(data["limits"]["es"]), data["fault"], float(data["sr"]["max"])
    largest = max(abs(float(value)) for value in data["es"].values())
    if float(data["sr"]["min"]) < 0.1 or sr > float(data["limits"]["sr"]) / 2:
        raise ValidationError(_("Keep the random error between 0.1 and half its limit."), "sr")
    if largest + sr > limit - 1:
        raise ValidationError(_("A good pipette could fall outside the limits."), "es")
    if not limit + 1 <= float(fault["min"]) <= float(fault["max"]):
        raise ValidationError(_("A bad pipette could fall inside the limits."), "fault")
    if float(fault["max"]) > data["volumes"][0] / 2:
        raise ValidationError(_("The fault is too large for the smallest volume."), "fault")
