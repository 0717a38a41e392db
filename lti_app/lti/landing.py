"""Where a launch lands is decided above this slice; the decision is wired in."""

from collections.abc import Callable

from flask import Flask, current_app

from lti_app.lti.launch import RecordedLaunch

Land = Callable[[RecordedLaunch, str], str]
"""From a recorded launch and the session id to the path of the first page."""


def configure(app: Flask, land: Land) -> None:
    """Say who decides (`lti_app.landing.land`)."""
    app.extensions["expeditie_landing"] = land


def land(recorded: RecordedLaunch, session_id: str) -> str:
    """Return the path on which this launch lands."""
    decide: Land = current_app.extensions["expeditie_landing"]
    return decide(recorded, session_id)
