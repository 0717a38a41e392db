"""Choice: one option, or several."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validates_schema

from assessments.items.fields import amount, key_reference
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
)
from assessments.items.shuffle import shuffled
from lti_app.core.localized import Localized
from lti_app.core.schema import StrictSchema, Text
from modules.blocks.fields import Id, Switch, unique


class Correct(fields.Field[Any]):
    """true, false, or right when the data set says so: {"key": "verdict", "is": "unfit"}."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool):
            return value
        if isinstance(value, dict):
            return key_reference(value, {"key", "is"})
        raise ValidationError(_("Say true, false, or name a value of the data set."))


class OptionSchema(StrictSchema):
    """One option."""

    id = Id(required=True)
    text = Localized(2000, required=True)
    correct = Correct(required=True)
    feedback = Localized(2000)


class ChoiceSchema(StrictSchema):
    """The body of a choice question."""

    multiple = Switch(load_default=False)
    shuffle = Switch(load_default=True)
    options = fields.List(fields.Nested(OptionSchema), required=True, validate=amount(2, 12))

    @validates_schema
    def _check_options(self, data: dict[str, Any], **kwargs: Any) -> None:
        options = data["options"]
        unique([option["id"] for option in options], "options")
        always = sum(option["correct"] is True for option in options)
        sometimes = sum(isinstance(option["correct"], dict) for option in options)
        if not always and not sometimes:
            raise ValidationError(_("At least one option must be right."), "options")
        if always > 1 and not data["multiple"]:
            raise ValidationError(_("Only one option can be right here."), "options")


class ChoiceAnswer(StrictSchema):
    """What was chosen."""

    chosen = fields.List(Text(40), load_default=list, validate=amount(0, 12))


def _is_right(option: Mapping[str, Any], key: Key) -> bool:
    correct = option["correct"]
    if isinstance(correct, Mapping):
        return str(key.values[correct["key"]]) == str(correct["is"])
    return correct is True


class Choice:
    """Choose one of the options, or all that apply."""

    slug = "choice"
    label = _l("Choice")
    schema = ChoiceSchema
    answer_schema = ChoiceAnswer
    template = "items/choice.html"

    def read(self, item: Item, form: Form, seed: str) -> Answer:
        """The chosen options, each once, in the order of the form."""
        return {"chosen": list(dict.fromkeys(form.get(item.id, ())))}

    def is_empty(self, item: Item, answer: Answer) -> bool:
        """Nothing chosen."""
        return not answer.get("chosen")

    def problems(self, item: Item, answer: Answer, decimal_sign: str) -> Problems:
        """An option that is not on the list, or more than one where one is asked."""
        chosen = answer.get("chosen", [])
        known = {option["id"] for option in item.body["options"]}
        if not set(chosen) <= known:
            return {item.id: [_("This is not one of the options. Choose again.")]}
        if len(chosen) > 1 and not item.body["multiple"]:
            return {item.id: [_("Choose one option.")]}
        return {}

    def view(self, item: Item, answer: Answer, seed: str) -> dict[str, Any]:
        """The options without what is right."""
        chosen = set(answer.get("chosen", []))
        options = [
            {"id": option["id"], "text": option["text"], "chosen": option["id"] in chosen}
            for option in item.body["options"]
        ]
        order = shuffled(options, seed) if item.body["shuffle"] else options
        return {"multiple": item.body["multiple"], "options": order}

    def lines(self, item: Item, answer: Answer) -> Sequence[Line]:
        """The chosen options, in the author's order."""
        chosen = answer.get("chosen", [])
        return [Line(None, one["text"]) for one in item.body["options"] if one["id"] in chosen]

    def mark(self, item: Item, answer: Answer, key: Key) -> Mark:
        """One: all or nothing. Several: right choices minus wrong choices, never below nothing."""
        chosen = set(answer.get("chosen", []))
        options = item.body["options"]
        right = {option["id"] for option in options if _is_right(option, key)}
        if not chosen:
            return whole(NOTHING, "empty")
        feedback = [o["feedback"] for o in options if o["id"] in chosen and o.get("feedback")]
        hits = max(0, len(chosen & right) - len(chosen - right))
        if not item.body["multiple"]:
            hits = int(len(chosen) == 1 and chosen <= right)
            return graded(share(hits, 1), feedback)
        return graded(share(hits, max(1, len(right))), feedback)

    def key_names(self, body: Body) -> set[str]:
        """Options that are right for some data sets only."""
        corrects = [option["correct"] for option in body["options"]]
        return {correct["key"] for correct in corrects if isinstance(correct, dict)}

    def places(self, item_id: str, body: Body) -> set[str]:
        """Nothing can be calculated on from a choice."""
        return set()

    def depends_on(self, item_id: str, body: Body) -> set[str]:
        """A choice is judged by itself."""
        return set()

    def typed(self, item: Item, answer: Answer) -> Mapping[str, Typed]:
        """No numbers."""
        return {}
