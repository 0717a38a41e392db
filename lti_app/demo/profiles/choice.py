"""Which profile counts."""

from flask import request

from lti_app.demo.profiles.moodle import Moodle
from lti_app.demo.profiles.standard import Standard
from lti_app.demo.refusals import Refused

PROFILES: dict[str, Standard] = {each.slug: each for each in (Standard(), Moodle())}


def by_slug(slug: str) -> Standard:
    """The profile with this name."""
    if slug not in PROFILES:
        raise Refused(400, "bad_field", "profile")
    return PROFILES[slug]


def of_request() -> Standard:
    """The profile whose address was called."""
    return PROFILES["moodle" if request.path.startswith("/mod/lti/") else "standard"]
