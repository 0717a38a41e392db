"""How far somebody is: blocks with their ticks and locks, minutes left, the next thing to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lti_app.core.localized import LocalizedText
from modules.authoring.models import Block, ModuleVersion, Section
from modules.blocks import registry as kinds
from modules.blocks.registry import BLOCK_TYPES
from modules.learning.models import BlockProgress

Recorded = Mapping[int, BlockProgress]


@dataclass(frozen=True)
class Place:
    """A block on the way: its number, minutes, tick, and what must be done before it."""

    block: Block
    number: int
    minutes: float
    done: bool
    locked_by: Sequence["Block"]
    state: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        """Still to be done, and possible now."""
        return self.block.required and not self.done and not self.locked_by

    @property
    def title(self) -> LocalizedText | None:
        """The block's own title, or that of the section it stands in."""
        return self.block.title or self.block.section.title


@dataclass(frozen=True)
class Stage:
    """A section with its places."""

    section: Section
    places: Sequence[Place]

    @property
    def is_optional(self) -> bool:
        """Nothing in it is required."""
        return not any(place.block.required for place in self.places)

    @property
    def state(self) -> str:
        """done, current (begun) or todo."""
        needed = [place for place in self.places if place.block.required] or self.places
        if all(place.done for place in needed):
            return "done"
        return "current" if any(place.done for place in self.places) else "todo"


@dataclass(frozen=True)
class Outline:
    """The whole way through a version."""

    stages: Sequence[Stage]

    @property
    def places(self) -> list[Place]:
        """All blocks in order."""
        return [place for stage in self.stages for place in stage.places]

    @property
    def next_place(self) -> Place | None:
        """The first required block that is open; None when nothing is left to do."""
        return next((place for place in self.places if place.is_open), None)

    @property
    def done(self) -> int:
        """How many required blocks are done."""
        return sum(place.done for place in self.places if place.block.required)

    @property
    def total(self) -> int:
        """How many blocks are required."""
        return sum(place.block.required for place in self.places)

    @property
    def minutes_left(self) -> int:
        """Minutes of the required blocks that are still to be done."""
        return round(
            sum(place.minutes for place in self.places if place.block.required and not place.done)
        )

    @property
    def minutes_optional(self) -> int:
        """Minutes of what one may leave out, done or not."""
        return round(sum(place.minutes for place in self.places if not place.block.required))

    def place_of(self, block_id: int) -> Place | None:
        """Where a block stands."""
        return next((place for place in self.places if place.block.id == block_id), None)

    def beside(self, place: Place) -> tuple[Place | None, Place | None]:
        """The blocks before and after."""
        places, here = self.places, place.number - 1
        before = places[here - 1] if here else None
        return before, places[here + 1] if here + 1 < len(places) else None


def outline_of(version: ModuleVersion, recorded: Recorded) -> Outline:
    """The way through a version as far as it was recorded; nothing recorded for a preview."""
    by_uuid = {block.uuid: block for block in version.blocks}
    done = {id for id, progress in recorded.items() if progress.done_at}
    stages, number = [], 0
    for section in version.sections:
        blocks = [block for block in version.blocks if block.section_id == section.id]
        shares = _minutes(section, blocks)
        places = []
        for block in blocks:
            number += 1
            progress = recorded.get(block.id)
            places.append(
                Place(
                    block=block,
                    number=number,
                    minutes=shares[block.id],
                    done=block.id in done,
                    locked_by=_locks(block, by_uuid, done),
                    state=progress.state if progress else {},
                )
            )
        stages.append(Stage(section, places))
    return Outline(stages)


def _locks(block: Block, by_uuid: Mapping[str, Block], done: set[int]) -> list[Block]:
    if block.type not in BLOCK_TYPES:
        return []
    needed = [
        by_uuid[found.block]
        for found in kinds.references(BLOCK_TYPES.get(block.type), block.body)
        if found.locks and found.block in by_uuid
    ]
    return [other for other in needed if other.id not in done]


def _minutes(section: Section, blocks: Sequence[Block]) -> dict[int, float]:
    # What blocks say of themselves counts; the rest of the section's time is shared by the rest.
    said = {
        block.id: kinds.minutes(BLOCK_TYPES.get(block.type), block.body)
        for block in blocks
        if block.type in BLOCK_TYPES
    }
    silent = [block for block in blocks if not said.get(block.id)]
    rest = max(0, section.minutes - sum(said.values()))
    share = rest / len(silent) if silent else 0.0
    return {block.id: float(said.get(block.id) or share) for block in blocks}
