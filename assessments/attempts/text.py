"""Texts of a module version as HTML: with its own pictures, split where a form needs it."""

from collections.abc import Callable, Mapping

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import selectinload

from lti_app.core.db import db
from lti_app.core.localized import LANGUAGES, LocalizedText, pick
from modules.authoring import queries as authoring
from modules.authoring.models import MediaAsset, ModuleVersion
from modules.blocks import markdown
from modules.blocks.registry import MediaView

Writer = Callable[..., Markup]
_NO_LABEL = ("|", "- ", "* ", "#", ">", "$$", "![", "```", "1.")


def media_of(version_id: int) -> Mapping[str, MediaView]:
    """The pictures of a version, by the id that its texts use."""
    pictures = selectinload(ModuleVersion.media).joinedload(MediaAsset.file)
    version = db.session.get(ModuleVersion, version_id, options=[pictures])
    if version is None:
        return {}
    return authoring.media_views(version, url_for("catalogue.media", sha256="0" * 64)[:-64])


def writer(language: str, media: Mapping[str, MediaView]) -> Writer:
    """`md(text)` and `md(text, inline=true)` for templates."""

    def md(text: LocalizedText | None, inline: bool = False, top: int = 3) -> Markup:
        if inline:
            return markdown.inline(text, language, media)
        return markdown.render(text, language, media, top)

    return md


def ask_and_lead(prompt: LocalizedText) -> tuple[LocalizedText | None, LocalizedText | None]:
    """The last paragraph, which can be a label, and what stands before it.

    No label when the prompt ends with a table, a list, a formula or a picture.
    """
    parts = {language: _split(pick(prompt, language)) for language in LANGUAGES}
    if not all(ask for _lead, ask in parts.values()):
        return None, prompt
    ask = {language: ask for language, (_lead, ask) in parts.items()}
    lead = {language: lead for language, (lead, _ask) in parts.items()}
    return ask, lead if any(lead.values()) else None


def _split(text: str) -> tuple[str, str]:
    lead, _gap, ask = text.strip().replace("\r\n", "\n").rpartition("\n\n")
    return (text, "") if ask.lstrip().startswith(_NO_LABEL) else (lead, ask)
