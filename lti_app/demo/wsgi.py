"""The entry point of gunicorn: `lti_app.demo.wsgi:application`."""

import os
from pathlib import Path

from flask import Flask

from lti_app.demo.app import create_platform


def from_environment() -> Flask:
    """The platform that the DEMO_LMS_* variables describe."""
    storage = os.environ.get("DEMO_LMS_STORAGE", "")
    return create_platform(
        issuer=os.environ.get("DEMO_LMS_ISSUER", "http://127.0.0.1:5001"),
        storage=Path(storage) if storage else None,
        tool_url=os.environ.get("DEMO_LMS_TOOL_URL", "http://localhost:5000"),
    )


application = from_environment()
