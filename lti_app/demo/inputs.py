"""Reading what others send, so that bad input is always a clear 4xx."""

import json
from typing import Any, NoReturn, TypeGuard
from urllib.parse import quote, urlsplit

from flask import request

from lti_app.demo.refusals import Refused

LONGEST_TEXT = 4000
LARGEST_NUMBER = 1_000_000_000


def json_object() -> dict[str, Any]:
    """The JSON object in the body of this request."""
    if request.mimetype != "application/json":
        raise Refused(415, "not_json", "Content-Type: application/json")
    if not request.get_data():
        return {}
    return parse_object(request.get_data())


def parse_object(raw: bytes) -> dict[str, Any]:
    """A JSON object that can be stored: no NaN, no half characters, no endless nesting."""
    try:
        data = json.loads(raw, parse_constant=_no_constant)
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refused(400, "not_json") from error
    if not isinstance(data, dict):
        raise Refused(400, "not_json", "object")
    return data


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def is_clean(value: object) -> bool:
    """Whether a text can be stored and shown as it is."""
    if not isinstance(value, str) or "\x00" in value:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


def text(data: dict[str, Any], name: str, default: str | None = None) -> str:
    """A text of at most 4000 characters; without a default it must be there and not be empty."""
    value = data.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not is_clean(value) or len(value) > LONGEST_TEXT:
        raise Refused(400, "bad_field", name)
    if default is None and not value.strip():
        raise Refused(400, "bad_field", name)
    return value


def url(data: dict[str, Any], name: str, default: str | None = None) -> str:
    """An absolute http(s) address."""
    value = text(data, name, default)
    if value and not is_url(value):
        raise Refused(400, "bad_field", name)
    return value


def is_url(value: object) -> bool:
    """Whether this is an absolute http(s) address with a host."""
    if not isinstance(value, str) or not is_clean(value) or len(value) > LONGEST_TEXT:
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def origin(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def urls(data: dict[str, Any], name: str) -> list[str]:
    """A list of addresses; empty when absent."""
    values = data.get(name, [])
    if not isinstance(values, list) or not all(is_url(value) for value in values):
        raise Refused(400, "bad_field", name)
    return values


def texts(data: dict[str, Any], name: str, default: list[str]) -> list[str]:
    """A list of short texts."""
    values = data.get(name, default)
    if not isinstance(values, list) or not all(is_clean(v) and 0 < len(v) <= 255 for v in values):
        raise Refused(400, "bad_field", name)
    return values


def flag(data: dict[str, Any], name: str, default: bool) -> bool:
    """True or false."""
    value = data.get(name, default)
    if not isinstance(value, bool):
        raise Refused(400, "bad_field", name)
    return value


def mapping(data: dict[str, Any], name: str) -> dict[str, Any]:
    """An object inside the object; empty when absent."""
    value = data.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(400, "bad_field", name)
    return value


def number(data: dict[str, Any], name: str, default: float | None = None) -> float:
    """A number that is not absurd."""
    value = data.get(name, default)
    if not is_number(value):
        raise Refused(400, "bad_field", name)
    return float(value)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether this is a JSON number of a sensible size (a boolean is not)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -LARGEST_NUMBER <= value <= LARGEST_NUMBER


def whole(raw: object, largest: int = LARGEST_NUMBER) -> int | None:
    """A whole number from a text such as a public id, or nothing."""
    if not isinstance(raw, str) or not raw.isascii() or not raw.isdigit() or len(raw) > 10:
        return None
    return int(raw) if int(raw) <= largest else None


def single(values: dict[str, list[str]], name: str) -> str | None:
    """A parameter that may occur once."""
    found = values.get(name, [])
    if len(found) > 1:
        raise Refused(400, "twice", name)
    return found[0] if found and is_clean(found[0]) else None


def quoted(value: str) -> str:
    """A value for a query string."""
    return quote(value, safe="")


def is_time(value: object) -> TypeGuard[int | float]:
    """Whether this is a NumericDate of our age."""
    return not isinstance(value, bool) and isinstance(value, int | float) and 0 < value < 1e11
