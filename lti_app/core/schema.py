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
        if (
            category in ("Cc", "Cs")
            or ord(char) & 0xFFFE == 0xFFFE
            or 0xFDD0 <= ord(char) <= 0xFDEF
        ):
            return char
    return None


def _speak_both_languages() -> None:
    """Give marshmallow's own refusals words of ours, translated where they are shown."""
    fields.Field.default_error_messages |= {
        "required": _l("This is missing."),
        "null": _l("This may not be empty."),
        "validator_failed": _l("This is not written as it should be."),
    }
    for kind, text in (
        (fields.String, _l("This must be text.")),
        (fields.Number, _l("This must be a number.")),
        (fields.Integer, _l("This must be a number.")),
        (fields.Boolean, _l("This must be yes or no.")),
        (fields.List, _l("This must be a list.")),
        (fields.Mapping, _l("This must be a group of named values.")),
    ):
        kind.default_error_messages = kind.default_error_messages | {"invalid": text}
    validate.Length.message_min = _l("This must have at least {min} characters or parts.")
    validate.Length.message_max = _l("This may have at most {max} characters or parts.")
    validate.Length.message_all = _l("This must have {min} to {max} characters or parts.")
    validate.OneOf.default_message = _l("This must be one of: {choices}.")
    validate.Regexp.default_message = _l("This is not written as it should be.")
    for name in ("message_min", "message_max", "message_all"):
        setattr(validate.Range, name, _l("This is too small or too large."))


_speak_both_languages()


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
        messages: dict[Any, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise Invalid(fields=flatten(messages)) from error
    return loaded


def flatten(messages: Mapping[Any, Any], prefix: str = "") -> Fields:
    """Turn marshmallow's nested messages into {"a.b.0": ["sentence", …]}."""
    flat: Fields = {}
    for key, value in messages.items():
        path = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, Mapping):
            flat |= flatten(value, path)
        else:
            # Some validators fix their words when they are made: translate what comes out.
            words = value if isinstance(value, list) else [value]
            flat[path] = [_(str(word)) for word in words]
    return flat
