"""Who may look into the catalogue."""

from lti_app.core.policy import Actor


def may_browse(actor: Actor) -> bool:
    """Everybody: the queries behind it show nothing but open, published modules."""
    return True
