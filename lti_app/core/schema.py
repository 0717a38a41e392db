"""Strict marshmallow: unknown keys refused, hostile characters refused, errors in words."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from lti_app.core.errors import Fields, Invalid

_ALLOWED_CONTROLS = {"\n", "\t", "\r"}


def hostile_character(text: str, *, allow_newlines: bool = True) -> str | None:
    """Return the first character that may not be stored, or None.

    Refused: C0/C1 controls (except line breaks and tab when allowed), DEL, lone surrogates and
    Unicode non-characters, which databases, XML and RDF canonicalisation treat differently.
    """
    for char in text:
        if char in _ALLOWED_CONTROLS and allow_newlines:
            continue
        category = unicodedata.category(char)
        if category in ("Cc", "Cs") or ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF:
            return char
    return None


class StrictSchema(Schema):
    """A schema that refuses what it does not know."""

    class Meta:
        """Unknown keys are errors: a typing mistake must not vanish silently."""

        unknown = RAISE

    error_messages = {
        "unknown": _l("This is not a known field."),
        "type": _l("This must be a group of named values."),
    }


class Text(fields.String):
    """Text of bounded length without control characters, NUL or lone surrogates."""

    def __init__(self, maximum: int = 1000, *, minimum: int = 0, lines: bool = False, **kw: Any):
        super().__init__(**kw)
        self.lines = lines
        self.validators = [validate.Length(min=minimum, max=maximum), *self.validators]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if hostile_character(text, allow_newlines=self.lines) is not None:
            raise ValidationError(_("This holds a character that cannot be used."))
        return text


def load(schema: type[Schema] | Schema, data: Any) -> dict[str, Any]:
    """Return the validated data, or raise Invalid that names every field in words."""
    instance = schema() if isinstance(schema, type) else schema
    try:
        loaded: dict[str, Any] = instance.load(data)
    except ValidationError as error:
        raise Invalid(fields=flatten(error.normalized_messages())) from error
    return loaded


def flatten(messages: Mapping[Any, Any], prefix: str = "") -> Fields:
    """Turn marshmallow's nested messages into {"a.b.0": ["sentence", …]}."""
    flat: Fields = {}
    for key, value in messages.items():
        path = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, Mapping):
            flat |= flatten(value, path)
        else:
            flat[path] = [str(message) for message in (value if isinstance(value, list) else [value])]
    return flat
