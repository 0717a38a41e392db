"""Table: a grid of values to find, each marked by itself."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validates_schema

from assessments.items import measurement
from assessments.items.fields import amount
from assessments.items.mark import NOTHING, Mark, rounded
from assessments.items.registry import (
    Answer,
    Body,
    Form,
    Item,
    Key,
    Line,
    Problems,
    Typed,
    literal,
)
from assessments.items.types import numeric
from lti_app.core.localized import LANGUAGES, Localized, LocalizedText
from lti_app.core.schema import StrictSchema, Text
from modules.blocks.fields import Id, unique


class HeadingSchema(StrictSchema):
    """A row or a column."""

    id = Id(required=True)
    label = Localized(200, required=True)


class TableSchema(StrictSchema):
    """The body: rows, columns, and the cells (`row:column`) that the learner fills in."""

    columns = fields.List(fields.Nested(HeadingSchema), required=True, validate=amount(1, 12))
    rows = fields.List(fields.Nested(HeadingSchema), required=True, validate=amount(1, 24))
    cells = fields.Dict(
        keys=Text(81), values=fields.Nested(numeric.MeasurementSchema), required=True
    )

    @validates_schema
    def _check_cells(self, data: dict[str, Any], **kwargs: Any) -> None:
        rows = [row["id"] for row in data["rows"]]
        columns = [column["id"] for column in data["columns"]]
        unique(rows, "rows")
        unique(columns, "columns")
        grid = {f"{row}:{column}" for row in rows for column in columns}
        if not data["cells"] or not set(data["cells"]) <= grid:
            raise ValidationError(
                _("A cell is named row:column, of rows and columns here."), "cells"
            )


class TableAnswer(StrictSchema):
    """What was typed, per cell."""

    cells = fields.Dict(
        keys=Text(81),
        values=fields.Nested(numeric.MeasurementAnswer),
        load_default=dict,
        validate=amount(0, 288),
    )


def _cells(item: Item, answer: Answer) -> Iterator[tuple[str, Body, Mapping[str, Any]]]:
    """Every cell to fill in, row by row: its place, its body, what was typed."""
    given, cells = answer.get("cells", {}), item.body["cells"]
    places = product(item.body["rows"], item.body["columns"])
    for place in (f"{row['id']}:{column['id']}" for row, column in places):
        if place in cells:
            yield place, cells[place], given.get(place, {})


def _reference(item_id: str, reference: str) -> str:
    """Inside a table `row:column` means a cell of that table itself."""
    return f"{item_id}:{reference}" if reference.count(":") == 1 else reference


def _label(body: Body, place: str) -> LocalizedText:
    row, _colon, column = place.partition(":")
    rows = {one["id"]: one["label"] for one in body["rows"]}
    columns = {one["id"]: one["label"] for one in body["columns"]}
    return {
        language: f"{rows[row][language]}, {columns[column][language]}" for language in LANGUAGES
    }


class Table:
    """Fill in the cells."""

    slug = "table"
    label = _l("Table")
    schema = TableSchema
    answer_schema = TableAnswer
    template = "items/table.html"

    def read(self, item: Item, form: Form, seed: str) -> Answer:
        """What was typed in each cell."""
        cells = item.body["cells"]
        return {"cells": {place: numeric.read(f"{item.id}.{place}", form) for place in cells}}

    def is_empty(self, item: Item, answer: Answer) -> bool:
        """Some cell has no number."""
        return any(numeric.is_empty(given) for _place, _body, given in _cells(item, answer))

    def problems(self, item: Item, answer: Answer, decimal_sign: str) -> Problems:
        """Numbers that cannot be read, cell by cell."""
        found = {
            f"{item.id}.{place}.value": numeric.problem(given, decimal_sign)
            for place, _body, given in _cells(item, answer)
        }
        return {name: [sentence] for name, sentence in found.items() if sentence}

    def view(self, item: Item, answer: Answer, seed: str) -> dict[str, Any]:
        """The grid with what was typed."""
        cells = {place: numeric.shown(body, given) for place, body, given in _cells(item, answer)}
        return {"columns": item.body["columns"], "rows": item.body["rows"], "cells": cells}

    def lines(self, item: Item, answer: Answer) -> Sequence[Line]:
        """Every cell, named by its row and column."""
        return [
            Line(_label(item.body, place), literal(numeric.written(given)), place, is_typed=True)
            for place, _body, given in _cells(item, answer)
        ]

    def mark(self, item: Item, answer: Answer, key: Key) -> Mark:
        """The mean of the cells' marks."""
        marks = {}
        for place, body, given in _cells(item, answer):
            own = {**body, "depends_on": [_reference(item.id, one) for one in body["depends_on"]]}
            marks[place] = measurement.mark(own, given, key)
        total = sum((mark.score for mark in marks.values()), NOTHING) / len(marks)
        reason = "right" if total == 1 else "wrong" if total == 0 else "partly"
        return Mark(rounded(total), reasons=(reason,), cells=marks)

    def key_names(self, body: Body) -> set[str]:
        """What its cells name."""
        return set().union(*(numeric.key_names(cell) for cell in body["cells"].values()))

    def places(self, item_id: str, body: Body) -> set[str]:
        """Its cells, as `item:row:column`."""
        return {f"{item_id}:{place}" for place in body["cells"]}

    def depends_on(self, item_id: str, body: Body) -> set[str]:
        """What its cells calculate on from."""
        references = [one for cell in body["cells"].values() for one in cell["depends_on"]]
        return {_reference(item_id, reference) for reference in references}

    def typed(self, item: Item, answer: Answer) -> Mapping[str, Typed]:
        """The values of its cells that later questions may calculate on from."""
        found = {
            f"{item.id}:{place}": numeric.typed_value(body, given)
            for place, body, given in _cells(item, answer)
        }
        return {place: typed for place, typed in found.items() if typed}
