"""Markdown of authors to safe HTML: own media, formulas as MathML, tables, outside links."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import nh3
from flask_babel import get_locale
from flask_babel import gettext as _
from markdown_it.token import Token
from markupsafe import Markup

from lti_app.core.localized import LocalizedText, pick
from modules.blocks import mathml
from modules.blocks.markdown_rules import MEDIA, OUTSIDE, Drawing, parser
from modules.blocks.registry import MediaView

MOST_KEPT = 1000
"""Drawn texts in a process's memory; one page of a module has a few dozen."""
NO_MEDIA: Mapping[str, MediaView] = {}

TAGS = {
    *"p br hr strong em code pre blockquote ul ol li a img figure div span".split(),
    *"h2 h3 h4 h5 h6 table thead tbody tr th td".split(),
    *mathml.ELEMENTS,
}
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "target"},
    "img": {"src", "alt", "loading"},
    "ol": {"start"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "span": {"class"},
    "th": {"class"},
    "td": {"class"},
    **{element: set(mathml.ATTRIBUTES) for element in mathml.ELEMENTS},
}


def render(
    text: LocalizedText | None,
    language: str,
    media: Mapping[str, MediaView] = NO_MEDIA,
    top: int = 2,
) -> Markup:
    """Safe HTML of a text; its highest heading gets level `top`, without gaps below it."""
    source = pick(text, language)
    if media:
        return _draw(source, language, media, top)
    return _drawn(source, language, top, str(get_locale()))


@lru_cache(maxsize=MOST_KEPT)
def _drawn(source: str, language: str, top: int, _words: str) -> Markup:
    """Texts without pictures look the same for everybody; `_words` is the language of labels."""
    return _draw(source, language, NO_MEDIA, top)


def _draw(source: str, language: str, media: Mapping[str, MediaView], top: int) -> Markup:
    env = {"page": Drawing(media, language, top)}
    tokens = parser().parse(source, env)
    env["page"].levels = _heading_levels(tokens, top)
    return _clean(parser().renderer.render(tokens, parser().options, env))


def inline(
    text: LocalizedText | None, language: str, media: Mapping[str, MediaView] = NO_MEDIA
) -> Markup:
    """Safe HTML of a label or a choice: one line, no paragraph around it."""
    source = pick(text, language)
    if media:
        return _draw_inline(source, language, media)
    return _drawn_inline(source, language, str(get_locale()))


@lru_cache(maxsize=MOST_KEPT)
def _drawn_inline(source: str, language: str, _words: str) -> Markup:
    return _draw_inline(source, language, NO_MEDIA)


def _draw_inline(source: str, language: str, media: Mapping[str, MediaView]) -> Markup:
    return _clean(parser().renderInline(source, {"page": Drawing(media, language)}))


def problems(source: str, media_ids: frozenset[str] | set[str]) -> Iterator[str]:
    """Yield a sentence for everything in this Markdown that a reader could not be shown."""
    for token in _flat(parser().parse(source, {"page": Drawing(NO_MEDIA, "en")})):
        if token.type == "image":
            yield from _image_problems(str(token.attrGet("src") or ""), media_ids)
        elif token.type.startswith("math_"):
            yield from _math_problems(token.content)
        elif token.type == "link_open":
            yield from _link_problems(str(token.attrGet("href") or ""))


def media_ids(source: str) -> set[str]:
    """The ids of all media that this Markdown shows."""
    tokens = _flat(parser().parse(source, {"page": Drawing(NO_MEDIA, "en")}))
    links = [str(token.attrGet("src") or "") for token in tokens if token.type == "image"]
    return {found[1] for link in links if (found := MEDIA.fullmatch(link))}


def _image_problems(source: str, known: frozenset[str] | set[str]) -> Iterator[str]:
    found = MEDIA.fullmatch(source)
    if not found:
        yield _(
            "A picture is written as ![](media:ID), not as an address: %(src)s", src=source[:80]
        )
    elif found[1] not in known:
        yield _("There is no picture with the id %(id)s in this module.", id=found[1])


def _math_problems(latex: str) -> Iterator[str]:
    try:
        mathml.to_mathml(latex)
    except mathml.BadMath as error:
        yield f"{error} ({latex[:80]})"


def _link_problems(target: str) -> Iterator[str]:
    if not OUTSIDE.match(target):
        yield _("A link starts with https:// or http://, unlike: %(href)s", href=target[:80])


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _heading_levels(tokens: list[Token], top: int) -> dict[str, int]:
    # Readers who jump by headings need the levels without gaps, whatever an author began with.
    used = sorted({token.tag for token in tokens if token.type == "heading_open"})
    return {tag: min(6, top + place) for place, tag in enumerate(used)}


def _clean(html: str) -> Markup:
    # The parser already refuses HTML; this is the second lock, and it adds `rel` to links.
    return Markup(
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes={"http", "https"},
            link_rel="noopener noreferrer",
        )
    )
