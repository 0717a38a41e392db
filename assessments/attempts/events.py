"""What happens to attempts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AttemptHandedIn:
    """The answers are final; somebody has to mark them."""

    attempt_id: int


@dataclass(frozen=True)
class AttemptMarked:
    """Every question has its mark."""

    attempt_id: int
