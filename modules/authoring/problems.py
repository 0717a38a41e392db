"""What is wrong with a package, place by place."""

from flask_babel import lazy_gettext as _l

from lti_app.core.errors import Fields, Invalid

MOST_SHOWN = 50


class BadPackage(Invalid):
    """This file is not a module that can be imported; `fields` says per place why."""

    code = "bad_package"
    title = _l("This module package cannot be imported")
    advice = _l("Correct what is named here in the package and import it again. Nothing changed.")


class Problems:
    """Collects sentences per place, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self._found: Fields = {}

    def add(self, place: str, sentence: str) -> None:
        """Note one problem; the same sentence about the same place once."""
        sentences = self._found.setdefault(place, [])
        if sentence not in sentences:
            sentences.append(sentence)

    def raise_if_any(self) -> None:
        """Refuse the package when anything was noted."""
        if self._found:
            raise BadPackage(fields=dict(list(self._found.items())[:MOST_SHOWN]))
