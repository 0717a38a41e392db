"""Giving a learner a data set."""

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from assessments.datasets import printing
from assessments.datasets.models import DatasetInstance
from assessments.datasets.printing import PrintedTable
from assessments.datasets.registry import GENERATORS, seed_for
from assessments.datasets.schemas import dataset_from
from lti_app.core.db import db
from lti_app.core.upsert import insert_for
from modules.authoring.models import Block
from modules.learning.models import Enrolment


def obtain(
    enrolment: Enrolment, block: Block, number: int, *, pepper: str, now: datetime
) -> DatasetInstance:
    """The learner's n-th data set of this block: made once, the same ever after."""
    mine = select(DatasetInstance).where(
        DatasetInstance.enrolment_id == enrolment.id,
        DatasetInstance.block_id == block.id,
        DatasetInstance.number == number,
    )
    found = db.session.scalar(mine)
    if found is None:
        _make(enrolment, block, number, pepper, now)
        found = db.session.scalars(mine).one()
    return found


def _make(enrolment: Enrolment, block: Block, number: int, pepper: str, now: datetime) -> None:
    body = dataset_from(block.body)
    generator = GENERATORS.get(body["generator"])
    seed = seed_for(pepper, block.version_id, block.uuid, enrolment.person_id, number)
    # Two tabs may ask at once: the first one counts, and both would print the same.
    db.session.execute(
        insert_for(DatasetInstance)
        .values(
            organisation_id=enrolment.organisation_id,
            enrolment_id=enrolment.id,
            block_id=block.id,
            number=number,
            generator=generator.slug,
            generator_version=generator.version,
            seed=seed,
            parameters=body["parameters"],
            tables=generator.generate(body["parameters"], random.Random(seed)),
            made_at=now,
        )
        .on_conflict_do_nothing(index_elements=["enrolment_id", "block_id", "number"])
    )


def sample(body: Mapping[str, Any], language: str) -> list[PrintedTable]:
    """Tables as a learner could get them, for a preview; nothing is kept."""
    data = dataset_from(body)
    generator = GENERATORS.get(data["generator"])
    tables = generator.generate(data["parameters"], random.Random("preview"))
    return printing.tables(generator, tables, language)
