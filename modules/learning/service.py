"""Every change on the way through a module: start, record, finish a block, complete."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lti_app.core import events
from lti_app.core.db import db
from lti_app.core.errors import Conflict, Invalid
from lti_app.core.upsert import insert_for
from lti_app.people.models import Person
from modules.authoring.models import Block, ModuleVersion
from modules.blocks import registry as kinds
from modules.blocks.registry import BLOCK_TYPES
from modules.learning import queries
from modules.learning.events import BlockDone, ModuleCompleted
from modules.learning.models import BlockProgress, Enrolment


class BlockLocked(Conflict):
    """Something else must be done first."""

    code = "block_locked"
    title = _l("This step is still locked")
    advice = _l("First do the step that is named on the page, such as confirming the hazards.")


class FinishesByResult(Conflict):
    """This block is done when its result is good enough, not by a button."""

    code = "finishes_by_result"
    title = _l("You finish this part with your result")
    advice = _l("Hand in your answers. The part is done when your result is good enough.")


def enrol(
    person_id: int,
    module_version: ModuleVersion,
    resource_link_id: int | None,
    organisation_id: int,
    now: datetime,
) -> Enrolment:
    """The person's enrolment at this place, made when there is none in any version yet."""
    # Two tabs may start at once; whoever holds the person's row goes first.
    db.session.execute(
        select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    )
    found = queries.enrolment_at(person_id, resource_link_id, module_version.module_id)
    if found is not None:
        return found
    enrolment = Enrolment(
        person_id=person_id,
        module_version_id=module_version.id,
        resource_link_id=resource_link_id,
        organisation_id=organisation_id,
        started_at=now,
    )
    db.session.add(enrolment)
    db.session.flush()
    return enrolment


def record(
    enrolment: Enrolment, block: Block, form: Mapping[str, str], *, now: datetime
) -> BlockProgress:
    """Keep what the learner typed or pressed in a block; Invalid when it cannot be kept."""
    _require_unlocked(enrolment, block)
    progress = _progress(enrolment, block, now)
    state = kinds.save(BLOCK_TYPES.get(block.type), block.body, progress.state, form, now)
    if state != progress.state:
        progress.state = dict(state)
        progress.updated_at = now
    return progress


def finish_block(
    enrolment: Enrolment, block: Block, form: Mapping[str, str], *, now: datetime
) -> None:
    """Keep the form and tick the block off; Invalid names what is still missing."""
    kind = BLOCK_TYPES.get(block.type) if block.type in BLOCK_TYPES else None
    if kind is not None and kind.graded:
        raise FinishesByResult(block.id)
    if kind is not None:
        progress = record(enrolment, block, form, now=now)
        missing = kinds.missing(kind, block.body, progress.state)
        if missing:
            raise Invalid(fields={name: list(said) for name, said in missing.items()})
    complete_block(enrolment, block, now)


def complete_block(enrolment: Enrolment, block: Block, now: datetime) -> None:
    """Tick a block off, once; completes the module when it was the last required one."""
    progress = _progress(enrolment, block, now)
    if progress.done_at is not None:
        return
    progress.done_at = now
    progress.updated_at = now
    progress.state = {**progress.state, "done_at": now.isoformat()}
    db.session.flush()
    events.publish(BlockDone(enrolment.id, block.id))
    _complete_if_all_is_done(enrolment, now)


def _complete_if_all_is_done(enrolment: Enrolment, now: datetime) -> None:
    if enrolment.completed_at is not None:
        return
    done = select(BlockProgress.block_id).where(
        BlockProgress.enrolment_id == enrolment.id, BlockProgress.done_at.is_not(None)
    )
    open_block = db.session.scalar(
        select(Block.id)
        .where(
            Block.version_id == enrolment.module_version_id,
            Block.required.is_(True),
            Block.id.not_in(done),
        )
        .limit(1)
    )
    if open_block is None:
        enrolment.completed_at = now
        db.session.flush()
        events.publish(ModuleCompleted(enrolment.id))


def _progress(enrolment: Enrolment, block: Block, now: datetime) -> BlockProgress:
    # Made without a race, then locked: an autosave and a button may come at the same time.
    # The enrolment first, as the gradebook does, and not by a full FOR UPDATE: a row that was just
    # added holds a share of its key, and two who both want more would wait for ever.
    db.session.refresh(enrolment, with_for_update={"key_share": True})
    db.session.execute(
        insert_for(BlockProgress)
        .values(enrolment_id=enrolment.id, block_id=block.id, state={}, updated_at=now)
        .on_conflict_do_nothing()
    )
    return db.session.scalars(
        select(BlockProgress)
        .where(BlockProgress.enrolment_id == enrolment.id, BlockProgress.block_id == block.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _require_unlocked(enrolment: Enrolment, block: Block) -> None:
    outline = queries.outline(enrolment.module_version_id, enrolment.id)
    place = outline.place_of(block.id)
    if place is not None and place.locked_by and not place.done:
        raise BlockLocked(block.id)
