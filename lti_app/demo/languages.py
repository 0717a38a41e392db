"""Dutch first, English beside it: a small dictionary, for the demo stands on its own."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import g, request

from lti_app.demo.texts import TEXTS

COOKIE = "demo_lms_language"
LANGUAGES = {"nl": "Nederlands", "en": "English"}
ZONE = ZoneInfo("Europe/Amsterdam")
MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}


def remember() -> None:
    """Take the language from ?lang= or from the cookie."""
    asked = request.args.get("lang") or request.cookies.get(COOKIE) or "nl"
    g.demo_language = asked if asked in LANGUAGES else "nl"


def current() -> str:
    """The language of this page."""
    return str(g.get("demo_language", "nl"))


def translated(name: str, /, **values: object) -> str:
    """A text in the language of this page."""
    dutch, english_text = TEXTS.get(name, (name, name))
    return (english_text if current() == "en" else dutch).format(**values)


def english(name: str) -> str:
    """A text for programs."""
    return TEXTS.get(name, (name, name))[1]


def moment(at: float) -> str:
    """A day and a time, in words."""
    local = datetime.fromtimestamp(at, UTC).astimezone(ZONE)
    month = MONTHS[current()].split()[local.month - 1]
    return f"{local.day} {month} {local.year}, {local:%H:%M:%S}"


def shown_number(value: float | int | str | None) -> str:
    """A number as people write it: at most two decimals, a comma in Dutch."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    text = f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "\u2212")
    return text.replace(".", ",") if current() == "nl" else text


def _other_query() -> str:
    """The query of this page without the language, ready for another parameter."""
    kept = [(name, value) for name, value in request.args.items() if name != "lang"]
    return "".join(f"{quote(name)}={quote(value)}&" for name, value in kept)


def in_templates() -> dict[str, Any]:
    """What every template may use."""
    return {
        "t": translated,
        "language": current(),
        "other_query": _other_query(),
        "languages": LANGUAGES,
        "moment": moment,
        "shown_number": shown_number,
    }
