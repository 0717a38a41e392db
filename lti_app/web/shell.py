"""What every page knows: its name, who looks, where one can go, in which languages."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from flask_babel import LazyString
from markupsafe import Markup, escape

from lti_app.core.localized import LANGUAGES
from lti_app.web import handover, sessions
from lti_app.web.i18n import current_language

Nav = Mapping[str, Sequence[tuple[LazyString | str, str]]]
"""Per role the pages in the head: (label, endpoint)."""
_NAMES = {"nl": "Nederlands", "en": "English"}


def install(app: Flask, nav: Nav) -> None:
    """Give the templates their context."""
    app.extensions["expeditie_nav"] = nav
    app.context_processor(_context)
    app.jinja_env.globals["csrf_field"] = csrf_field


def csrf_field() -> Markup:
    """Return the hidden field that every form of a session carries; nothing outside one."""
    session = g.get("web_session")
    if session is None:
        return Markup("")
    token = escape(sessions.csrf_token(session))
    return Markup('<input type="hidden" name="csrf_token" value="%s">') % token


def _context() -> dict[str, Any]:
    session = g.get("web_session")
    role = session.role if session is not None else "public"
    embedded = sessions.is_framed() and request.method == "GET"
    return {
        "page_name": request.endpoint or "web.unknown",
        "page_role": role,
        "launch_ok": bool(session is not None and session.data.get("launch"))
        and "error_code" not in g,
        "current_language": current_language(),
        "csrf": sessions.csrf_token(session) if session is not None else None,
        "csp_nonce": g.get("csp_nonce", ""),
        "product_name": "Expeditie",
        "embedded": embedded,
        "nav": _nav("deep_linking" if session and session.data.get("deep_linking") else role),
        "language_links": _language_links(),
        "new_tab_url": handover.address(request.path) if embedded else None,
        "phone_url": _phone_url(role),
        "home_url": url_for("catalogue.index") if session is None else None,
    }


def _phone_url(role: str) -> str | None:
    """Where a learner goes on with this page on a phone."""
    if role != "learner" or request.method != "GET" or request.blueprint == "phone":
        return None
    page = handover.page_of(request.path)
    return url_for("phone.make", page=page) if page is not None and "error_code" not in g else None


def _nav(role: str) -> list[dict[str, Any]]:
    entries: Sequence[tuple[LazyString | str, str]] = current_app.extensions["expeditie_nav"].get(
        role, ()
    )
    return [
        {"label": label, "href": url_for(endpoint), "current": endpoint == request.endpoint}
        for label, endpoint in entries
    ]


def _language_links() -> list[tuple[str, str, str]]:
    path = request.path if request.method == "GET" or _is_public_form() else ""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    links = []
    for code in LANGUAGES:
        query = urlencode([*kept, ("lang", code)])
        links.append((code, _NAMES[code], f"{path}?{query}"))
    return links if path else []


def _is_public_form() -> bool:
    """Whether the page that answers this POST has its form at the same address, for anybody."""
    # In a session what was typed would be lost that way; there the links wait for the next page.
    if g.get("web_session") is not None or request.url_rule is None:
        return False
    same = current_app.url_map.iter_rules()
    return any(
        rule.rule == request.url_rule.rule and "GET" in (rule.methods or ()) for rule in same
    )
