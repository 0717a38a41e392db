"""Text: something to read, with pictures, tables and formulas."""

from typing import Any

from flask_babel import lazy_gettext as _l

from lti_app.core.localized import Localized
from lti_app.core.schema import StrictSchema
from modules.blocks.registry import BlockView, Body, PageContext, State


class TextBody(StrictSchema):
    """The text in both languages, as Markdown."""

    text = Localized(required=True)


class TextBlock:
    """Done when the learner says so."""

    slug = "text"
    label = _l("Text")
    graded = False
    schema = TextBody
    template = "blocks/text.html"
    print_template = "blocks/text.html"

    def is_done(self, body: Body, state: State) -> bool:
        """Read, says the learner."""
        return bool(state.get("done_at"))

    def view(self, block: BlockView, page: PageContext) -> dict[str, Any]:
        """The text."""
        return {"text": block.body["text"]}
