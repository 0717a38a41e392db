"""What happened on the way through a module."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BlockDone:
    """A learner finished one block, for the first time."""

    enrolment_id: int
    block_id: int


@dataclass(frozen=True)
class ModuleCompleted:
    """Every required block is done, and with it every pass mark is met."""

    enrolment_id: int
