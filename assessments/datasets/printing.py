"""A data set as people read it: words and numbers in their language, on a page or as CSV."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.datasets.registry import Generator, Tables

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_BOM = "\ufeff"


@dataclass(frozen=True)
class PrintedTable:
    """One table, ready to be shown."""

    id: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def is_number(text: str) -> bool:
    """Whether this cell is a number, to be aligned as one."""
    return _NUMBER.fullmatch(text.replace("\u2212", "-").replace(",", ".")) is not None


def number(text: str, language: str) -> str:
    """A printed number in the language's way, with every digit kept."""
    written = text.replace("-", "\u2212")
    return written.replace(".", ",") if language == "nl" else written


def tables(generator: Generator, data: Tables, language: str) -> list[PrintedTable]:
    """All tables of a data set in this language."""
    return [_printed(generator, table, language) for table in data["tables"]]


def as_csv(table: PrintedTable, language: str) -> bytes:
    """A file that a spreadsheet in this language opens with numbers as numbers."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if language == "nl" else ",", lineterminator="\r\n")
    writer.writerow(table.headings)
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    # Without the mark Excel reads µ and ° in the wrong alphabet.
    return (_BOM + out.getvalue()).encode()


def _plain(cell: str) -> str:
    """Spreadsheets know the hyphen as minus only."""
    return cell.replace("\u2212", "-") if is_number(cell) else cell


def _printed(generator: Generator, table: Mapping[str, Any], language: str) -> PrintedTable:
    words = generator.words
    headings = (_heading(generator, column) for column in table["columns"])
    rows = (tuple(_cell(generator, cell, language) for cell in row) for row in table["rows"])
    return PrintedTable(table["id"], str(words[table["id"]]), tuple(headings), tuple(rows))


def _heading(generator: Generator, column: Mapping[str, str]) -> str:
    label = str(generator.words.get(column["label"], column["label"]))
    return f"{label} ({column['unit']})" if column["unit"] else label


def _cell(generator: Generator, cell: str, language: str) -> str:
    if _NUMBER.fullmatch(cell):
        return number(cell, language)
    return str(generator.words.get(cell, cell))
