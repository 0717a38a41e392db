"""What this slice tells those above it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GradesGranted:
    """A link may write grades from now on: the platform added the scope."""

    resource_link_id: int
