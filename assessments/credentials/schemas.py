"""What comes in: the achievement of a module package, and the forms of holder and administrator."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from assessments.credentials import dutch_terms
from assessments.credentials.models import REASONS
from lti_app.core.localized import Localized
from lti_app.core.schema import StrictSchema, Text

_TEXT = 2000
_LEVEL = validate.Range(1, 8)


class LevelSchema(StrictSchema):
    """EU element 8; a level without a framework is no level."""

    nlqf = fields.Integer(required=True, allow_none=True, strict=True, validate=_LEVEL)
    eqf = fields.Integer(required=True, allow_none=True, strict=True, validate=_LEVEL)


class QualitySchema(StrictSchema):
    """EU element 11."""

    name = Localized(200, required=True)
    description = Localized(_TEXT, required=True)
    url = fields.URL(required=True, allow_none=True, schemes={"https"}, require_tld=True)


class AlignmentSchema(StrictSchema):
    """A skill or level in somebody else's framework (Open Badges 3.0, Alignment)."""

    name = Localized(300, required=True)
    url = fields.URL(required=True, schemes={"https", "http"}, require_tld=True)
    framework = Text(100, minimum=1, required=True)
    code = Text(100, allow_none=True, load_default=None)
    type = fields.String(required=True, validate=validate.Regexp(r"ext:[A-Za-z0-9._-]{1,40}\Z"))


class AchievementSchema(StrictSchema):
    """`extensions.achievement` of a module package: every EU element has its place."""

    kind = fields.String(
        required=True,
        validate=validate.Equal(
            "extracurricular",
            error=_l(
                "Only extracurricular badges can be awarded here. A microcredential needs 240 "
                "study load hours and an examination board, a regular badge a programme number."
            ),
        ),
    )
    name = Localized(200, required=True)
    description = Localized(_TEXT, required=True)
    workload_minutes = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 100_000)
    )
    level = fields.Nested(LevelSchema, required=True, allow_none=True)
    assessment_type = fields.String(
        required=True, validate=validate.OneOf(dutch_terms.ASSESSMENT_TYPES)
    )
    participation_type = fields.String(
        required=True, validate=validate.OneOf(dutch_terms.PARTICIPATION_TYPES)
    )
    supervision_type = fields.String(
        required=True, validate=validate.OneOf(dutch_terms.SUPERVISION_TYPES)
    )
    identity_checked = fields.Boolean(required=True, truthy={True}, falsy={False})
    learner_identification = Localized(_TEXT, required=True)
    assessed = Localized(_TEXT, required=True)
    not_assessed = Localized(_TEXT, required=True)
    quality_assurance = fields.Nested(QualitySchema, required=True)
    prerequisites = Localized(_TEXT, allow_none=True, load_default=None)
    show_grade = fields.Boolean(required=True, truthy={True}, falsy={False})
    stackable = fields.Boolean(required=True, truthy={True}, falsy={False})
    stacks_into = Localized(_TEXT, allow_none=True, load_default=None)
    further_information = Localized(_TEXT, allow_none=True, load_default=None)
    alignments = fields.List(
        fields.Nested(AlignmentSchema), load_default=list, validate=validate.Length(max=10)
    )

    @validates_schema
    def _stackable_into_something(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("stackable") and not data.get("stacks_into"):
            raise ValidationError(_("Say what this can be stacked into."), "stacks_into")


class ShareSchema(StrictSchema):
    """The holder's choice who may see a proof."""

    share = fields.String(required=True, validate=validate.OneOf(["on", "off"]))
    name_shown = fields.String(load_default="", validate=validate.OneOf(["", "1"]))


class ReasonSchema(StrictSchema):
    """Why an administrator revokes or suspends."""

    reason = fields.String(required=True, validate=validate.OneOf(REASONS))


class VerifySchema(StrictSchema):
    """A credential that somebody pasted."""

    credential = fields.String(load_default="")
