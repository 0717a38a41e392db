"""The living style page: every component, in development and tests only."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from lti_app.core.errors import NotFound

bp = Blueprint("style", __name__)


@bp.get("/style")
def show() -> ResponseReturnValue:
    """Show every component of the design system."""
    if current_app.extensions["expeditie_settings"].is_production:
        raise NotFound("style")
    return render_template("style/style.html")
