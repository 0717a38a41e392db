"""What a page or a terminal shows of a credential: plain values, whatever the document holds."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessments.credentials.checking import texts

_MOST = 4000
_HEADING = re.compile(r"^\*\*([^*\n]+)\*\*\r?$", re.MULTILINE)


@dataclass(frozen=True)
class Shown:
    """The parts of a badge that a reader needs in five seconds."""

    name: str = ""
    issuer: str = ""
    issuer_id: str = ""
    description: str = ""
    criteria: tuple[tuple[str, ...], ...] = ()
    """Paragraphs of lines; Markdown of others is shown as the plain text that it is."""
    awarded_at: datetime | None = None
    valid_until: datetime | None = None
    results: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    """Those that the criteria do not name already."""
    headings: frozenset[str] = frozenset()
    """Which paragraphs of the criteria are headings: those that are bold as a whole."""


def shown(document: dict[str, Any], language: str) -> Shown:
    """Read a credential that was checked; missing or strange parts are left out."""
    subject = _group(document.get("credentialSubject"))
    achievement = _group(subject.get("achievement"))
    criteria = _group(achievement.get("criteria"))
    narrative = _in(criteria, "narrative", language)
    issuer = document.get("issuer")
    return Shown(
        name=_in(achievement, "name", language) or _text(document.get("name")),
        issuer=_text(_group(issuer).get("name")),
        issuer_id=_text(issuer if isinstance(issuer, str) else _group(issuer).get("id")),
        description=_in(achievement, "description", language),
        criteria=_paragraphs(narrative),
        headings=frozenset(_HEADING.findall(narrative)),
        awarded_at=moment(document.get("awardedDate")) or moment(document.get("validFrom")),
        valid_until=moment(document.get("validUntil")),
        results=_results(subject, achievement, language),
        outcomes=_outcomes(achievement, criteria),
    )


def moment(value: object) -> datetime | None:
    """Read a date with its zone, or None."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _in(group: dict[str, Any], name: str, language: str) -> str:
    """Return the text in the reader's language when it goes along (`nameIn` and the like)."""
    return _text(_group(group.get(f"{name}In")).get(language)) or _text(group.get(name))


def _paragraphs(text: str) -> tuple[tuple[str, ...], ...]:
    plain = text.replace("**", "").replace("\r\n", "\n")
    return tuple(tuple(part.strip().split("\n")) for part in plain.split("\n\n") if part.strip())


def _results(
    subject: dict[str, Any], achievement: dict[str, Any], language: str
) -> tuple[str, ...]:
    percent = {_text(item.get("id")) for item in _described(achievement, "Percent")} - {""}
    found = []
    for item in _many(subject.get("result")):
        text = _text(item.get("value"))
        if text and _text(item.get("resultDescription")) in percent:
            text = f"{_with_sign(text, language)} %"
        found.append(text)
    return tuple(text for text in found if text)


def _with_sign(text: str, language: str) -> str:
    """Write a plain number with the decimal sign of the language; leave other text alone."""
    whole, point, rest = text.partition(".")
    is_number = whole.isdecimal() and rest.isdecimal()
    return f"{whole},{rest}" if point and is_number and language == "nl" else text


def _outcomes(achievement: dict[str, Any], criteria: dict[str, Any]) -> tuple[str, ...]:
    # The names have one language, the criteria may tell the same in more.
    told = [criteria.get("narrative"), *_group(criteria.get("narrativeIn")).values()]
    said = "\n".join(text for text in told if isinstance(text, str))
    named = (_text(item.get("name")) for item in _described(achievement, "Status"))
    return tuple(text for text in named if text and text not in said)


def _described(achievement: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    described = _many(achievement.get("resultDescription"))
    return [item for item in described if kind in texts(item.get("resultType"))]


def _many(value: Any) -> list[dict[str, Any]]:
    return [_group(item) for item in (value if isinstance(value, list) else [value])]


def _group(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value[:_MOST] if isinstance(value, str) else ""
