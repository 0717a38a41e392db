"""What the learner's pages show: one block with its own template, in the right state."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from lti_app.core.clock import utcnow
from lti_app.core.localized import LocalizedText
from lti_app.core.policy import Actor
from lti_app.web.i18n import current_language
from modules.authoring import queries as authoring
from modules.authoring.models import ModuleVersion
from modules.blocks import markdown
from modules.blocks import registry as kinds
from modules.blocks.registry import (
    BLOCK_TYPES,
    BlockType,
    BlockView,
    MediaView,
    PageContext,
)
from modules.learning import queries
from modules.learning.models import Enrolment
from modules.learning.outline import Outline, Place, outline_of


@dataclass(frozen=True)
class Study:
    """A version as somebody opens it; without an enrolment it has not begun, or is a preview."""

    version: ModuleVersion
    enrolment: Enrolment | None
    outline: Outline
    is_preview: bool


@dataclass(frozen=True)
class Refusal:
    """What was typed in a form that could not be kept, and why."""

    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


NOTHING_REFUSED = Refusal()


def study_for(actor: Actor) -> Study | None:
    """What this session opens: the own work, the offer, or a preview for staff; None if nothing."""
    enrolment = None if actor.is_staff else queries.enrolment_of(actor)
    version = enrolment.module_version if enrolment else queries.offered_version(actor)
    if version is None:
        return None
    whole = authoring.published(version)
    recorded = queries.progress_of(enrolment.id) if enrolment else {}
    return Study(whole, enrolment, outline_of(whole, recorded), actor.is_staff)


def block_html(
    study: Study, place: Place, actor: Actor, refusal: Refusal = NOTHING_REFUSED
) -> Markup:
    """The block as its own type draws it; a type that is not known here says so."""
    kind = _kind(place)
    if kind is None:
        return Markup(render_template("learning/_unknown.html"))
    media = _media(study.version)
    enrolment_id = study.enrolment.id if study.enrolment else None
    page = PageContext(current_language(), enrolment_id, actor, utcnow())
    block = _view(study, place, media, refusal)
    shown = kind.view(block, page)
    return Markup(
        render_template(
            kind.template, **shown, block=block, page=page, md=writer(page.language, media)
        )
    )


def print_html(study: Study, place: Place, actor: Actor) -> Markup:
    """The block on paper; empty for a type that has no form for it."""
    kind = _kind(place)
    template = getattr(kind, "print_template", None)
    if kind is None or template is None:
        return Markup("")
    media = _media(study.version)
    page = PageContext(current_language(), None, actor, utcnow())
    block = BlockView(
        place.block.id,
        place.block.uuid,
        place.block.type,
        place.block.title,
        place.block.body,
        {},
        place.block.required,
        done=False,
        media=media,
    )
    shown = kind.view(block, page)
    return Markup(
        render_template(template, **shown, block=block, page=page, md=writer(page.language, media))
    )


def writer(language: str, media: Mapping[str, MediaView]) -> Callable[..., Markup]:
    """`md(text)` and `md(text, inline=true)` for the templates of blocks."""

    def md(text: LocalizedText | None, inline: bool = False, top: int = 2) -> Markup:
        """Write a text in the reader's language."""
        if inline:
            return markdown.inline(text, language, media)
        return markdown.render(text, language, media, top)

    return md


def warnings(place: Place, language: str) -> Sequence[str]:
    """What deserves attention in what was recorded in a block."""
    kind = _kind(place)
    if kind is None:
        return ()
    return kinds.warnings(kind, place.block.body, place.state, language)


def has_button(place: Place) -> bool:
    """Whether the learner ticks the block off; graded blocks are done by their result."""
    kind = _kind(place)
    return kind is None or not kind.graded


def keeps_form(place: Place) -> bool:
    """Whether the block has fields to be saved while one types."""
    kind = _kind(place)
    return kind is not None and hasattr(kind, "save")


def _kind(place: Place) -> BlockType | None:
    return BLOCK_TYPES.get(place.block.type) if place.block.type in BLOCK_TYPES else None


def _media(version: ModuleVersion) -> Mapping[str, MediaView]:
    return authoring.media_views(version, url_for("catalogue.media", sha256="0" * 64)[:-64])


def _view(
    study: Study, place: Place, media: Mapping[str, MediaView], refusal: Refusal
) -> BlockView:
    block = place.block
    can_save = study.enrolment is not None and not place.locked_by
    state: Mapping[str, Any] = place.state
    return BlockView(
        id=block.id,
        uuid=block.uuid,
        type=block.type,
        title=block.title,
        body=block.body,
        state=state,
        required=block.required,
        done=place.done,
        locked=bool(place.locked_by),
        media=media,
        errors=refusal.errors,
        typed=refusal.typed,
        save_url=url_for("learning.save", block_id=block.id) if can_save else None,
    )
