"""An order of entries that stays the same for one attempt."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def shuffled(entries: Sequence[T], seed: str) -> list[T]:
    """The entries in an order that depends on the seed only."""
    order = list(entries)
    # Not a secret: it only has to differ between learners.
    random.Random(seed).shuffle(order)
    return order


def never_in_order(entries: Sequence[T], seed: str) -> list[T]:
    """The same, but never the order in which they were given."""
    order = shuffled(entries, seed)
    return order if order != list(entries) else order[1:] + order[:1]
