"""Numeric: one measured or calculated value, with its unit."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from assessments.items import measurement, quantity, units
from assessments.items.fields import KEY as KEY_NAME
from assessments.items.fields import Target, UnitText, amount
from assessments.items.mark import Mark
from assessments.items.quantity import MESSAGES, QuantityError
from assessments.items.registry import (
    Answer,
    Body,
    Form,
    Item,
    Key,
    Line,
    Problems,
    Typed,
    literal,
)
from assessments.items.units import UNITS
from lti_app.core.localized import Localized
from lti_app.core.schema import StrictSchema, Text
from modules.blocks.fields import DecimalText, Whole


class AcceptSchema(StrictSchema):
    """How far the answer may be off; the wider of the two counts."""

    abs = DecimalText("0", load_default=None, allow_none=True)
    rel = DecimalText("0", "1", load_default=None, allow_none=True)


class DigitsSchema(StrictSchema):
    """How many significant figures are good."""

    min = Whole(1, 15, required=True)
    max = Whole(1, 15, required=True)
    weight = DecimalText("0", "1", required=True)

    @validates_schema
    def _check_range(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["min"] > data["max"]:
            raise ValidationError(_("The smallest number is larger than the largest."), "min")


class MisconceptionSchema(StrictSchema):
    """A wrong value that we know, and what to say about it."""

    key = fields.String(validate=validate.Regexp(KEY_NAME.pattern + r"\Z"))
    value = DecimalText()
    feedback = Localized(2000, required=True)
    score = DecimalText("0", "1", load_default="0")

    @validates_schema
    def _check_one(self, data: dict[str, Any], **kwargs: Any) -> None:
        if ("key" in data) == ("value" in data):
            raise ValidationError(_("Give either a key or a value."), "key")


class MeasurementSchema(StrictSchema):
    """One value to find: the body of a numeric question and of a cell."""

    value = Target(required=True)
    unit = UnitText(load_default=None, allow_none=True)
    accept = fields.Nested(AcceptSchema, load_default=lambda: {"abs": None, "rel": None})
    unit_weight = DecimalText("0", "1", load_default="0")
    sigfigs = fields.Nested(DigitsSchema, load_default=None, allow_none=True)
    misconceptions = fields.List(
        fields.Nested(MisconceptionSchema), load_default=list, validate=amount(0, 12)
    )
    depends_on = fields.List(Text(130, minimum=1), load_default=list, validate=amount(0, 12))

    @validates_schema
    def _check_weights(self, data: dict[str, Any], **kwargs: Any) -> None:
        digits = Decimal(data["sigfigs"]["weight"] if data["sigfigs"] else 0)
        if Decimal(data["unit_weight"]) + digits > 1:
            raise ValidationError(_("The weights together are more than 1."), "unit_weight")
        if data["unit"] is None and Decimal(data["unit_weight"]) > 0:
            raise ValidationError(_("There is a weight for the unit, but no unit."), "unit")


class MeasurementAnswer(StrictSchema):
    """What was typed."""

    value = Text(200, load_default="")
    unit = Text(40, load_default="")


def read(prefix: str, form: Form) -> dict[str, str]:
    """What stands in a number field and in its unit field, word for word."""
    return {part: form.get(f"{prefix}.{part}", ("",))[0] for part in ("value", "unit")}


def problem(answer: Mapping[str, Any], decimal_sign: str) -> str | None:
    """Why this cannot be marked; None when it can, or when there is nothing."""
    try:
        quantity.parse(answer.get("value", ""), answer.get("unit", ""), decimal_sign)
    except QuantityError as error:
        return None if error.code == "empty" else str(MESSAGES[error.code])
    return None


def is_empty(answer: Mapping[str, Any]) -> bool:
    """Whether no number was typed."""
    return not str(answer.get("value", "")).strip()


def written(answer: Mapping[str, Any]) -> str:
    """The typed number with its unit, as one text."""
    return f"{answer.get('value', '').strip()} {answer.get('unit', '').strip()}".strip()


def shown(body: Body, answer: Mapping[str, Any]) -> dict[str, Any]:
    """What a page may know of a value to find."""
    unit = body.get("unit")
    return {
        "value": answer.get("value", ""),
        "unit": answer.get("unit", ""),
        "units": units.alternatives(unit) if unit else [],
    }


def typed_value(body: Body, answer: Mapping[str, Any]) -> Typed | None:
    """The learner's number in the asked unit, when it stands for a value of the data set."""
    if not isinstance(body["value"], Mapping):
        return None
    try:
        found = quantity.parse(answer.get("value", ""), answer.get("unit", ""))
    except QuantityError:
        return None
    return Typed(body["value"]["key"], found.value_in(UNITS.get(body.get("unit") or "")))


def key_names(body: Body) -> set[str]:
    """The values of the data set that this body names."""
    named = [body["value"]] if isinstance(body["value"], Mapping) else []
    named += [one for one in body["misconceptions"] if "key" in one]
    return {one["key"] for one in named}


class Numeric:
    """Type a value and its unit."""

    slug = "numeric"
    label = _l("Number")
    schema = MeasurementSchema
    answer_schema = MeasurementAnswer
    template = "items/numeric.html"

    def read(self, item: Item, form: Form, seed: str) -> Answer:
        """What was typed."""
        return read(item.id, form)

    def is_empty(self, item: Item, answer: Answer) -> bool:
        """No number typed."""
        return is_empty(answer)

    def problems(self, item: Item, answer: Answer, decimal_sign: str) -> Problems:
        """A number that cannot be read."""
        found = problem(answer, decimal_sign)
        return {f"{item.id}.value": [found]} if found else {}

    def view(self, item: Item, answer: Answer, seed: str) -> dict[str, Any]:
        """The typed text and the units to choose from."""
        return shown(item.body, answer)

    def lines(self, item: Item, answer: Answer) -> Sequence[Line]:
        """What was typed."""
        return [] if is_empty(answer) else [Line(None, literal(written(answer)), is_typed=True)]

    def mark(self, item: Item, answer: Answer, key: Key) -> Mark:
        """Value, unit and significant figures, each by itself."""
        return measurement.mark(item.body, answer, key)

    def key_names(self, body: Body) -> set[str]:
        """The value itself and the mistakes that we know."""
        return key_names(body)

    def places(self, item_id: str, body: Body) -> set[str]:
        """Its own id."""
        return {item_id}

    def depends_on(self, item_id: str, body: Body) -> set[str]:
        """As the author declared."""
        return set(body["depends_on"])

    def typed(self, item: Item, answer: Answer) -> Mapping[str, Typed]:
        """The value that later questions may calculate on from."""
        found = typed_value(item.body, answer)
        return {item.id: found} if found else {}
