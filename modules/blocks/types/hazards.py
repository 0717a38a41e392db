"""Hazards: substances with their label, protection, waste, first aid; confirmed before work."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from lti_app.core.localized import Localized
from lti_app.core.schema import StrictSchema, Text
from modules.blocks.fields import many, short_text
from modules.blocks.ghs import PICTOGRAMS, SIGNAL_WORDS
from modules.blocks.registry import BlockView, Body, PageContext, State

SHEET_GROWS_OLD_AFTER = timedelta(days=3 * 365)


class Statement(StrictSchema):
    """One H or P sentence with its code."""

    code = Text(
        40,
        required=True,
        validate=validate.Regexp(
            r"^(EUH|H|P)\d{3}[A-Za-z]{0,3}( ?\+ ?(EUH|H|P)\d{3}[A-Za-z]{0,3})*\Z",
            error=_l("Write a code such as H314 or P301+P330+P331."),
        ),
    )
    text = short_text(required=True)


class Substance(StrictSchema):
    """One substance at the concentration that is used here: its label depends on it."""

    name = short_text(required=True)
    cas = Text(
        12,
        allow_none=True,
        validate=validate.Regexp(r"^\d{2,7}-\d{2}-\d\Z", error=_l("Write a number as 7664-93-9.")),
    )
    concentration = short_text(allow_none=True)
    pictograms = many(
        fields.String(validate=validate.OneOf(PICTOGRAMS, error=_l("Choose from GHS01 to GHS09."))),
        9,
    )
    signal_word = fields.String(
        allow_none=True,
        validate=validate.OneOf(SIGNAL_WORDS, error=_l("Choose danger, warning or null.")),
    )
    statements = many(fields.Nested(Statement), 40)
    precautions = many(fields.Nested(Statement), 40)


class SafetySheet(StrictSchema):
    """The safety data sheet of the lab's own supplier."""

    url = Text(
        500,
        allow_none=True,
        validate=validate.Regexp(
            r"^https?://[^\s/]+", error=_l("A link starts with https:// or http://.")
        ),
    )
    date = Text(10, allow_none=True, validate=lambda text: _check_date(text))


class HazardsBody(StrictSchema):
    """What can go wrong here, and what to do about it."""

    substances = many(fields.Nested(Substance), 30)
    ppe = many(short_text(), 20)
    waste = Localized(4000, allow_none=True)
    first_aid = Localized(4000, allow_none=True)
    note = Localized(8000, allow_none=True)
    sds = fields.Nested(SafetySheet, allow_none=True)
    confirm = short_text(required=True)


class HazardsBlock:
    """Done when confirmed; steps that require it stay locked until then."""

    slug = "hazards"
    label = _l("Hazards")
    graded = False
    is_safety = True
    schema = HazardsBody
    template = "blocks/hazards.html"
    print_template = "blocks/hazards_print.html"

    def is_done(self, body: Body, state: State) -> bool:
        """Confirmed, and left with the button."""
        return not self.missing(body, state) and bool(state.get("done_at"))

    def missing(self, body: Body, state: State) -> dict[str, list[str]]:
        """The confirmation, as long as it is not given."""
        if state.get("confirmed_at"):
            return {}
        return {"confirm": [_("Confirm that you have read this before you go on.")]}

    def save(self, body: Body, state: State, form: Mapping[str, str], now: datetime) -> State:
        """Keep the moment of the first confirmation."""
        if form.get("confirm") != "1" or state.get("confirmed_at"):
            return state
        return {**state, "confirmed_at": now.isoformat()}

    def view(self, block: BlockView, page: PageContext) -> dict[str, Any]:
        """Substances with pictograms in words, and whether the data sheet grows old."""
        sheet = block.body.get("sds") or {}
        return {
            "substances": [_substance(found) for found in block.body.get("substances") or []],
            "sheet": sheet,
            "sheet_date": _noon(sheet.get("date")),
            "sheet_is_old": _is_old(sheet.get("date"), page.now),
            "confirmed_at": _moment(block.state.get("confirmed_at")),
        }


def _substance(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **found,
        "pictograms": [PICTOGRAMS[code] for code in found.get("pictograms") or []],
        "signal_label": SIGNAL_WORDS.get(found.get("signal_word") or "", ""),
        "is_labelled": bool(found.get("signal_word") or found.get("pictograms")),
        "is_danger": found.get("signal_word") == "danger",
    }


def _noon(text: str | None) -> datetime | None:
    # A day has no hour; noon keeps it the same day in every zone where this is read.
    return datetime.combine(date.fromisoformat(text), time(12), UTC) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _is_old(text: str | None, now: datetime) -> bool:
    return bool(text) and now.date() - date.fromisoformat(str(text)) > SHEET_GROWS_OLD_AFTER


def _check_date(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValidationError(_("Write a date as 2026-01-15.")) from None
