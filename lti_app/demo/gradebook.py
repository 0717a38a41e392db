"""The gradebook: columns, and the scores in them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lti_app.demo import inputs
from lti_app.demo.profiles.standard import Standard
from lti_app.demo.records import (
    Course,
    LineItem,
    Member,
    Person,
    Tool,
    line_item_of,
    line_items,
    members,
)
from lti_app.demo.refusals import Refused
from lti_app.demo.state import Row, now, store

EXTRA = ("startDateTime", "endDateTime", "gradesReleased", "submissionReview")


@dataclass(frozen=True)
class Mark:
    """What stands in one cell."""

    value: float | None
    comment: str | None
    timestamp: str
    activity: str
    grading: str
    received_at: float


def find_item(number: int, course: Course, tool: Tool) -> LineItem:
    """A column of this course that this tool owns."""
    row = store().row(
        "SELECT * FROM line_item WHERE id = ? AND course_id = ? AND tool_id = ?",
        *(number, course.id, tool.id),
    )
    if row is None:
        raise Refused(404, "line_item_unknown", f"{number}")
    return line_item_of(row)


def add_item(course: Course, tool: Tool, data: dict[str, Any], **where: Any) -> LineItem:
    """A new column from a checked line item."""
    number = store().insert(
        "line_item",
        course_id=course.id,
        tool_id=tool.id,
        link_id=where.get("link_id"),
        coupled=bool(where.get("coupled")),
        **_columns(data),
    )
    return find_item(number, course, tool)


def change_item(item: LineItem, data: dict[str, Any], link_id: int | None) -> None:
    """Replace what a column says about itself; the scores keep their share of the maximum."""
    store().update("line_item", item.id, link_id=link_id, **_columns(data))


def _columns(data: dict[str, Any]) -> dict[str, str]:
    extra = {name: data[name] for name in EXTRA if data.get(name) is not None}
    return {
        "label": str(data["label"]),
        "maximum": json.dumps(data["scoreMaximum"]),
        "resource_id": str(data.get("resourceId") or ""),
        "tag": str(data.get("tag") or ""),
        "extra": json.dumps(extra),
    }


def delete_item(item: LineItem) -> None:
    """Take a column away, scores and all."""
    store().run("DELETE FROM line_item WHERE id = ?", item.id)


def items_of_tool(course: Course, tool: Tool, filters: dict[str, Any]) -> list[LineItem]:
    """The columns of a tool in a course that match the filters."""
    found = [item for item in line_items(course.id) if item.tool_id == tool.id]
    return [
        item
        for item in found
        if all(value in (None, getattr(item, name)) for name, value in filters.items())
    ]


def put_score(profile: Standard, course: Course, item: LineItem, data: dict[str, Any]) -> None:
    """Take a score, unless it is not newer or is not for a learner of the course."""
    profile.check_score(data)
    learner = _gradable(profile, course, data)
    sent_at = _moment(profile, data)
    with store().transaction():
        old = _mark(item.id, learner.id)
        if old and not profile.is_later(sent_at, datetime.fromisoformat(old.timestamp)):
            raise profile.too_early(item, str(data["userId"]))
        value = profile.value_after(
            old.value if old else None,
            data.get("scoreGiven"),
            data.get("scoreMaximum"),
            str(data["gradingProgress"]),
        )
        _write(item, learner, data, value=value, sent_at=sent_at)


def _write(
    item: LineItem, learner: Person, data: dict[str, Any], *, value: Any, sent_at: datetime
) -> None:
    store().run(
        "INSERT OR REPLACE INTO score (line_item_id, person_id, value, comment, timestamp,"
        " activity, grading, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(item.id, learner.id, value, data.get("comment"), sent_at.isoformat()),
        *(str(data["activityProgress"]), str(data["gradingProgress"]), now()),
    )


def _gradable(profile: Standard, course: Course, data: dict[str, Any]) -> Person:
    for member in members(course.id):
        is_meant = profile.public_id(member.person) == data["userId"]
        if is_meant and member.role == "learner" and member.active:
            return member.person
    raise profile.unknown_user(data)


def _moment(profile: Standard, data: dict[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(data["timestamp"])
        if moment.tzinfo is None and profile.slug == "standard":
            raise Refused(400, "bad_field", "timestamp")
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(400, "bad_field", "timestamp") from error


def _mark(item_id: int, person_id: int) -> Mark | None:
    row = store().row(
        "SELECT * FROM score WHERE line_item_id = ? AND person_id = ?", item_id, person_id
    )
    return _mark_of(row) if row else None


def _mark_of(row: Row) -> Mark:
    return Mark(**{name: row[name] for name in Mark.__dataclass_fields__})


def marks(item: LineItem) -> dict[int, Mark]:
    """The cells of a column, by person."""
    rows = store().rows("SELECT * FROM score WHERE line_item_id = ?", item.id)
    return {row["person_id"]: _mark_of(row) for row in rows}


def points(item: LineItem, mark: Mark) -> float | None:
    """The score in points of this column."""
    maximum = item.maximum if inputs.is_number(item.maximum) else 100
    return None if mark.value is None else round(mark.value * float(maximum), 4)


@dataclass(frozen=True)
class Table:
    """A gradebook to show: each line has a cell for each column."""

    items: list[LineItem]
    lines: list[tuple[Member, list[tuple[LineItem, Mark | None]]]]


def table(course: Course) -> Table:
    """The gradebook of a course."""
    items = line_items(course.id)
    cells = {item.id: marks(item) for item in items}
    learners = [member for member in members(course.id) if member.role == "learner"]
    lines = [
        (learner, [(item, cells[item.id].get(learner.person.id)) for item in items])
        for learner in learners
    ]
    return Table(items, lines)
