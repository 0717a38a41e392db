"""Match: choose for each entry on the left what belongs to it on the right."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validates_schema

from assessments.items.fields import amount
from assessments.items.mark import NOTHING, Mark, graded, share, whole
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
from assessments.items.shuffle import shuffled
from lti_app.core.localized import Localized
from lti_app.core.schema import StrictSchema, Text
from modules.blocks.fields import Id, unique


class SideSchema(StrictSchema):
    """One entry on one side."""

    id = Id(required=True)
    text = Localized(2000, required=True)


class MatchSchema(StrictSchema):
    """The body: two lists, and for each entry on the left its partner on the right."""

    left = fields.List(fields.Nested(SideSchema), required=True, validate=amount(1, 12))
    right = fields.List(fields.Nested(SideSchema), required=True, validate=amount(2, 12))
    pairs = fields.Dict(keys=Id(), values=Id(), required=True)

    @validates_schema
    def _check_pairs(self, data: dict[str, Any], **kwargs: Any) -> None:
        left = [entry["id"] for entry in data["left"]]
        right = [entry["id"] for entry in data["right"]]
        unique(left, "left")
        unique(right, "right")
        if set(data["pairs"]) != set(left):
            raise ValidationError(_("Every entry on the left needs one partner."), "pairs")
        if not set(data["pairs"].values()) <= set(right):
            raise ValidationError(_("A partner is missing on the right."), "pairs")


class MatchAnswer(StrictSchema):
    """The chosen partner per entry on the left."""

    pairs = fields.Dict(keys=Text(40), values=Text(40), load_default=dict, validate=amount(0, 12))


class Match:
    """Choose the partner of each entry."""

    slug = "match"
    label = _l("Match")
    schema = MatchSchema
    answer_schema = MatchAnswer
    template = "items/match.html"

    def read(self, item: Item, form: Form, seed: str) -> Answer:
        """The partners that were chosen."""
        left = [entry["id"] for entry in item.body["left"]]
        chosen = {id: form.get(f"{item.id}.{id}", ("",))[0] for id in left}
        return {"pairs": {id: partner for id, partner in chosen.items() if partner}}

    def is_empty(self, item: Item, answer: Answer) -> bool:
        """Some entry has no partner yet."""
        return len(answer.get("pairs", {})) < len(item.body["left"])

    def problems(self, item: Item, answer: Answer, decimal_sign: str) -> Problems:
        """A partner that is not on the list."""
        known = {entry["id"] for entry in item.body["right"]}
        if not set(answer.get("pairs", {}).values()) <= known:
            return {item.id: [_("This is not one of the options. Choose again.")]}
        return {}

    def view(self, item: Item, answer: Answer, seed: str) -> dict[str, Any]:
        """Both sides, the right one in another order."""
        chosen = answer.get("pairs", {})
        left = [
            {"id": entry["id"], "text": entry["text"], "chosen": chosen.get(entry["id"], "")}
            for entry in item.body["left"]
        ]
        return {"left": left, "right": shuffled(item.body["right"], seed)}

    def lines(self, item: Item, answer: Answer) -> Sequence[Line]:
        """Each entry with the partner that was chosen."""
        texts = {entry["id"]: entry["text"] for entry in item.body["right"]}
        chosen = answer.get("pairs", {})
        return [
            Line(entry["text"], texts.get(chosen.get(entry["id"]), literal("\N{EN DASH}")))
            for entry in item.body["left"]
        ]

    def mark(self, item: Item, answer: Answer, key: Key) -> Mark:
        """The share of entries with the right partner."""
        pairs, chosen = item.body["pairs"], answer.get("pairs", {})
        if not chosen:
            return whole(NOTHING, "empty")
        right = sum(chosen.get(left) == partner for left, partner in pairs.items())
        return graded(share(right, len(pairs)))

    def key_names(self, body: Body) -> set[str]:
        """Needs nothing of a data set."""
        return set()

    def places(self, item_id: str, body: Body) -> set[str]:
        """Nothing can be calculated on from a match."""
        return set()

    def depends_on(self, item_id: str, body: Body) -> set[str]:
        """A match is judged by itself."""
        return set()

    def typed(self, item: Item, answer: Answer) -> Mapping[str, Typed]:
        """No numbers."""
        return {}
