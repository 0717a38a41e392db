"""The gravimetric check of a pipette: conditions, Z-factors, ten weighings per volume."""

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from assessments.datasets import pipette, water
from assessments.datasets.parameters import PipetteSchema
from assessments.datasets.pipette import Series
from assessments.datasets.pipette_words import WORDS
from assessments.datasets.registry import Parameters, Tables, Values
from lti_app.core.errors import Invalid

_READABILITY = Decimal("0.01")
_TRIES = 2000
_Z_SLACK = 0.000045
"""How far the printed Z may be from the unrounded Z at the real pressure: 0.045 µL in 1000 µL, so
a learner who calculates Z instead of reading it stays inside a tolerance of 0.05 µL."""
_CLEAR_OF_LIMIT = Decimal("0.2")
"""µL; nearer to a limit than this a rounding could turn the verdict."""
_TELL_N_APART = Decimal("0.025")
"""µL; how far s_r with n and with n - 1 are apart at least: more than a tolerance of 0.02."""


class NoSuchData(Invalid):
    """These parameters leave no data set without doubt."""

    code = "no_such_data"


def _uniform(rng: random.Random, bounds: Mapping[str, str]) -> float:
    return rng.uniform(float(bounds["min"]), float(bounds["max"]))


def _halves(bounds: Mapping[str, str]) -> list[Decimal]:
    """The temperatures of the Z table."""
    first, last = (int(float(bounds[end]) * 2) for end in ("min", "max"))
    return [Decimal(half) / 2 for half in range(first, last + 1)]


def _celsius(number: Decimal) -> str:
    """As the thermometer shows it: one decimal."""
    return f"{number:.1f}"


class PipetteGravimetric:
    """Weighings of a pipette that is good or, at its smallest volume, is not."""

    slug = "pipette_gravimetric"
    label = _l("Gravimetric check of a pipette")
    version = 1
    parameters_schema = PipetteSchema
    words = WORDS

    def generate(self, parameters: Parameters, rng: random.Random) -> Tables:
        """Draw until nothing about the data is doubtful."""
        for _try in range(_TRIES):
            drawn = _draw(parameters, rng)
            if drawn is not None and _is_clear(self._series(drawn, parameters)):
                return drawn
        raise NoSuchData(fields={"parameters": [_("No clear data set fits these parameters.")]})

    def key(self, tables: Tables, parameters: Parameters) -> Values:
        """Z, the five numbers and the verdict per volume, and the mistakes that we know."""
        found: Values = {"z": _printed_z(tables)}
        verdicts = []
        for series in self._series(tables, parameters):
            numbers = pipette.numbers(series, {})
            verdicts.append(pipette.verdict(series, numbers))
            found |= numbers | pipette.misconceptions(series)
            found[f"verdict_{series.name}"] = verdicts[-1]
        return found | {"verdict": "unfit" if "unfit" in verdicts else "fit"}

    def key_names(self, parameters: Parameters) -> set[str]:
        """The same names, from the volumes alone."""
        names = ["mean_{}", "es_{}", "es_pct_{}", "sr_{}", "cv_{}", "verdict_{}"]
        names += ["mean_{}_no_z", "mean_{}_divided", "es_{}_no_z", "es_{}_sign", "sr_{}_n"]
        volumes = parameters["volumes"]
        return {"z", "verdict"} | {name.format(volume) for name in names for volume in volumes}

    def recompute(
        self, tables: Tables, parameters: Parameters, name: str, replaced: Mapping[str, Decimal]
    ) -> Decimal | None:
        """A number of one volume as it follows from the learner's Z, mean, error or spread."""
        others = {key: value for key, value in replaced.items() if key != name}
        for series in self._series(tables, parameters):
            found = pipette.numbers(series, others)
            if name in found:
                return found[name]
        return None

    def _series(self, tables: Tables, parameters: Parameters) -> list[Series]:
        weighings = _table(tables, "weighings")["rows"]
        limits = {row[0]: row for row in _table(tables, "limits")["rows"]}
        return [
            Series(
                volume=Decimal(volume),
                masses=[Decimal(row[column]) for row in weighings],
                z=_printed_z(tables),
                largest_es=Decimal(limits[str(volume)][1]),
                largest_sr=Decimal(limits[str(volume)][2]),
            )
            for column, volume in enumerate(parameters["volumes"], 1)
        ]


def _table(tables: Tables, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(table for table in tables["tables"] if table["id"] == name)
    return found


def _printed_z(tables: Tables) -> Decimal:
    """The Z that the learner reads in the printed table, at the printed mean temperature."""
    rows = {row[0]: row[1] for row in _table(tables, "conditions")["rows"]}
    by_temperature = dict(_table(tables, "z_factors")["rows"])
    return Decimal(by_temperature[rows["water_mean"]])


def _draw(parameters: Parameters, rng: random.Random) -> Tables | None:
    """One data set; None when its pressure would make Z doubtful."""
    celsius = rng.choice(_halves(parameters["temperature"]))
    hectopascal = round(_uniform(rng, parameters["pressure"]))
    drift = Decimal(rng.randint(0, 2)) / 10
    humidity = rng.randint(45, 60)
    printed = water.printed_z(float(celsius))
    exact = water.z_factor(float(celsius), hectopascal)
    if abs(exact - float(printed)) > _Z_SLACK:
        return None
    weighings = _weighings(parameters, exact, rng)
    return {
        "tables": [
            _conditions(celsius, drift, hectopascal, humidity),
            _z_factors(parameters),
            _weighing_table(parameters, weighings),
            _limits(parameters),
        ]
    }


def _weighings(parameters: Parameters, z: float, rng: random.Random) -> list[list[Decimal]]:
    """Masses per volume; a fault, if any, shows at the smallest volume only."""
    faulty = rng.random() < float(parameters["fault"]["probability"])
    columns = []
    for place, volume in enumerate(parameters["volumes"]):
        error = _uniform(rng, parameters["es"])
        if faulty and place == 0:
            error = rng.choice((-1, 1)) * _uniform(rng, parameters["fault"])
        deviation = _uniform(rng, parameters["sr"])
        delivered = [volume + error + rng.gauss(0, deviation) for _n in range(parameters["n"])]
        columns.append([Decimal(repr(one / z)).quantize(_READABILITY) for one in delivered])
    return columns


def _is_clear(all_series: list[Series]) -> bool:
    return all(_is_clear_one(series) for series in all_series)


def _is_clear_one(series: Series) -> bool:
    """No rounding turns the verdict, and dividing by n is seen."""
    found = pipette.numbers(series, {})
    systematic, random_error = found[f"es_{series.name}"], found[f"sr_{series.name}"]
    wrong = pipette.misconceptions(series)[f"sr_{series.name}_n"]
    return (
        abs(abs(systematic) - series.largest_es) >= _CLEAR_OF_LIMIT
        and abs(random_error - series.largest_sr) >= _CLEAR_OF_LIMIT
        and random_error - wrong >= _TELL_N_APART
    )


def _conditions(celsius: Decimal, drift: Decimal, hectopascal: int, humidity: int) -> Tables:
    rows = [
        ["water_start", _celsius(celsius - drift), "°C"],
        ["water_end", _celsius(celsius + drift), "°C"],
        ["water_mean", _celsius(celsius), "°C"],
        ["pressure", str(hectopascal), "hPa"],
        ["humidity", str(humidity), "%"],
    ]
    return _printed("conditions", [("quantity", ""), ("value", ""), ("unit", "")], rows)


def _z_factors(parameters: Parameters) -> Tables:
    temperatures = _halves(parameters["temperature"])
    rows = [[_celsius(one), str(water.printed_z(float(one)))] for one in temperatures]
    return _printed("z_factors", [("temperature", "°C"), ("z", "µL/mg")], rows)


def _weighing_table(parameters: Parameters, columns: list[list[Decimal]]) -> Tables:
    numbered = range(1, parameters["n"] + 1)
    rows = [[str(n), *(str(column[n - 1]) for column in columns)] for n in numbered]
    volumes = [(f"{volume} µL", "mg") for volume in parameters["volumes"]]
    return _printed("weighings", [("number", ""), *volumes], rows)


def _limits(parameters: Parameters) -> Tables:
    limits = parameters["limits"]
    rows = [[str(volume), limits["es"], limits["sr"]] for volume in parameters["volumes"]]
    columns = [("volume", "µL"), ("largest_es", "µL"), ("largest_sr", "µL")]
    return _printed("limits", columns, rows)


def _printed(name: str, columns: list[tuple[str, str]], rows: list[list[str]]) -> Tables:
    headings = [{"label": label, "unit": unit} for label, unit in columns]
    return {"id": name, "columns": headings, "rows": rows}
