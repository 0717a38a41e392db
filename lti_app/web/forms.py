"""From a form or a JSON body to keyword arguments, or errors per field."""

import json
from typing import Any

from flask import request
from flask_babel import gettext as _
from marshmallow import Schema, fields

from lti_app.core.errors import Invalid
from lti_app.core.schema import load

_OURS = {"csrf_token"}


def load_form(schema: type[Schema] | Schema) -> dict[str, Any]:
    """Return the form as the schema says (List fields keep all values), or raise Invalid."""
    instance = schema() if isinstance(schema, type) else schema
    data: dict[str, Any] = {}
    for name, values in request.form.lists():
        if name in _OURS:
            continue
        many = isinstance(instance.fields.get(name), fields.List)
        if len(values) > 1 and not many:
            raise Invalid(fields={name: [_("This was sent more than once.")]})
        data[name] = values if many else values[0]
    return load(instance, data)


def load_json(schema: type[Schema] | Schema) -> dict[str, Any]:
    """Return the JSON body as the schema says, or raise Invalid."""
    return load(schema, parse_json(request.get_data(cache=True)))


def parse_json(body: bytes) -> Any:
    """Parse strictly: UTF-8, no duplicate keys, no NaN or Infinity, bounded depth."""
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise Invalid(
            fields={"json": [_("This is not valid JSON: %(why)s", why=_why(error))]}
        ) from error


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (line {error.lineno}, column {error.colno})"
    return str(error) if isinstance(error, _Refused) else type(error).__name__


class _Refused(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _Refused("a key occurs twice")
    return result


def _refuse_constant(name: str) -> None:
    raise _Refused(f"{name} is not a JSON number")
