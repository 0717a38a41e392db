"""What comes in when somebody is erased."""

from marshmallow import fields, validate

from lti_app.core.schema import StrictSchema, Text


class EraseSchema(StrictSchema):
    """`confirm` guards against a click too many; `reference` is the school's own number."""

    confirm = fields.String(required=True, validate=validate.Equal("1"))
    withdraw = fields.String(load_default="0", validate=validate.OneOf(["0", "1"]))
    reference = Text(100, load_default="")
