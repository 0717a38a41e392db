"""Markdown of authors to safe HTML: own media, formulas as MathML, tables, outside links."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import nh3
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.dollarmath import dollarmath_plugin

from lti_app.core.localized import LocalizedText, pick
from modules.blocks import mathml
from modules.blocks.registry import MediaView

MEDIA = re.compile(r"media:([a-z0-9][a-z0-9-]{0,59})")
OUTSIDE = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
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


@dataclass
class _Env:
    """What one rendering knows; markdown-it hands it to every rule."""

    media: Mapping[str, MediaView]
    language: str
    top: int = 2
    levels: dict[str, int] = field(default_factory=dict)


def render(
    text: LocalizedText | None,
    language: str,
    media: Mapping[str, MediaView] = NO_MEDIA,
    top: int = 2,
) -> Markup:
    """Safe HTML of a text; its highest heading gets level `top`, without gaps below it."""
    source = pick(text, language)
    env = {"page": _Env(media, language, top)}
    tokens = _parser().parse(source, env)
    env["page"].levels = _heading_levels(tokens, top)
    return _clean(_parser().renderer.render(tokens, _parser().options, env))


def inline(
    text: LocalizedText | None, language: str, media: Mapping[str, MediaView] = NO_MEDIA
) -> Markup:
    """Safe HTML of a label or a choice: one line, no paragraph around it."""
    env = {"page": _Env(media, language)}
    return _clean(_parser().renderInline(pick(text, language), env))


def problems(source: str, media_ids: frozenset[str] | set[str]) -> Iterator[str]:
    """Yield a sentence for everything in this Markdown that a reader could not be shown."""
    for token in _flat(_parser().parse(source, {"page": _Env(NO_MEDIA, "en")})):
        if token.type == "image":
            yield from _image_problems(str(token.attrGet("src") or ""), media_ids)
        elif token.type.startswith("math_"):
            yield from _math_problems(token.content)
        elif token.type == "link_open":
            yield from _link_problems(str(token.attrGet("href") or ""))


def media_ids(source: str) -> set[str]:
    """The ids of all media that this Markdown shows."""
    tokens = _flat(_parser().parse(source, {"page": _Env(NO_MEDIA, "en")}))
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


def _image(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, _Env]
) -> str:
    page = env["page"]
    found = MEDIA.fullmatch(str(tokens[place].attrGet("src") or ""))
    media = page.media.get(found[1]) if found else None
    if media is None:
        missing = escape(_("(This picture is missing.)"))
        return f'<span class="missing">{missing}</span>'
    alt = escape(pick(media.alt, page.language))
    return f'<img src="{escape(media.url)}" alt="{alt}" loading="lazy">'


def _heading(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, _Env]
) -> str:
    token = tokens[place]
    level = env["page"].levels.get(token.tag, env["page"].top)
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"


def _table_open(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, _Env]
) -> str:
    label = escape(_("Table"))
    return f'<div class="table-scroll" role="region" tabindex="0" aria-label="{label}"><table>'


def _table_close(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, _Env]
) -> str:
    return "</table></div>"


def _cell(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, _Env]
) -> str:
    # The parser writes `style="text-align:right"`, which a strict CSP refuses.
    token = tokens[place]
    kind = ' class="numeric"' if "right" in str(token.attrGet("style") or "") else ""
    return f"<{token.tag}{kind}>"


def _link(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, _Env]
) -> str:
    target = str(tokens[place].attrGet("href") or "")
    if not OUTSIDE.match(target):
        return "<a>"
    # In a frame of the learning platform most sites refuse to be shown: open them beside it.
    return f'<a href="{escape(target)}" target="_blank">'


def _math(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, _Env]
) -> str:
    token = tokens[place]
    block = token.type != "math_inline"
    try:
        found = mathml.to_mathml(token.content, block=block)
    except mathml.BadMath:
        found = f"<code>{escape(token.content)}</code>"
    return f'<div class="formula">{found}</div>' if token.type == "math_block" else found


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table"])
    dollarmath_plugin(
        parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True
    )
    rules = {
        "image": _image,
        "heading_open": _heading,
        "heading_close": _heading,
        "table_open": _table_open,
        "table_close": _table_close,
        "th_open": _cell,
        "td_open": _cell,
        "link_open": _link,
        "math_inline": _math,
        "math_inline_double": _math,
        "math_block": _math,
    }
    for name, rule in rules.items():
        parser.add_render_rule(name, rule)
    return parser
