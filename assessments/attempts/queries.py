"""Reading attempts, always within one organisation or one enrolment."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from assessments.attempts.assessment import AssessmentSchema
from assessments.attempts.models import Attempt
from lti_app.core.db import db
from lti_app.core.errors import NotFound
from modules.authoring import queries as authoring
from modules.authoring.models import Block
from modules.blocks.registry import BLOCK_TYPES
from modules.learning.models import Enrolment


def attempt(attempt_id: int, organisation_id: int | None) -> Attempt:
    """The attempt with its enrolment and block, or NotFound."""
    found = db.session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt_id, Attempt.organisation_id == organisation_id)
        .options(
            joinedload(Attempt.enrolment),
            joinedload(Attempt.block).joinedload(Block.section),
        )
    )
    if found is None:
        raise NotFound("attempt", attempt_id)
    return found


def attempts(enrolment_id: int, block_id: int) -> Sequence[Attempt]:
    """All attempts of one learner at one assessment, first to last."""
    return db.session.scalars(
        select(Attempt)
        .where(Attempt.enrolment_id == enrolment_id, Attempt.block_id == block_id)
        .order_by(Attempt.number)
    ).all()


def attempts_in(enrolment_id: int) -> Sequence[Attempt]:
    """All attempts of one learner in one module, first to last."""
    return db.session.scalars(
        select(Attempt)
        .where(Attempt.enrolment_id == enrolment_id)
        .order_by(Attempt.block_id, Attempt.number)
    ).all()


def is_assessment(block: Block) -> bool:
    """Whether this block holds questions."""
    return block.type in BLOCK_TYPES and BLOCK_TYPES.get(block.type).schema is AssessmentSchema


def assessment_block(enrolment: Enrolment, block_id: int) -> Block:
    """An assessment block of the learner's own version, or NotFound."""
    block = authoring.block_in(enrolment.module_version_id, block_id)
    if not is_assessment(block):
        raise NotFound("assessment", block_id)
    return block
