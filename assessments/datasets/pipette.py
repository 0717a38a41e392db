"""What ten weighings say about a pipette: mean, systematic and random error, verdict.

Everything is calculated from printed text in exact decimals, in steps that can be replaced one
by one with a learner's own values, to see what follows from them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

Replaced = Mapping[str, Decimal]


@dataclass(frozen=True)
class Series:
    """The weighings of one volume, with what belongs to them."""

    volume: Decimal
    masses: Sequence[Decimal]
    z: Decimal
    largest_es: Decimal
    largest_sr: Decimal

    @property
    def name(self) -> str:
        """The volume as it ends the names of the key: 100."""
        return str(self.volume)


def mean(values: Sequence[Decimal]) -> Decimal:
    """The arithmetic mean."""
    return sum(values, Decimal(0)) / len(values)


def spread(values: Sequence[Decimal], divisor: int) -> Decimal:
    """The standard deviation, with n - 1 or (wrongly) n as its divisor."""
    middle = mean(values)
    return (sum(((value - middle) ** 2 for value in values), Decimal(0)) / divisor).sqrt()


def numbers(series: Series, replaced: Replaced) -> dict[str, Decimal]:
    """All numbers of one volume; what is replaced counts for everything that follows from it."""
    volume, count = series.name, len(series.masses)
    found: dict[str, Decimal] = {}

    def keep(name: str, value: Decimal) -> Decimal:
        found[name] = value
        return replaced.get(name, value)

    z = replaced.get("z", series.z)
    volumes = [mass * z for mass in series.masses]
    average = keep(f"mean_{volume}", mean(volumes))
    error = keep(f"es_{volume}", average - series.volume)
    keep(f"es_pct_{volume}", 100 * error / series.volume)
    random_error = keep(f"sr_{volume}", spread(volumes, count - 1))
    # A learner may have typed 0 for the mean.
    keep(f"cv_{volume}", 100 * random_error / average if average else Decimal(0))
    return found


def misconceptions(series: Series) -> dict[str, Decimal]:
    """The wrong values that learners often find."""
    volume = series.name
    volumes = [mass * series.z for mass in series.masses]
    without_z = mean(series.masses)
    return {
        f"mean_{volume}_no_z": without_z,
        f"mean_{volume}_divided": mean([mass / series.z for mass in series.masses]),
        f"es_{volume}_no_z": without_z - series.volume,
        f"es_{volume}_sign": series.volume - mean(volumes),
        f"sr_{volume}_n": spread(volumes, len(volumes)),
    }


def verdict(series: Series, found: Mapping[str, Decimal]) -> str:
    """Fit when both errors are inside their limits; the limit itself is inside."""
    systematic, random_error = found[f"es_{series.name}"], found[f"sr_{series.name}"]
    inside = abs(systematic) <= series.largest_es and random_error <= series.largest_sr
    return "fit" if inside else "unfit"
