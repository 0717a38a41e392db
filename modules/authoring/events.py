"""What happened to modules."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModuleVersionPublished:
    """A version can be used from now on, and will never change again."""

    module_version_id: int
