"""Cleaning up what nobody came back for."""

from lti_app.core.clock import utcnow
from lti_app.core.db import unit_of_work
from lti_app.lti import login
from lti_app.web import handover, sessions


def purge() -> None:
    """Delete ended sessions, logins and launch tickets."""
    with unit_of_work():
        login.purge_expired(utcnow())
        handover.purge_expired(utcnow())
        sessions.purge_expired()
