"""A platform that does not answer is left alone for a while, so that it does not hold up others.

A worker delivers one message at a time; without this, three hundred scores for a silent platform
would each wait for their own time-out before another school's score gets its turn.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from lti_app.core.outbox import Retry
from lti_app.lti.gateway.client import Unreachable

SECONDS = 30


def refuse_while_silent(registration_id: int) -> None:
    """Raise Retry while this process knows that the platform did not answer just now."""
    left = _silent().get(registration_id, 0.0) - time.monotonic()
    if left > 0:
        raise Retry("the platform does not answer at the moment", after_seconds=left)


@contextmanager
def noting_silence(registration_id: int) -> Iterator[None]:
    """Remember a platform that gave no answer; any answer ends it."""
    try:
        yield
    except Unreachable:
        _silent()[registration_id] = time.monotonic() + SECONDS
        raise
    _silent().pop(registration_id, None)


def forget() -> None:
    """Ask everybody again (tests)."""
    _silent().clear()


def _silent() -> dict[int, float]:
    memory: dict[int, float] = current_app.extensions.setdefault("expeditie_silent", {})
    return memory
