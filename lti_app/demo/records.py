"""What the platform keeps, as typed values."""

import json
from dataclasses import dataclass
from typing import Any

from lti_app.demo.refusals import Refused
from lti_app.demo.state import Row, store


@dataclass(frozen=True)
class Tool:
    """A registered tool; its addresses may come later than its client_id."""

    id: int
    key: str
    client_id: str
    name: str
    profile: str
    deployment_ids: list[str]
    initiate_login_uri: str
    redirect_uris: list[str]
    jwks_uri: str
    target_link_uri: str
    deep_linking_uri: str
    token_audience: str
    custom: dict[str, str]
    scopes: list[str]
    share_names: bool
    share_email: bool

    @property
    def is_ready(self) -> bool:
        """Whether it can be launched."""
        return bool(self.initiate_login_uri and self.redirect_uris and self.target_link_uri)

    @property
    def addresses(self) -> list[str]:
        """Every address that a browser may be sent to."""
        known = [self.initiate_login_uri, self.target_link_uri, self.deep_linking_uri]
        return [address for address in known + self.redirect_uris if address]


@dataclass(frozen=True)
class Person:
    """A fictitious user of the LMS."""

    id: int
    key: str
    uid: str
    given_name: str
    family_name: str
    email: str
    private: bool
    administrator: bool

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class Course:
    """A course; `history` lists the courses it was copied from, newest first."""

    id: int
    key: str
    uid: str
    label: str
    title_nl: str
    title_en: str
    history: list[str]

    def title(self, language: str) -> str:
        """The title in a language."""
        return self.title_en if language == "en" else self.title_nl


@dataclass(frozen=True)
class Member:
    """Who takes part in a course, and as what."""

    person: Person
    role: str
    active: bool


@dataclass(frozen=True)
class Link:
    """An activity in a course: an LTI resource link."""

    id: int
    key: str | None
    uid: str
    course_id: int
    tool_id: int
    title: str
    description: str
    target_link_uri: str
    custom: dict[str, str]
    history: list[str]


@dataclass(frozen=True)
class LineItem:
    """A column of the gradebook; `coupled` when it belongs to its activity by itself."""

    id: int
    course_id: int
    tool_id: int
    link_id: int | None
    coupled: bool
    label: str
    maximum: int | float | str
    resource_id: str
    tag: str
    extra: dict[str, Any]


@dataclass(frozen=True)
class Launch:
    """One message on its way to a tool; `uid` is the hint that the tool echoes."""

    id: int
    uid: str
    tool_id: int
    person_id: int
    course_id: int
    link_id: int | None
    message_type: str
    locale: str
    document_target: str
    overrides: dict[str, Any]
    created_at: float
    answered_at: float | None


def tool_of(row: Row) -> Tool:
    """A tool from its row."""
    values = dict(row)
    for name in ("deployment_ids", "redirect_uris", "custom", "scopes"):
        values[name] = json.loads(values[name])
    for name in ("share_names", "share_email"):
        values[name] = bool(values[name])
    return Tool(**values)


def person_of(row: Row) -> Person:
    """A person from a row that may hold more columns."""
    values = {name: row[name] for name in Person.__dataclass_fields__}
    return Person(
        **{**values, "private": bool(row["private"]), "administrator": bool(row["administrator"])}
    )


def course_of(row: Row) -> Course:
    """A course from its row."""
    return Course(**{**dict(row), "history": json.loads(row["history"])})


def link_of(row: Row) -> Link:
    """An activity from its row."""
    loaded = {name: json.loads(row[name]) for name in ("custom", "history")}
    return Link(**{**dict(row), **loaded})


def line_item_of(row: Row) -> LineItem:
    """A column from its row."""
    loaded = {name: json.loads(row[name]) for name in ("maximum", "extra")}
    return LineItem(**{**dict(row), **loaded, "coupled": bool(row["coupled"])})


def launch_of(row: Row) -> Launch:
    """A launch from its row."""
    values = {name: row[name] for name in Launch.__dataclass_fields__}
    return Launch(**{**values, "overrides": json.loads(row["overrides"])})


def tool(client_id: str | None) -> Tool:
    """The tool with this client_id; without one, the first tool that can be launched."""
    if client_id is None:
        ready = [each for each in tools() if each.is_ready]
        if not ready:
            raise Refused(409, "no_tool")
        return ready[0]
    found = find_tool(client_id)
    if found is None:
        raise Refused(404, "tool_unknown", client_id[:80])
    return found


def find_tool(client_id: str) -> Tool | None:
    """The tool with this client_id, or nothing."""
    row = store().row("SELECT * FROM tool WHERE client_id = ?", client_id)
    return tool_of(row) if row else None


def tool_by_id(number: int) -> Tool:
    """The tool that another row points to."""
    row = store().row("SELECT * FROM tool WHERE id = ?", number)
    if row is None:
        raise Refused(404, "tool_unknown")
    return tool_of(row)


def tools() -> list[Tool]:
    """All tools, oldest first."""
    return [tool_of(row) for row in store().rows("SELECT * FROM tool ORDER BY id")]


def course(key: str) -> Course:
    """The course with this key."""
    row = store().row("SELECT * FROM course WHERE key = ?", key)
    if row is None:
        raise Refused(404, "course_unknown", key[:80])
    return course_of(row)


def course_by_id(number: int) -> Course:
    """The course that another row points to."""
    row = store().row("SELECT * FROM course WHERE id = ?", number)
    if row is None:
        raise Refused(404, "course_unknown")
    return course_of(row)


def courses() -> list[Course]:
    """All courses, oldest first."""
    return [course_of(row) for row in store().rows("SELECT * FROM course ORDER BY id")]


def person(key: str) -> Person:
    """The person with this key."""
    row = store().row("SELECT * FROM person WHERE key = ?", key)
    if row is None:
        raise Refused(404, "person_unknown", key[:80])
    return person_of(row)


def person_by_id(number: int) -> Person:
    """The person that another row points to."""
    row = store().row("SELECT * FROM person WHERE id = ?", number)
    if row is None:
        raise Refused(404, "person_unknown")
    return person_of(row)


def members(course_id: int) -> list[Member]:
    """Everybody in a course: teachers first, then by family name."""
    rows = store().rows(
        "SELECT person.*, member.role, member.active FROM member"
        " JOIN person ON person.id = member.person_id WHERE course_id = ?"
        " ORDER BY role DESC, person.id",
        course_id,
    )
    return [Member(person_of(row), row["role"], bool(row["active"])) for row in rows]


def role_of(person_id: int, course_id: int) -> str | None:
    """The role of a person in a course, or nothing."""
    row = store().row(
        "SELECT role FROM member WHERE person_id = ? AND course_id = ?", person_id, course_id
    )
    return str(row["role"]) if row else None


def link(number: int, course_id: int | None = None) -> Link:
    """An activity, in this course when one is named."""
    row = store().row("SELECT * FROM link WHERE id = ?", number)
    if row is None or course_id not in (None, row["course_id"]):
        raise Refused(404, "link_unknown")
    return link_of(row)


def links(course_id: int) -> list[Link]:
    """The activities of a course, oldest first."""
    rows = store().rows("SELECT * FROM link WHERE course_id = ? ORDER BY id", course_id)
    return [link_of(row) for row in rows]


def line_items(course_id: int) -> list[LineItem]:
    """The columns of a course, oldest first."""
    rows = store().rows("SELECT * FROM line_item WHERE course_id = ? ORDER BY id", course_id)
    return [line_item_of(row) for row in rows]


def find_launch(uid: str) -> Launch | None:
    """The launch with this hint, or nothing."""
    row = store().row("SELECT * FROM launch WHERE uid = ?", uid)
    return launch_of(row) if row else None
