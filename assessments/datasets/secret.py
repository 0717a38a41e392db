"""The secret part of every seed, so that nobody can draw a neighbour's data set."""

import hashlib

from flask import current_app


def pepper() -> str:
    """A secret of this installation for seeds only."""
    secret = str(current_app.config["SECRET_KEY"])
    return hashlib.sha256(f"dataset:{secret}".encode()).hexdigest()
