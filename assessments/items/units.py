"""The units an answer may carry: a fixed list with fixed factors.

No unit library on purpose: learners' and authors' text never reaches a parser of expressions.
"""

from dataclasses import dataclass
from decimal import Decimal

from assessments.items import numbers


class UnitError(ValueError):
    """The text names no unit that we know."""

    code = "unknown_unit"


@dataclass(frozen=True)
class Unit:
    """A unit: how it is written, what it measures and its size in that quantity's own unit."""

    symbol: str
    quantity: str
    factor: Decimal


_TABLE: dict[str, dict[str, str]] = {
    "volume": {"nL": "1e-9", "µL": "1e-6", "mL": "1e-3", "cL": "1e-2", "dL": "1e-1", "L": "1"},
    "mass": {"ng": "1e-9", "µg": "1e-6", "mg": "1e-3", "g": "1", "kg": "1e3"},
    "mass concentration": {
        "pg/mL": "1e-9",
        "ng/mL": "1e-6",
        "µg/L": "1e-6",
        "µg/mL": "1e-3",
        "mg/L": "1e-3",
        "mg/mL": "1",
        "g/L": "1",
        "g/mL": "1e3",
        "kg/m³": "1",
    },
    "amount": {"nmol": "1e-9", "µmol": "1e-6", "mmol": "1e-3", "mol": "1"},
    "amount concentration": {
        "nM": "1e-9",
        "µM": "1e-6",
        "mM": "1e-3",
        "M": "1",
        "nmol/L": "1e-9",
        "µmol/L": "1e-6",
        "mmol/L": "1e-3",
        "mol/L": "1",
    },
    "specific volume": {"µL/mg": "1", "mL/g": "1"},
    "fraction": {"%": "1e-2", "‰": "1e-3"},
    "temperature": {"°C": "1"},
    "absolute temperature": {"K": "1"},
    "length": {"nm": "1e-9", "µm": "1e-6", "mm": "1e-3", "cm": "1e-2", "m": "1"},
    "absorbance": {"AU": "1"},
    "activity concentration": {"U/L": "1e-3", "U/mL": "1"},
    "colonies": {"CFU/mL": "1"},
    "cells": {"cells/mL": "1"},
    "copies": {"copies/mL": "1", "copies/µL": "1e3"},
    "time": {"ms": "1e-3", "s": "1", "min": "60", "h": "3600"},
    "rotation": {"rpm": "1"},
    "centrifugal force": {"×g": "1"},
    "pressure": {"Pa": "1", "hPa": "1e2", "mbar": "1e2", "kPa": "1e3", "bar": "1e5"},
}

UNITS: dict[str, Unit] = {
    symbol: Unit(symbol, quantity, Decimal(factor))
    for quantity, units in _TABLE.items()
    for symbol, factor in units.items()
}

_WORDS = {
    "sec": "s",
    "minuten": "min",
    "uur": "h",
    "kve/mL": "CFU/mL",
    "kve/ml": "CFU/mL",
    "cellen/mL": "cells/mL",
    "cellen/ml": "cells/mL",
    "kopieën/µL": "copies/µL",
    "procent": "%",
    "oC": "°C",
    "ºC": "°C",
    "˚C": "°C",
    "xg": "×g",
    "x g": "×g",
    "* g": "×g",
}


def _spelling(text: str) -> str:
    """One spelling for both micro signs, raised digits and spaces around the stroke."""
    plain = numbers.normalise(text).replace("\u03bc", "\u00b5")
    return plain.replace(" /", "/").replace("/ ", "/")


def _also_written(symbol: str) -> set[str]:
    """Spellings of one unit that cannot be mistaken for another one."""
    spellings = {_spelling(symbol)}
    if "L" in symbol:
        spellings |= {spelling.replace("L", "l") for spelling in spellings}
    if symbol.startswith("µ"):
        spellings |= {"u" + spelling[1:] for spelling in spellings}
    return spellings


_SPELLINGS: dict[str, Unit] = {
    spelling: unit for unit in UNITS.values() for spelling in _also_written(unit.symbol)
} | {_spelling(word): UNITS[symbol] for word, symbol in _WORDS.items()}


def parse_unit(text: str) -> Unit:
    """The unit that this text names; UnitError when the list has none."""
    try:
        return _SPELLINGS[_spelling(text)]
    except KeyError:
        raise UnitError(text[:20]) from None


def alternatives(symbol: str) -> list[str]:
    """Units of the same quantity, small to large, for a choice beside the number."""
    unit = UNITS[symbol]
    same = [other for other in UNITS.values() if other.quantity == unit.quantity]
    return [other.symbol for other in sorted(same, key=lambda other: other.factor)]


def converted(value: Decimal, typed: Unit, asked: Unit) -> Decimal:
    """The value in the asked unit; both must measure the same quantity."""
    return value * typed.factor / asked.factor
