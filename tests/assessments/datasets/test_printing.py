"""Data sets on a page and as a file."""

import random

from assessments.datasets import printing
from assessments.datasets.parameters import PipetteSchema
from assessments.datasets.pipette_gravimetric import PipetteGravimetric

GENERATOR = PipetteGravimetric()
DATA = GENERATOR.generate(PipetteSchema().load({}), random.Random(7))


def test_numbers_keep_their_digits_and_get_the_decimal_sign_of_the_language() -> None:
    assert printing.number("-99.10", "nl") == "\u221299,10"
    assert printing.number("99.10", "en") == "99.10"


def test_every_table_has_a_caption_headings_and_whole_rows() -> None:
    tables = printing.tables(GENERATOR, DATA, "nl")
    assert [table.id for table in tables] == ["conditions", "z_factors", "weighings", "limits"]
    for table in tables:
        assert table.caption
        assert all(len(row) == len(table.headings) for row in table.rows)
    assert tables[2].headings[1] == "100 µL (mg)"
    assert "," in tables[2].rows[0][1]


def test_a_file_opens_in_a_spreadsheet_of_the_language() -> None:
    dutch = printing.as_csv(printing.tables(GENERATOR, DATA, "nl")[2], "nl").decode()
    english = printing.as_csv(printing.tables(GENERATOR, DATA, "en")[2], "en").decode()
    assert dutch.startswith("\ufeff") and ";" in dutch.splitlines()[1]
    assert dutch.splitlines()[1].replace(",", ".").split(";") == english.splitlines()[1].split(",")
