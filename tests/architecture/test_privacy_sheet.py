"""The sheet for a privacy officer says of every table whether it holds something of persons."""

import re
from pathlib import Path

from lti_app import wiring  # noqa: F401  (with it, every model is there)
from lti_app.core.db import Base

SHEET = Path(__file__).parents[2] / "docs" / "privacy.md"


def test_every_table_stands_in_the_sheet_and_no_other() -> None:
    appendix = SHEET.read_text().split("## The tables", 1)[1]
    named = re.findall(r"`([a-z_]+)`", appendix)
    assert sorted(named) == sorted(Base.metadata.tables)
