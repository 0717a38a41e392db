"""The texts on the screen in one language, as the application itself translates them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

import lti_app

FOLDER = Path(lti_app.__file__).parent / "translations"


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(FOLDER, [language])


@dataclass(frozen=True)
class Words:
    """Texts by their English msgid; `%(name)s` parts match anything in `pattern`."""

    language: str

    def __call__(self, msgid: str) -> str:
        """Return the text on the screen."""
        return str(_catalogue(self.language).ugettext(msgid))

    def pattern(self, msgid: str, *, whole: bool = False) -> "re.Pattern[str]":
        """Return what finds the text, whatever stands in its places to fill."""
        text = re.escape(self(msgid))
        text = re.sub(r"%\\\(\w+\\\)s", "(.+?)", text).replace("%%", "%")
        return re.compile(f"^\\s*{text}\\s*$" if whole else text)
