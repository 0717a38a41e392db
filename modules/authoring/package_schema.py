"""The shape of module.json, apart from the bodies of its blocks."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, post_load, validate

from lti_app.core.localized import LANGUAGES, Localized
from lti_app.core.schema import StrictSchema, Text
from modules.authoring import media
from modules.blocks.fields import BlockId, DecimalText, Switch, Whole, short_text

SCHEMA_VERSION = 1
MODES = ("online", "bench", "workplace")
MOST_BLOCKS = 400


def plain(number: str | Decimal) -> str:
    """A decimal number in its shortest notation, so that one value has one spelling."""
    shortest = Decimal(number).normalize()
    return f"{shortest + 0:f}"


class Slug(Text):
    """A name in addresses: words in lower case with dashes."""

    def __init__(self, **kwargs: Any) -> None:
        check = validate.Regexp(
            r"^[a-z0-9]+(-[a-z0-9]+)*\Z",
            error=_l("Use lower case letters and digits with single dashes."),
        )
        super().__init__(60, validate=check, **kwargs)


class Alt(fields.Field[dict[str, Any]]):
    """What a picture shows, in both languages, or {"decorative": true}."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if (
            isinstance(value, dict)
            and list(value) == ["decorative"]
            and value["decorative"] is True
        ):
            return value
        return short_text().deserialize(value, attr, data)


class Attribution(StrictSchema):
    """Somebody who made it, and what they did."""

    name = Text(200, minimum=1, required=True)
    role = Text(200, minimum=1, required=True)


class Level(StrictSchema):
    """The level in the Dutch and the European framework."""

    nlqf = Whole(1, 8, load_default=None, allow_none=True)
    eqf = Whole(1, 8, load_default=None, allow_none=True)


class OutcomeData(StrictSchema):
    """What somebody can do afterwards, and the blocks that show it."""

    code = Text(20, minimum=1, required=True)
    text = Localized(1000, required=True)
    assessed_by = fields.List(BlockId(), required=True, validate=validate.Length(1, 100))


class BlockData(StrictSchema):
    """One block; its body is checked by its own type."""

    id = BlockId(required=True)
    type = Text(
        40,
        required=True,
        validate=validate.Regexp(r"^[a-z][a-z0-9_]*\Z", error=_l("This is not a block type.")),
    )
    title = short_text(allow_none=True)
    required = Switch(load_default=True)
    points = DecimalText("0", "10000", load_default="0")
    body = fields.Dict(required=True)

    @post_load
    def write_one_way(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """A block without a title has no such key; points are written without idle zeros."""
        if data.get("title", "") is None:
            del data["title"]
        return data | {"points": plain(data["points"])}


class SectionData(StrictSchema):
    """A part of the module in one place: online, at the bench, or at work."""

    id = BlockId(required=True)
    title = short_text(required=True)
    mode = Text(
        20,
        required=True,
        validate=validate.OneOf(MODES, error=_l("Choose online, bench or workplace.")),
    )
    minutes = Whole(0, 10_000, required=True)
    blocks = fields.List(
        fields.Nested(BlockData), required=True, validate=validate.Length(1, MOST_BLOCKS)
    )


class MediaData(StrictSchema):
    """One picture and what may be done with it."""

    id = Text(
        60,
        required=True,
        validate=validate.Regexp(
            r"^[a-z0-9][a-z0-9-]*\Z", error=_l("Use lower case letters, digits and dashes.")
        ),
    )
    file = Text(
        80,
        required=True,
        validate=validate.Regexp(
            r"^media/[0-9a-f]{64}\.[a-z0-9]{1,5}\Z",
            error=_l("A file is named media/<sha256>.<type>."),
        ),
    )
    mime = Text(
        40,
        required=True,
        validate=validate.OneOf(
            media.EXTENSIONS, error=_l("A picture is a PNG, JPEG, WebP or SVG file.")
        ),
    )
    alt = Alt(required=True)
    licence = Text(100, load_default=None, allow_none=True)
    source = Text(1000, load_default=None, allow_none=True)


class ModuleDocument(StrictSchema):
    """The whole of module.json. Loading fills in every optional key: one way to write it."""

    schema_version = Whole(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    slug = Slug(required=True)
    version = Text(
        20,
        required=True,
        validate=validate.Regexp(
            r"^(0|[1-9]\d{0,3})(\.(0|[1-9]\d{0,3})){2}\Z", error=_l("Write a version as 1.0.0.")
        ),
    )
    title = short_text(required=True)
    summary = Localized(2000, required=True)
    languages = fields.List(fields.String(), required=True)
    licence = Text(100, minimum=1, required=True)
    attribution = fields.List(
        fields.Nested(Attribution), load_default=list, validate=validate.Length(max=100)
    )
    pass_mark = DecimalText("0", "1", load_default=None, allow_none=True)
    level = fields.Nested(Level, load_default=None, allow_none=True)
    validity_months = Whole(1, 1200, load_default=None, allow_none=True)
    outcomes = fields.List(
        fields.Nested(OutcomeData), required=True, validate=validate.Length(1, 50)
    )
    sections = fields.List(
        fields.Nested(SectionData), required=True, validate=validate.Length(1, 100)
    )
    media = fields.List(
        fields.Nested(MediaData), load_default=list, validate=validate.Length(max=400)
    )
    extensions = fields.Dict(keys=fields.String(), load_default=dict)

    @post_load
    def write_one_way(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """The pass mark is written without idle zeros."""
        return data | {"pass_mark": data["pass_mark"] and plain(data["pass_mark"])}

    @post_load
    def check_languages(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Content is Dutch and English; more may come, fewer may not."""
        if sorted(data["languages"]) != sorted(LANGUAGES):
            raise ValidationError(_("A module is in Dutch and English: nl, en."), "languages")
        return data
