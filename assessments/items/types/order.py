"""Order: put the steps in the right order."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validates_schema

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
from assessments.items.shuffle import never_in_order
from lti_app.core.localized import Localized
from lti_app.core.schema import StrictSchema, Text
from modules.blocks.fields import Id, unique


class EntrySchema(StrictSchema):
    """One entry."""

    id = Id(required=True)
    text = Localized(2000, required=True)


class OrderSchema(StrictSchema):
    """The body: the entries in the right order. They are shown in another one."""

    entries = fields.List(fields.Nested(EntrySchema), required=True, validate=amount(2, 12))

    @validates_schema
    def _check_entries(self, data: dict[str, Any], **kwargs: Any) -> None:
        unique([entry["id"] for entry in data["entries"]], "entries")


class OrderAnswer(StrictSchema):
    """The order as the learner left it; nothing while it was not touched."""

    order = fields.List(Text(40), load_default=list, validate=amount(0, 12))


def _ids(item: Item) -> list[str]:
    return [entry["id"] for entry in item.body["entries"]]


def _moved(order: Sequence[str], move: str) -> list[str]:
    """The order after `entry:up` or `entry:down`; the same when that cannot be."""
    entry, _colon, direction = move.partition(":")
    moved = list(order)
    if entry not in moved or direction not in ("up", "down"):
        return moved
    here = moved.index(entry)
    there = here + (1 if direction == "down" else -1)
    if 0 <= there < len(moved):
        moved[here], moved[there] = moved[there], moved[here]
    return moved


def _longest_run(numbers: Sequence[int]) -> int:
    """The length of the longest rising row that can be picked from these numbers."""
    ends: list[int] = []
    for number in numbers:
        at = bisect_left(ends, number)
        ends[at : at + 1] = [number]
    return len(ends)


class Order:
    """Put the entries in the right order."""

    slug = "order"
    label = _l("Order")
    schema = OrderSchema
    answer_schema = OrderAnswer
    template = "items/order.html"

    def read(self, item: Item, form: Form, seed: str) -> Answer:
        """The order of the form, after a move; nothing while it is the order first shown."""
        sent = list(form.get(item.id, ()))
        for move in form.get(f"move.{item.id}", ()):
            sent = _moved(sent, move)
        return {"order": [] if sent == never_in_order(_ids(item), seed) else sent}

    def is_empty(self, item: Item, answer: Answer) -> bool:
        """Not touched."""
        return not answer.get("order")

    def problems(self, item: Item, answer: Answer, decimal_sign: str) -> Problems:
        """Entries that are missing, unknown or there twice."""
        order = answer.get("order")
        if order and sorted(order) != sorted(_ids(item)):
            return {item.id: [_("Some entries are missing. Put them all in order again.")]}
        return {}

    def view(self, item: Item, answer: Answer, seed: str) -> dict[str, Any]:
        """The entries as the learner left them, or in an order that is never the right one."""
        texts = {entry["id"]: entry["text"] for entry in item.body["entries"]}
        order = answer.get("order") or []
        if sorted(order) != sorted(texts):
            order = never_in_order(_ids(item), seed)
        return {"entries": [{"id": id, "text": texts[id]} for id in order]}

    def lines(self, item: Item, answer: Answer) -> Sequence[Line]:
        """The entries as they were put, numbered."""
        texts = {entry["id"]: entry["text"] for entry in item.body["entries"]}
        order = [id for id in answer.get("order") or [] if id in texts]
        return [Line(literal(str(place)), texts[id]) for place, id in enumerate(order, 1)]

    def mark(self, item: Item, answer: Answer, key: Key) -> Mark:
        """How many entries stand in the right order among each other; one alone counts nothing."""
        ids = _ids(item)
        row = [ids.index(id) for id in answer.get("order") or [] if id in ids]
        if not row:
            return whole(NOTHING, "empty")
        return graded(share(max(0, _longest_run(row) - 1), len(ids) - 1))

    def key_names(self, body: Body) -> set[str]:
        """Needs nothing of a data set."""
        return set()

    def places(self, item_id: str, body: Body) -> set[str]:
        """Nothing can be calculated on from an order."""
        return set()

    def depends_on(self, item_id: str, body: Body) -> set[str]:
        """An order is judged by itself."""
        return set()

    def typed(self, item: Item, answer: Answer) -> Mapping[str, Typed]:
        """No numbers."""
        return {}
