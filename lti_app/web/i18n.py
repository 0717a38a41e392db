"""Dutch first, English beside it; numbers and dates as the lab writes them."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, ngettext

from lti_app.core.localized import LANGUAGES, LocalizedText, pick

COOKIE = "expeditie_lang"
ZONE = ZoneInfo("Europe/Amsterdam")


def install(app: Flask) -> None:
    """Add translations, the filters of the templates, and the language cookie of public pages."""
    Babel(app, locale_selector=current_language, default_translation_directories="translations")
    app.jinja_env.filters.update(
        t=translate, number=number, day=day, moment=moment, minutes=minutes
    )
    app.after_request(_remember)


def current_language() -> str:
    """Return "nl" or "en": asked for, remembered, told by the LMS, told by the browser, Dutch."""
    if not has_request_context():
        language: str = current_app.extensions.get("expeditie_language", "nl")
        return language
    if "language" not in g:
        g.language = _choose()
    return str(g.language)


def forget_choice() -> None:
    """Choose again: the session is known only after the first error could have happened."""
    g.pop("language", None)


def _choose() -> str:
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return asked
    session = g.get("web_session")
    told = (session.data.get("locale") or "")[:2].lower() if session is not None else ""
    if told in LANGUAGES:
        return str(told)
    remembered = request.cookies.get(COOKIE)
    if remembered in LANGUAGES:
        return remembered
    return request.accept_languages.best_match(LANGUAGES, default="nl") or "nl"


def _remember(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in LANGUAGES and g.get("web_session") is None:
        response.set_cookie(COOKIE, asked, max_age=365 * 86400, samesite="Lax", httponly=True)
    return response


def translate(text: LocalizedText | None) -> str:
    """Return content in the reader's language."""
    return pick(text, current_language())


def number(value: Decimal | float | int | str, decimals: int | None = None) -> str:
    """Write a number with the reader's decimal sign and a true minus; no thousands separators."""
    if isinstance(value, str):
        value = Decimal(value)
    pattern = (
        "0.###############" if decimals is None else "0" + ("." + "0" * decimals) * (decimals > 0)
    )
    text: str = format_decimal(value, format=pattern, locale=current_language())
    return text.replace("-", "\N{MINUS SIGN}")


def day(value: datetime) -> str:
    """Write a date as 21 november 2026."""
    return format_date(value.astimezone(ZONE), format="d MMMM y", locale=current_language())


def moment(value: datetime) -> str:
    """Write a date with its time in the school's zone: 21 november 2026, 10:42."""
    local = value.astimezone(ZONE)
    return format_datetime(local, "d MMMM y, HH:mm", tzinfo=ZONE, locale=current_language())


def minutes(value: int) -> str:
    """Write a duration in minutes, or hours and minutes: 45 minuten, 1 uur 30 minuten."""
    hours, rest = divmod(int(value), 60)
    parts = []
    if hours:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if rest or not hours:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", rest))
    return " ".join(parts)
