"""Events: what happened, told at once to those who listen, in the same transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Subscriptions = Mapping[type[Any], Sequence[Callable[[Any], None]]]

_subscriptions: Subscriptions = {}


def configure(subscriptions: Subscriptions) -> None:
    """Replace the whole map of who hears what (the literal in `lti_app.wiring`)."""
    global _subscriptions
    _subscriptions = subscriptions


def publish(event: object) -> None:
    """Call every listener now; an error in one undoes the whole transaction."""
    for listener in _subscriptions.get(type(event), ()):
        listener(event)
