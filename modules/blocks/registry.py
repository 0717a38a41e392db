"""What a block type is, and the registry of those that this installation knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flask_babel import LazyString

from lti_app.core.localized import LocalizedText
from lti_app.core.policy import Actor
from lti_app.core.registry import Registry
from lti_app.core.schema import StrictSchema

Body = Mapping[str, Any]
State = Mapping[str, Any]


@dataclass(frozen=True)
class MediaView:
    """One picture of the module, as a page shows it. An empty `alt` means decorative."""

    url: str
    alt: LocalizedText
    mime: str = ""


@dataclass(frozen=True)
class Reference:
    """A place in a body that names another block of the same module."""

    path: str
    block: str
    must_precede: bool = False
    """The import refuses a module in which the other block does not come earlier."""
    locks: bool = False
    """A learner cannot begin before the other block is done."""


@dataclass(frozen=True)
class BlockView:
    """One block as one learner meets it."""

    id: int
    uuid: str
    type: str
    title: LocalizedText | None
    body: Body
    state: State
    required: bool
    done: bool
    locked: bool = False
    media: Mapping[str, MediaView] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Field name -> sentences, when what was sent could not be stored."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was typed in the form that was refused; empty otherwise."""
    save_url: str | None = None
    """Where the block's own form posts to; None in a preview and on paper."""


@dataclass(frozen=True)
class PageContext:
    """Who looks, when, and in which language."""

    language: str
    enrolment_id: int | None
    """None in a preview: nothing may be stored, nothing of a learner is shown."""
    actor: Actor
    now: datetime


class BlockType(Protocol):
    """A kind of block: one class, one template, registered once in `lti_app.wiring`."""

    slug: str
    label: LazyString | str
    graded: bool
    """Gets points, and is finished by its own result: the page shows no button for it."""
    template: str

    @property
    def schema(self) -> type[StrictSchema]:
        """What a body must look like."""
        ...

    def is_done(self, body: Body, state: State) -> bool:
        """Whether this state is all that the block asks for."""
        ...

    def view(self, block: BlockView, page: PageContext) -> dict[str, Any]:
        """The template's variables; the page adds `block` and `page` itself."""
        ...


class KeepsOwnForm(Protocol):
    """A block type with an own form for the learner (readings, timers, a confirmation)."""

    def save(self, body: Body, state: State, form: Mapping[str, str], now: datetime) -> State:
        """The new state after this form; Invalid(fields=…) when it cannot be stored."""
        ...


class RefersToBlocks(Protocol):
    """A block type whose body names other blocks."""

    def references(self, body: Body) -> Sequence[Reference]:
        """Every other block that the body names, with its place in the body."""
        ...


class PrintsItself(Protocol):
    """A block type with an own form on the bench sheet; others print as nothing but a title."""

    print_template: str


BLOCK_TYPES: Registry[BlockType] = Registry("block type")


def save(
    kind: BlockType, body: Body, state: State, form: Mapping[str, str], now: datetime
) -> State:
    """The state after this form; unchanged for a type that has no form of its own."""
    own = getattr(kind, "save", None)
    return state if own is None else own(body, state, form, now)


def references(kind: BlockType, body: Body) -> Sequence[Reference]:
    """The other blocks that this body names."""
    own = getattr(kind, "references", None)
    return () if own is None else own(body)


def is_safety(kind: BlockType) -> bool:
    """Whether it tells of dangers, and so must come before work at the bench."""
    return bool(getattr(kind, "is_safety", False))


def is_bench_work(kind: BlockType) -> bool:
    """Whether it tells to do something at the bench."""
    return bool(getattr(kind, "is_bench_work", False))


def missing(kind: BlockType, body: Body, state: State) -> Mapping[str, Sequence[str]]:
    """Per form field what is still to be filled in before the block can be finished."""
    own = getattr(kind, "missing", None)
    return {} if own is None else own(body, state)


def warnings(kind: BlockType, body: Body, state: State, language: str) -> Sequence[str]:
    """What deserves attention in what was recorded, without being refused."""
    own = getattr(kind, "warnings", None)
    return () if own is None else own(body, state, language)


def minutes(kind: BlockType, body: Body) -> int:
    """How many minutes the body says that it takes; 0 when it says nothing."""
    own = getattr(kind, "minutes", None)
    return 0 if own is None else int(own(body))
