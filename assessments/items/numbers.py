"""Reading a number the way a laboratory writes it, and counting the digits that were typed.

The rules, so that nobody has to guess:

* Comma and point are both decimal signs. When both occur, the last one is the decimal sign and
  the other one groups thousands: ``1.000,5`` and ``1,000.5`` are the same number.
* A sign that occurs more than once groups thousands: ``1.000.000``. Groups have three digits.
* Spaces group thousands too: ``12 500,5``.
* One sign with exactly three digits behind it (``1.000``) can be read in two ways. With the
  decimal sign of the page's language it is a decimal number; with the other one it is refused.
* Powers of ten: ``1,20·10^3``, ``1,20×10³``, ``1.2e3``, ``10^-3``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

LONGEST = 40
LARGEST_POWER = 30

_MINUS = dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d"), "-")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u200a\u202f\u2008"), " ")
_TIMES = dict.fromkeys(map(ord, "\u00b7\u22c5\u2219\u2022\u00d7\u2715\u2217"), "*")
_SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_RAISED = str.maketrans(_SUPERSCRIPT, "0123456789+-")
_RAISED_RUN = re.compile(f"[{_SUPERSCRIPT}]+")

_POWER = r" *(?:[eE](?P<e>[+-]?[0-9]{1,4})|[*xX] *10 *\^ *(?P<p>\(? *[+-]? *[0-9]{1,4} *\)?))"
_SHAPE = re.compile(
    rf"(?P<sign>[+-]?) *(?P<mantissa>[.,]?[0-9](?:[0-9., ]*[0-9])?)(?![.,0-9])(?:{_POWER})?"
)
_BARE_POWER = re.compile(r"(?P<sign>[+-]?) *10 *\^ *(?P<p>\(? *[+-]? *[0-9]{1,4} *\)?)")
_DOUBTFUL = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class NumberError(ValueError):
    """What was typed is not one number; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Number:
    """A typed number: its value and how many significant figures it can be read to have."""

    value: Decimal
    least: int
    most: int


def normalise(text: str) -> str:
    """One spelling for all minus signs, spaces, times signs and raised digits."""
    text = _RAISED_RUN.sub(lambda run: "^" + run[0].translate(_RAISED), text)
    text = text.translate(_MINUS).translate(_SPACES).translate(_TIMES).replace("**", "^")
    return re.sub(r" {2,}", " ", text).strip(" \t\r\n")


def split(text: str) -> tuple[str, str]:
    """The part of a typed answer that is a number, and what stands behind it."""
    if len(text) > LONGEST:
        raise NumberError("too_long")
    plain = normalise(text)
    if not plain:
        raise NumberError("empty")
    found = _BARE_POWER.match(plain) or _SHAPE.match(plain)
    if found is None:
        raise NumberError("not_a_number")
    return found[0], plain[found.end() :].strip()


def parse_number(text: str, decimal_sign: str | None = None) -> Number:
    """Read one number and nothing else; NumberError when it is not clear what is meant.

    ``decimal_sign`` is that of the reader's language. Leave it out for text that was
    accepted before: a single sign is then a decimal sign.
    """
    number, rest = split(text)
    if rest:
        raise NumberError("not_a_number")
    bare = _BARE_POWER.fullmatch(number)
    if bare is not None:
        return _number(bare["sign"], "1", "", _power(bare["p"]))
    found = _SHAPE.fullmatch(number)
    if found is None:
        raise NumberError("not_a_number")
    mantissa, written_power = found["mantissa"], found["e"] or found["p"]
    if written_power is None and _is_doubtful(mantissa, decimal_sign):
        raise NumberError("ambiguous")
    whole, fraction = _digits(mantissa)
    return _number(found["sign"], whole, fraction, _power(written_power or "0"))


def _is_doubtful(mantissa: str, decimal_sign: str | None) -> bool:
    if decimal_sign is None or decimal_sign in mantissa:
        return False
    return _DOUBTFUL.fullmatch(mantissa) is not None


def _digits(mantissa: str) -> tuple[str, str]:
    """Digits before and behind the decimal sign, without grouping."""
    point = max(mantissa.rfind(","), mantissa.rfind("."))
    sign = mantissa[point] if point >= 0 else ""
    if not sign or mantissa.count(sign) > 1:
        return _ungrouped(mantissa), ""
    whole, fraction = mantissa[:point], mantissa[point + 1 :]
    if not fraction.isdigit():
        raise NumberError("not_a_number")
    return _ungrouped(whole) if whole else "0", fraction


def _ungrouped(whole: str) -> str:
    groups = re.split(r"[., ]", whole)
    separators = set(re.sub(r"[0-9]", "", whole))
    well_grouped = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    if len(separators) > 1 or (len(groups) > 1 and not well_grouped):
        raise NumberError("grouping")
    return "".join(groups)


def _power(text: str) -> int:
    power = int(re.sub(r"[() ]", "", text))
    if abs(power) > LARGEST_POWER:
        raise NumberError("out_of_range")
    return power


def _number(sign: str, whole: str, fraction: str, power: int) -> Number:
    digits = whole + fraction
    value = Decimal(f"{'-' if sign == '-' else ''}{digits}e{power - len(fraction)}")
    significant = digits.lstrip("0")
    if not significant:
        return Number(value, 1, len(digits))
    if fraction:
        return Number(value, len(significant), len(significant))
    return Number(value, len(significant.rstrip("0")), len(significant))
