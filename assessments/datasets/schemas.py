"""What a data set block holds."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validates_schema

from assessments.datasets.registry import GENERATORS
from lti_app.core.errors import NotFound
from lti_app.core.localized import Localized
from lti_app.core.schema import StrictSchema, load


class DatasetSchema(StrictSchema):
    """The body of a data set block: which generator, with which parameters."""

    generator = fields.String(required=True)
    parameters = fields.Dict(load_default=dict)
    intro = Localized(5000)

    @validates_schema
    def check_parameters(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The parameters, checked by the generator; what was left out is filled in."""
        try:
            generator = GENERATORS.get(data["generator"])
        except NotFound:
            raise ValidationError(_("There is no such kind of data set."), "generator") from None
        try:
            data["parameters"] = generator.parameters_schema().load(data["parameters"])
        except ValidationError as error:
            raise ValidationError({"parameters": error.messages}) from error


def dataset_from(body: Mapping[str, Any]) -> dict[str, Any]:
    """A stored body with what was left out filled in."""
    return load(DatasetSchema, body)
