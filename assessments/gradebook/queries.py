"""Reading results: one learner's, and the grade that follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from assessments.gradebook.models import ModuleGrade, Result
from assessments.items.mark import NOTHING, rounded
from lti_app.core.db import db
from modules.authoring.models import Block
from modules.blocks.registry import BLOCK_TYPES
from modules.learning.models import Enrolment


@dataclass(frozen=True)
class Standing:
    """The grade of a module so far, and whether all that counts was handed in."""

    fraction: Decimal
    is_final: bool


def result(enrolment_id: int, block_id: int) -> Result | None:
    """What counts for one assessment."""
    return db.session.scalar(
        select(Result).where(Result.enrolment_id == enrolment_id, Result.block_id == block_id)
    )


def results(enrolment_id: int) -> Mapping[int, Result]:
    """What counts, by block."""
    rows = db.session.scalars(select(Result).where(Result.enrolment_id == enrolment_id))
    return {row.block_id: row for row in rows}


def grade(enrolment_id: int) -> ModuleGrade | None:
    """What the learning platform was last told."""
    return db.session.scalar(select(ModuleGrade).where(ModuleGrade.enrolment_id == enrolment_id))


def grades_at(resource_link_id: int) -> Sequence[ModuleGrade]:
    """What the learning platform was told of everybody at one place in a course."""
    return db.session.scalars(
        select(ModuleGrade)
        .join(Enrolment, Enrolment.id == ModuleGrade.enrolment_id)
        .where(Enrolment.resource_link_id == resource_link_id)
    ).all()


def enrolments_at(resource_link_id: int) -> Sequence[Enrolment]:
    """Everybody who does a module by this link."""
    mine = select(Enrolment).where(Enrolment.resource_link_id == resource_link_id)
    return db.session.scalars(mine.order_by(Enrolment.id)).all()


def graded_blocks(version_id: int) -> Sequence[Block]:
    """The blocks whose points make the grade, in the order of the module."""
    rows = db.session.scalars(
        select(Block)
        .where(Block.version_id == version_id, Block.points > 0)
        .order_by(Block.position)
    )
    return [block for block in rows if counts(block)]


def counts(block: Block) -> bool:
    """Whether this block's result is part of the grade."""
    is_graded = block.type in BLOCK_TYPES and BLOCK_TYPES.get(block.type).graded
    return is_graded and block.points > 0


def standing(blocks: Sequence[Block], found: Mapping[int, Result]) -> Standing:
    """The grade: best results, weighted by the points of their blocks; nothing for what is open.

    A block that need not be done counts from the moment that it was handed in.
    """
    blocks = [block for block in blocks if block.required or block.id in found]
    total = sum((block.points for block in blocks), NOTHING)
    earned = sum(
        (block.points * found[block.id].best for block in blocks if block.id in found), NOTHING
    )
    is_final = bool(blocks) and all(block.id in found for block in blocks)
    return Standing(rounded(earned / total) if total else NOTHING, is_final)


def module_fraction(enrolment: Enrolment) -> Decimal:
    """The learner's grade so far, as a fraction."""
    blocks = graded_blocks(enrolment.module_version_id)
    return standing(blocks, results(enrolment.id)).fraction
