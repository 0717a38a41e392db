"""What an item type is, and the registry of those that this installation knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from flask_babel import LazyString

from assessments.items.mark import Mark
from lti_app.core.localized import LocalizedText
from lti_app.core.registry import Registry
from lti_app.core.schema import StrictSchema

Body = Mapping[str, Any]
Answer = Mapping[str, Any]
Form = Mapping[str, Sequence[str]]
"""What a browser sent: every name with all its values."""
Problems = dict[str, list[str]]
"""Field name -> sentences."""


@dataclass(frozen=True)
class Item:
    """One question of an assessment."""

    id: str
    type: str
    prompt: LocalizedText
    points: Decimal
    body: Body
    feedback: LocalizedText | None = None


@dataclass(frozen=True)
class Typed:
    """A number that the learner typed for a value of the data set."""

    name: str
    value: Decimal


@dataclass(frozen=True)
class Line:
    """One line of a given answer, as it is read back: what was asked, what was answered."""

    label: LocalizedText | None
    text: LocalizedText
    place: str = ""
    """The cell of a table, to find its own mark."""
    is_typed: bool = False
    """What the learner typed is shown as it is; what the author wrote is Markdown."""


def literal(text: str) -> LocalizedText:
    """Text that is the same in every language."""
    return {"nl": text, "en": text}


def _cannot(name: str, replaced: Mapping[str, Decimal]) -> Decimal | None:
    return None


@dataclass(frozen=True)
class Key:
    """What right answers are compared with. Never leaves the server."""

    values: Mapping[str, Decimal | str] = field(default_factory=dict)
    recompute: Callable[[str, Mapping[str, Decimal]], Decimal | None] = _cannot
    earlier: Mapping[str, Typed] = field(default_factory=dict)
    """The learner's own numbers by reference (``q1``, or ``q2:row:column`` in a table)."""


class ItemType(Protocol):
    """A kind of question: one class, two templates, registered once in `lti_app.wiring`."""

    slug: str
    label: LazyString | str
    template: str
    """Shows the question as a form, with what `view` returns."""

    @property
    def schema(self) -> type[StrictSchema]:
        """What a body must look like."""
        ...

    @property
    def answer_schema(self) -> type[StrictSchema]:
        """What an answer must look like."""
        ...

    def read(self, item: Item, form: Form, seed: str) -> Answer:
        """What was filled in, word for word. `seed` is the one with which `view` showed it."""
        ...

    def is_empty(self, item: Item, answer: Answer) -> bool:
        """Whether (part of) the answer is still missing."""
        ...

    def problems(self, item: Item, answer: Answer, decimal_sign: str) -> Problems:
        """What cannot be marked as it stands, by form field; an empty field is no problem."""
        ...

    def view(self, item: Item, answer: Answer, seed: str) -> dict[str, Any]:
        """The template's variables: never anything of the key."""
        ...

    def lines(self, item: Item, answer: Answer) -> Sequence[Line]:
        """The given answer, to be read back."""
        ...

    def mark(self, item: Item, answer: Answer, key: Key) -> Mark:
        """The mark; never raises on what a learner typed."""
        ...

    def key_names(self, body: Body) -> set[str]:
        """The values of the data set that marking needs."""
        ...

    def places(self, item_id: str, body: Body) -> set[str]:
        """The references by which later questions can depend on this one."""
        ...

    def depends_on(self, item_id: str, body: Body) -> set[str]:
        """The references that this question calculates on from."""
        ...

    def typed(self, item: Item, answer: Answer) -> Mapping[str, Typed]:
        """The numbers that later questions may calculate on from, by reference."""
        ...


ITEM_TYPES: Registry[ItemType] = Registry("item type")


def item_from_json(data: Mapping[str, Any]) -> Item:
    """The item that a module's assessment holds; the data has passed the schema."""
    return Item(
        id=data["id"],
        type=data["type"],
        prompt=data["prompt"],
        points=Decimal(data["points"]),
        body=data["body"],
        feedback=data.get("feedback"),
    )
