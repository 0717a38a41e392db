"""What comes in is checked, and refused in the reader's language."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields, validate

from lti_app.core.errors import Invalid
from lti_app.core.localized import Localized, pick
from lti_app.core.schema import StrictSchema, Text, hostile_character, load
from lti_app.web.forms import parse_json


class Form(StrictSchema):
    name = Text(5, required=True, minimum=1)
    number = fields.Integer(validate=validate.Range(1, 3))
    choice = fields.String(validate=validate.OneOf(["a", "b"]))
    title = Localized()


@pytest.mark.parametrize(
    ("data", "field", "dutch"),
    [
        ({}, "name", "Dit ontbreekt."),
        ({"name": None}, "name", "Dit mag niet leeg zijn."),
        ({"name": 3}, "name", "Dit moet tekst zijn."),
        ({"name": "abcdef"}, "name", "Dit moet 1 tot 5 tekens of delen hebben."),
        ({"name": "a\x00"}, "name", "Hier staat een teken in dat niet kan."),
        ({"name": "a", "number": "x"}, "number", "Dit moet een getal zijn."),
        ({"name": "a", "number": 9}, "number", "Dit is te klein of te groot."),
        ({"name": "a", "choice": "c"}, "choice", "Dit moet een van deze zijn: a, b."),
        ({"name": "a", "nmae": 1}, "nmae", "Dit veld is onbekend."),
        (
            {"name": "a", "title": {"nl": "x"}},
            "title",
            "Hier is een tekst nodig in het Nederlands (nl) en in het Engels (en).",
        ),
    ],
)
def test_each_wrong_field_is_named_in_dutch(
    app: Flask, data: object, field: str, dutch: str
) -> None:
    with app.test_request_context("/?lang=nl"), pytest.raises(Invalid) as refused:
        load(Form, data)
    assert refused.value.fields[field] == [dutch]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"a":1,"a":2}', b"NaN", b"[" * 100_000])
def test_json_that_is_not_right_is_refused(app: Flask, body: bytes) -> None:
    with app.test_request_context("/"), pytest.raises(Invalid):
        parse_json(body)


@given(st.text())
def test_text_is_refused_only_for_characters_that_no_database_keeps(text: str) -> None:
    found = hostile_character(text)
    assert found is None or found in text
    if text.isprintable() and text.isascii():
        assert found is None


def test_a_text_is_shown_in_dutch_when_the_language_is_missing() -> None:
    assert pick({"nl": "hallo"}, "en") == "hallo"
    assert pick(None, "en") == ""
