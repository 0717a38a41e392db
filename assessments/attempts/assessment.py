"""What an assessment block holds: its shape, and the same as values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate, validates_schema

from assessments.items.registry import ITEM_TYPES, Item, ItemType, item_from_json
from lti_app.core.errors import NotFound
from lti_app.core.localized import Localized, LocalizedText
from lti_app.core.schema import StrictSchema, load
from modules.blocks.fields import BlockId, DecimalText, Id, Switch, Whole, unique

MOST_ITEMS = 60
MOST_ATTEMPTS = 100


class ItemSchema(StrictSchema):
    """One question; its body has the shape of its type."""

    id = Id(required=True)
    type = fields.String(required=True)
    prompt = Localized(5000, required=True)
    points = DecimalText("0", "1000", load_default="1")
    feedback = Localized(5000)
    body = fields.Dict(required=True)

    @validates_schema
    def check_body(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The body, checked by its own type; what was left out is filled in."""
        try:
            kind = ITEM_TYPES.get(data["type"])
        except NotFound:
            raise ValidationError(_("There is no such kind of question."), "type") from None
        try:
            data["body"] = kind.schema().load(data["body"])
        except ValidationError as error:
            raise ValidationError({"body": error.messages}) from error


class AttemptsSchema(StrictSchema):
    """How often it may be tried."""

    maximum = Whole(1, MOST_ATTEMPTS, load_default=None, allow_none=True)
    fresh_data = Switch(load_default=True)


class AssessmentSchema(StrictSchema):
    """The body of an assessment block."""

    dataset = BlockId(load_default=None, allow_none=True)
    pass_mark = DecimalText("0", "1", load_default="0.7")
    attempts = fields.Nested(
        AttemptsSchema, load_default=lambda: {"maximum": None, "fresh_data": True}
    )
    intro = Localized(5000)
    items = fields.List(
        fields.Nested(ItemSchema), required=True, validate=validate.Length(1, MOST_ITEMS)
    )

    @validates_schema
    def check_items(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Ids are unique, references go back, keys have a data set, something can be earned."""
        items = data["items"]
        unique([item["id"] for item in items], "items")
        if not any(Decimal(item["points"]) for item in items):
            raise ValidationError(_("At least one question must have points."), "items")
        needs_data = any(_kind(item).key_names(item["body"]) for item in items)
        if needs_data and data["dataset"] is None:
            raise ValidationError(_("A question needs the data set; name its block."), "dataset")
        _check_references(items)


def _kind(item: Mapping[str, Any]) -> ItemType:
    return ITEM_TYPES.get(item["type"])


def _check_references(items: list[dict[str, Any]]) -> None:
    earlier: set[str] = set()
    for item in items:
        kind = _kind(item)
        places = kind.places(item["id"], item["body"])
        allowed = earlier | (places - {item["id"]})
        unknown = kind.depends_on(item["id"], item["body"]) - allowed
        if unknown:
            names = ", ".join(sorted(unknown))
            sentence = _("This is not an earlier question: %(names)s", names=names)
            raise ValidationError(sentence, "items")
        earlier |= places


@dataclass(frozen=True)
class Assessment:
    """The questions of one assessment block and its rules."""

    items: tuple[Item, ...]
    dataset: str | None
    pass_mark: Decimal
    maximum: int | None
    fresh_data: bool
    intro: LocalizedText | None

    @property
    def points(self) -> Decimal:
        """What can be earned."""
        return sum((item.points for item in self.items), Decimal(0))

    @property
    def key_names(self) -> set[str]:
        """The values of the data set that marking needs."""
        return set().union(*(ITEM_TYPES.get(one.type).key_names(one.body) for one in self.items))


def assessment_from(body: Mapping[str, Any]) -> Assessment:
    """The assessment that a stored body describes, with what was left out filled in."""
    # Checking sixteen questions takes 10 ms, and every autosave needs them: once per body.
    return _parsed(json.dumps(body, sort_keys=True))


@lru_cache(maxsize=256)
def _parsed(body: str) -> Assessment:
    data = load(AssessmentSchema, json.loads(body))
    return Assessment(
        items=tuple(item_from_json(item) for item in data["items"]),
        dataset=data["dataset"],
        pass_mark=Decimal(data["pass_mark"]),
        maximum=data["attempts"]["maximum"],
        fresh_data=data["attempts"]["fresh_data"],
        intro=data.get("intro"),
    )
