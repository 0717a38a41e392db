"""Texts of content in two languages, kept as data."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields

from lti_app.core.schema import hostile_character

LocalizedText = dict[str, str]
LANGUAGES = ("nl", "en")


def pick(text: LocalizedText | None, language: str) -> str:
    """Return the text in this language, else in Dutch, else in any; "" when there is none."""
    if not text:
        return ""
    return text.get(language) or text.get("nl") or next(iter(text.values()), "")


class Localized(fields.Field[LocalizedText]):
    """{"nl": "…", "en": "…"}, both present and not empty, at most `maximum` characters each."""

    def __init__(self, maximum: int = 20_000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.maximum = maximum

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> LocalizedText:
        if not isinstance(value, dict) or set(value) != set(LANGUAGES):
            raise ValidationError(_("This needs a text in Dutch (nl) and in English (en)."))
        for language in LANGUAGES:
            self._check(value[language])
        return {language: value[language] for language in LANGUAGES}

    def _check(self, text: Any) -> None:
        if not isinstance(text, str) or not text.strip():
            raise ValidationError(_("This text is empty in one of the two languages."))
        if len(text) > self.maximum:
            raise ValidationError(
                _("This text is too long (at most %(n)s characters).", n=self.maximum)
            )
        if hostile_character(text) is not None:
            raise ValidationError(_("This holds a character that cannot be used."))
