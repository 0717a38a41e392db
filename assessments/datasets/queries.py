"""Reading data sets: the tables that a learner sees, the key that marking uses."""

from sqlalchemy import select

from assessments.datasets import printing
from assessments.datasets.models import DatasetInstance
from assessments.datasets.printing import PrintedTable
from assessments.datasets.registry import GENERATORS, Values
from lti_app.core.db import db
from lti_app.core.errors import NotFound


def latest(enrolment_id: int, block_id: int) -> DatasetInstance | None:
    """The newest data set of this block for this learner."""
    return db.session.scalar(
        select(DatasetInstance)
        .where(DatasetInstance.enrolment_id == enrolment_id, DatasetInstance.block_id == block_id)
        .order_by(DatasetInstance.number.desc())
        .limit(1)
    )


def instance(instance_id: int, organisation_id: int | None) -> DatasetInstance:
    """A data set of this organisation, or NotFound."""
    found = db.session.scalar(
        select(DatasetInstance).where(
            DatasetInstance.id == instance_id, DatasetInstance.organisation_id == organisation_id
        )
    )
    if found is None:
        raise NotFound("dataset", instance_id)
    return found


def printed(data: DatasetInstance, language: str) -> list[PrintedTable]:
    """The tables in this language."""
    return printing.tables(GENERATORS.get(data.generator), data.tables, language)


def printed_table(data: DatasetInstance, name: str, language: str) -> PrintedTable:
    """One table in this language, or NotFound."""
    for table in printed(data, language):
        if table.id == name:
            return table
    raise NotFound("table", name)


def key(data: DatasetInstance) -> Values:
    """The answers, from the printed values."""
    return GENERATORS.get(data.generator).key(data.tables, data.parameters)
