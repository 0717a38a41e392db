"""Measuring in alternation: each subject in turn, round after round, so that noise hits all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.bench import cpu

ROUNDS = 5


@dataclass
class Subject:
    """Something that costs: the processes to look at, and one portion of work for them."""

    pids: tuple[int, ...]
    work: Callable[[int], int]
    """From the number of the round to how many operations were done."""
    store: int = 0
    """The database server's process, whose cost is told apart."""
    ms: list[float] = field(default_factory=list)
    store_ms: list[float] = field(default_factory=list)


def alternate(subjects: Mapping[str, Subject], rounds: int = ROUNDS) -> None:
    """Fill in the CPU ms per operation of every subject; the first round only warms up."""
    for number in range(rounds + 1):
        for subject in subjects.values():
            before = _cost(subject)
            count = subject.work(number)
            after = _cost(subject)
            if number:
                subject.ms.append((after[0] - before[0]) * 1000 / count)
                subject.store_ms.append((after[1] - before[1]) * 1000 / count)


def _cost(subject: Subject) -> tuple[float, float]:
    own = sum(cpu.seconds(pid) for pid in subject.pids)
    return own, cpu.seconds(subject.store) if subject.store else 0.0
