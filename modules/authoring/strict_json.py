"""JSON without its surprises, and one canonical way to write it."""

import json
import math
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from lti_app.core.schema import hostile_character
from modules.authoring.problems import BadPackage

LARGEST = 5 * 1024 * 1024
DEEPEST = 24
LONGEST_NUMBER = 30


class _Refused(ValueError):
    """Raised inside the parser, with a sentence for people."""


def read(data: bytes) -> dict[str, Any]:
    """The object in this JSON; BadPackage on duplicate keys, NaN, depth or odd characters."""
    try:
        if len(data) > LARGEST:
            raise _Refused(_("The file is larger than %(n)s MB.", n=LARGEST // 1024**2))
        document = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_whole,
            parse_float=_fraction,
        )
        if not isinstance(document, dict):
            raise _Refused(_("The file must hold one JSON object."))
        _check(document)
    except _Refused as error:
        raise BadPackage(fields={"module.json": [str(error)]}) from error
    except UnicodeDecodeError as error:
        raise BadPackage(fields={"module.json": [_("The file is not UTF-8 text.")]}) from error
    except RecursionError as error:
        raise BadPackage(fields={"module.json": [_("It is nested too deeply.")]}) from error
    except json.JSONDecodeError as error:
        sentence = _("This is not JSON, at line %(line)s.", line=error.lineno)
        raise BadPackage(fields={"module.json": [sentence]}) from error
    return document


def write(document: Any) -> bytes:
    """Canonical JSON: sorted keys, two spaces, UTF-8, one line break at the end."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return (text + "\n").encode()


def _check(document: Any) -> None:
    for place, value, depth in _walk(document, "", 1):
        if depth > DEEPEST:
            raise _Refused(_("It is nested too deeply."))
        if isinstance(value, str) and hostile_character(value) is not None:
            raise _Refused(_("There is a character that cannot be used at %(place)s.", place=place))


def _walk(value: Any, place: str, depth: int) -> Iterator[tuple[str, Any, int]]:
    yield place, value, depth
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield place, key, depth
            yield from _walk(inner, f"{place}.{key}" if place else key, depth + 1)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _walk(inner, f"{place}.{position}", depth + 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Refused(_("The key %(name)s is there twice.", name=twice[:80]))
    return found


def _constant(text: str) -> Any:
    raise _Refused(_("%(text)s is not a number that can be used.", text=text))


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise _Refused(_("%(text)s is not a number that can be used.", text=text[:40]))
    return int(text)


def _fraction(text: str) -> float:
    number = float(text)
    if len(text) > LONGEST_NUMBER or not math.isfinite(number):
        raise _Refused(_("%(text)s is not a number that can be used.", text=text[:40]))
    return number
