"""The one table that a run prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line: our figure, what it is compared with, and whether the aim is met."""

    what: str
    ours: float
    unit: str
    peer: float | None = None
    aim: str = ""
    met: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours as a multiple of the peer or floor."""
        return None if not self.peer else self.ours / self.peer


def compared(what: str, ours: Sequence[float], peer: Sequence[float], most: float) -> Row:
    """Return a row of CPU ms per operation that is judged by its ratio to the peer."""
    mine, other = median(ours), median(peer)
    return Row(what, mine, "ms", other, f"<= {most:.2f} x", mine / other <= most)


def limited(what: str, ours: Sequence[float], unit: str, most: float) -> Row:
    """Return a row with an upper limit."""
    found = median(ours)
    return Row(what, found, unit, None, f"<= {most:g} {unit}", found <= most)


def at_least(what: str, ours: Sequence[float], unit: str, least: float) -> Row:
    """Return a row with a lower limit."""
    found = median(ours)
    return Row(what, found, unit, None, f">= {least:g} {unit}", found >= least)


def told(what: str, ours: Sequence[float], unit: str = "ms", note: str = "") -> Row:
    """Return a row without an aim, that helps to read the others."""
    return Row(what, median(ours), unit, note=note)


def render(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | ours | peer | ratio | aim | |", "|---|---|---|---|---|---|"]
    for row in rows:
        peer = "" if row.peer is None else f"{row.peer:.2f} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        verdict = {True: "ok", False: "not ok", None: row.note}[row.met]
        lines.append(
            f"| {row.what} | {row.ours:.2f} {row.unit} | {peer} | {ratio} | {row.aim} | {verdict} |"
        )
    return "\n".join(lines)
