"""How each piece of Markdown is drawn, where the parser's own way is not safe or not clear."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import escape
from mdit_py_plugins.dollarmath import dollarmath_plugin

from lti_app.core.localized import pick
from modules.blocks import mathml
from modules.blocks.registry import MediaView

MEDIA = re.compile(r"media:([a-z0-9][a-z0-9-]{0,59})")
OUTSIDE = re.compile(r"https?://[^\s/]+", re.IGNORECASE)


@dataclass
class Drawing:
    """What one rendering knows; the parser hands it to every rule."""

    media: Mapping[str, MediaView]
    language: str
    top: int = 2
    levels: dict[str, int] = field(default_factory=dict)


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """The one parser: CommonMark with tables and formulas, without HTML."""
    made = MarkdownIt("commonmark", {"html": False}).enable(["table"])
    dollarmath_plugin(
        made, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True
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
        made.add_render_rule(name, rule)
    return made


def _image(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, Drawing]
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
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, Drawing]
) -> str:
    token = tokens[place]
    level = env["page"].levels.get(token.tag, env["page"].top)
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"


def _table_open(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, Drawing]
) -> str:
    label = escape(_("Table"))
    return f'<div class="table-scroll" role="region" tabindex="0" aria-label="{label}"><table>'


def _table_close(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, Drawing]
) -> str:
    return "</table></div>"


def _cell(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, Drawing]
) -> str:
    # The parser writes `style="text-align:right"`, which a strict CSP refuses.
    token = tokens[place]
    kind = ' class="numeric"' if "right" in str(token.attrGet("style") or "") else ""
    return f"<{token.tag}{kind}>"


def _link(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, Drawing]
) -> str:
    target = str(tokens[place].attrGet("href") or "")
    if not OUTSIDE.match(target):
        return "<a>"
    # In a frame of the learning platform most sites refuse to be shown: open them beside it.
    return f'<a href="{escape(target)}" target="_blank">'


def _math(
    self: RendererHTML, tokens: list[Token], place: int, options: Any, env: dict[str, Drawing]
) -> str:
    token = tokens[place]
    block = token.type != "math_inline"
    try:
        found = mathml.to_mathml(token.content, block=block)
    except mathml.BadMath:
        found = f"<code>{escape(token.content)}</code>"
    if token.type != "math_block":
        return found
    # A wide formula scrolls on a phone, so keys must reach it.
    label = escape(_("Formula"))
    return f'<div class="formula" role="group" tabindex="0" aria-label="{label}">{found}</div>'
