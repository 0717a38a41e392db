"""What other slices add to the page of a completed module, such as the credential."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

Panel = Callable[[int, str], Markup]
"""From an enrolment id and a language to a piece of page; empty when there is nothing to say."""

_panels: Sequence[Panel] = ()


def configure(panels: Sequence[Panel]) -> None:
    """Replace all panels (the literal in `lti_app.wiring`)."""
    global _panels
    _panels = tuple(panels)


def for_completed(enrolment_id: int, language: str) -> list[Markup]:
    """The panels that have something to show."""
    shown = (panel(enrolment_id, language) for panel in _panels)
    return [piece for piece in shown if piece]
