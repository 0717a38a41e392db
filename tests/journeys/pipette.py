"""What a student calculates from the own measurements, read from the page as they stand there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, stdev

from playwright.sync_api import FrameLocator, Locator, Page

from tests.journeys.answers import Answer, Cells, Choose, Number
from tests.journeys.words import Words

CENT = Decimal("0.01")
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Series:
    """The weighings of one volume and what follows from them."""

    volume: Decimal
    mean: Decimal
    spread: Decimal
    largest_error: Decimal
    largest_spread: Decimal

    @property
    def error(self) -> Decimal:
        """Return the systematic error in µL."""
        return self.mean - self.volume

    @property
    def is_fit(self) -> bool:
        """Whether both errors are within the printed limits."""
        return abs(self.error) <= self.largest_error and self.spread <= self.largest_spread


@dataclass(frozen=True)
class Measured:
    """The own measurements: the factor Z as printed, and the volumes."""

    z: str
    series: Mapping[str, Series]

    @property
    def is_fit(self) -> bool:
        """Whether the pipette may be used."""
        return all(one.is_fit for one in self.series.values())


def number(text: str) -> Decimal:
    """Return what a printed number says, with a comma or a point."""
    return Decimal(text.strip().replace("−", "-").replace(",", "."))


def typed(value: Decimal, comma: str) -> str:
    """Return a number as a student types it: two decimals."""
    return str(value.quantize(CENT)).replace(".", comma)


def read(place: Page | FrameLocator, language: str) -> Measured:
    """Read the tables of the page: conditions, Z, weighings, limits."""
    shown = [_rows(table) for table in place.locator("section[aria-labelledby=data] table").all()]
    return measured(shown, Words(language)("Water temperature, mean"))


def measured(tables: Sequence[Rows], mean_label: str) -> Measured:
    """Find what belongs together in the tables; `mean_label` names the row of the temperature."""
    conditions = next(rows for rows in tables if len(rows) == 5)
    factors = next(rows for rows in tables if len(rows[0]) == 2)
    weighings = next(rows for rows in tables if len(rows) == 10 and len(rows[0]) == 4)
    limits = next(rows for rows in tables if len(rows) == 3 and len(rows[0]) == 3)
    warm = next(row[1] for row in conditions if row[0] == mean_label)
    z = next(row[1] for row in factors if number(row[0]) == number(warm))
    return Measured(z, {row[0]: _series(n, row, weighings, z) for n, row in enumerate(limits, 1)})


def _rows(table: Locator) -> Rows:
    cells = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    found: Rows = table.locator("tbody tr").evaluate_all(cells)
    return found


def _series(column: int, limit: Sequence[str], weighings: Rows, z: str) -> Series:
    delivered = [number(row[column]) * number(z) for row in weighings]
    largest_error, largest_spread = number(limit[1]), number(limit[2])
    return Series(
        number(limit[0]), mean(delivered), stdev(delivered), largest_error, largest_spread
    )


def right(measured: Measured, comma: str = ",") -> dict[str, Answer]:
    """Return the right answers of the calculation, by question."""
    found: dict[str, Answer] = {"z": Number(measured.z, "µL/mg")}
    cells = {}
    for volume, one in measured.series.items():
        found[f"mean-{volume}"] = Number(typed(one.mean, comma), "µL")
        found[f"es-{volume}"] = Number(typed(one.error, comma), "µL")
        found[f"sr-{volume}"] = Number(typed(one.spread, comma), "µL")
        cells[f"v{volume}:es"] = typed(100 * one.error / one.volume, comma)
        cells[f"v{volume}:cv"] = typed(100 * one.spread / one.mean, comma)
    fit = tuple(f"v{volume}" for volume, one in measured.series.items() if one.is_fit)
    return found | {
        "summary": Cells(cells),
        "volumes": Choose(fit),
        "verdict": Choose(("fit" if measured.is_fit else "unfit",)),
        "action": Choose(("release" if measured.is_fit else "quarantine",)),
        "mean-only": Choose(("a",)),
        "earlier": Choose(("a",)),
    }


def reading(field: Locator, language: str) -> str:
    """Return a value in the middle of the limits of this field, as a student types it."""
    low, high = (field.get_attribute(f"data-reading-{end}") for end in ("min", "max"))
    first = Decimal(low or 0)
    value = (first + Decimal(high)) / 2 if high else first + 1
    return f"{value:.1f}".replace(".", "," if language == "nl" else ".")
