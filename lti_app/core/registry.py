"""A registry of kinds: by slug, in order; a slug used twice is an error at start."""

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from lti_app.core.errors import NotFound


class Kind(Protocol):
    """Anything with a slug."""

    @property
    def slug(self) -> str: ...


K = TypeVar("K", bound=Kind)


class Registry(Generic[K]):
    """The kinds of one sort of thing; filled from `lti_app.wiring`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._kinds: dict[str, K] = {}

    def register(self, kind: K) -> K:
        """Add one kind; ValueError when its slug is taken."""
        if kind.slug in self._kinds:
            raise ValueError(f"{self.name} '{kind.slug}' is registered twice")
        self._kinds[kind.slug] = kind
        return kind

    def configure(self, kinds: Iterable[K]) -> None:
        """Replace all kinds; an application may be made many times in one process."""
        self._kinds = {}
        for kind in kinds:
            self.register(kind)

    def get(self, slug: str) -> K:
        """Return the kind with this slug, or raise NotFound."""
        try:
            return self._kinds[slug]
        except KeyError:
            raise NotFound(self.name, slug) from None

    def __contains__(self, slug: object) -> bool:
        return slug in self._kinds

    def __iter__(self) -> Iterator[K]:
        return iter(self._kinds.values())
