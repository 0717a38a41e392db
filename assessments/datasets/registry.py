"""What a generator of data sets is, and the registry of those that this installation knows."""

import hashlib
import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from flask_babel import LazyString

from lti_app.core.registry import Registry
from lti_app.core.schema import StrictSchema

Parameters = Mapping[str, Any]
Tables = dict[str, Any]
"""{"tables": [{"id", "columns": [{"label", "unit"}], "rows": [[printed text]]}]}, JSON. Ids, labels
and words in cells are codes of the generator's `words`; all other text is shown as it stands."""
Values = dict[str, Decimal | str]


class Generator(Protocol):
    """A kind of data set, written and reviewed by us; authors fill in parameters only."""

    slug: str
    label: LazyString | str
    version: int
    """Goes up when the same seed would print other data."""

    @property
    def parameters_schema(self) -> type[StrictSchema]:
        """What the author fills in."""
        ...

    @property
    def words(self) -> Mapping[str, LazyString | str]:
        """What the codes in labels and cells mean."""
        ...

    def generate(self, parameters: Parameters, rng: random.Random) -> Tables:
        """Printed tables; every value as the text that the learner reads."""
        ...

    def key(self, tables: Tables, parameters: Parameters) -> Values:
        """The answers, calculated from the printed text and nothing else."""
        ...

    def key_names(self, parameters: Parameters) -> set[str]:
        """The names that `key` will have, without making data."""
        ...

    def recompute(
        self, tables: Tables, parameters: Parameters, name: str, replaced: Mapping[str, Decimal]
    ) -> Decimal | None:
        """An answer as it follows from other values than the key's; None when it does not."""
        ...


GENERATORS: Registry[Generator] = Registry("generator")


def seed_for(pepper: str, version: int, block: str, person: int, number: int) -> str:
    """The seed of one learner's n-th data set of one block: known to the server only."""
    source = "|".join([pepper, str(version), block, str(person), str(number)])
    return hashlib.sha256(source.encode()).hexdigest()
