"""A test client whose requests run in an application context of their own, as in earnest."""

from contextvars import Context
from typing import Any

from flask.testing import FlaskClient

from lti_app.core.db import db


class IsolatedClient(FlaskClient):
    """Shares nothing with the test but the database.

    Flask would otherwise reuse the test's application context, and with it `g` and the database
    session, for every request.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Make a request; what the test wrote is committed first, what it read is read anew."""
        _let_go(db.session.commit)
        try:
            return Context().run(super().open, *args, **kwargs)
        finally:
            _let_go(db.session.expire_all)


def _let_go(act: Any) -> None:
    """Act on the test's own database session, when the test has one."""
    try:
        act()
    except RuntimeError:  # outside every application context, for instance in a thread
        return
