"""JSON as it may be signed: bounded, unambiguous, and the same in every language.

Refused before anything else looks at it: duplicate keys, NaN, numbers that JavaScript cannot hold,
characters on which canonicalisers disagree (RDFC-1.0 section 4.4, canonical N-Quads).
"""

import json
import math
from typing import Any

MAX_BYTES = 64 * 1024
MAX_DEPTH = 32
MAX_VALUES = 3000
"""Real credentials have some three hundred; the work of a check grows with them."""
MAX_INTEGER = 2**53 - 1
"""RFC 8259 section 6: the range in which all implementations agree."""


class NotUsable(ValueError):
    """This is not JSON that can be signed or checked; `code` says why, `detail` where."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail[:200]


def parse(content: bytes | str, *, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """Return the object in this text, or raise NotUsable."""
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(raw) > max_bytes:
        raise NotUsable("too_large", str(len(raw)))
    try:
        value = json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except NotUsable:
        raise
    except (ValueError, RecursionError) as error:
        raise NotUsable("not_json", type(error).__name__) from error
    if not isinstance(value, dict):
        raise NotUsable("not_object", type(value).__name__)
    screen(value)
    if _count(value) > MAX_VALUES:
        raise NotUsable("too_large")
    return value


def screen(value: Any, *, depth: int = 0, path: str = "") -> None:
    """Raise NotUsable when any text, number or nesting in here is not safe to sign."""
    if depth > MAX_DEPTH:
        raise NotUsable("too_deep", path)
    if isinstance(value, dict):
        for key, item in value.items():
            _screen_text(key, path)
            screen(item, depth=depth + 1, path=f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            screen(item, depth=depth + 1, path=f"{path}[{number}]")
    elif isinstance(value, str):
        _screen_text(value, path)
    else:
        _screen_number(value, path)


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(_count(item) for item in value.values())
    if isinstance(value, list):
        return 1 + sum(_count(item) for item in value)
    return 1


def is_unsafe(char: str) -> bool:
    """Whether canonicalisers disagree about this character, or no standard allows it.

    C0 controls except tab and line ends, DEL, lone surrogates, and the Unicode non-characters.
    """
    code = ord(char)
    if code < 0x20:
        return char not in "\t\n\r"
    return code == 0x7F or 0xD800 <= code <= 0xDFFF or _is_noncharacter(code)


def _is_noncharacter(code: int) -> bool:
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _screen_text(text: object, path: str) -> None:
    if not isinstance(text, str):
        raise NotUsable("not_json", path)
    for char in text:
        if is_unsafe(char):
            raise NotUsable("unsafe_character", f"U+{ord(char):04X} in {path}")


def _screen_number(value: object, path: str) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return
    if isinstance(value, float) and math.isfinite(value):
        return
    raise NotUsable("unsafe_number", path)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise NotUsable("duplicate_key", key)
        result[key] = value
    return result


def _no_constant(name: str) -> None:
    raise NotUsable("unsafe_number", name)


def _integer(text: str) -> int:
    if len(text) > 17:
        raise NotUsable("unsafe_number", text[:20])
    return int(text)


def _float(text: str) -> float | int:
    """Read 1.0 as 1: JavaScript has one number type, and JSON-LD would sign them differently."""
    value = float(text)
    if not math.isfinite(value):
        raise NotUsable("unsafe_number", text[:20])
    if value.is_integer() and abs(value) <= MAX_INTEGER:
        return int(value)
    if abs(value) > MAX_INTEGER:
        raise NotUsable("unsafe_number", text[:20])
    return value
