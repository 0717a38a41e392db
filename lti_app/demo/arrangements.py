"""Adding tools, activities and course copies to the platform."""

import json
import secrets
from typing import Any

from lti_app.demo import gradebook, inputs, names, records, seed
from lti_app.demo.profiles import choice
from lti_app.demo.records import Course, Link, Tool
from lti_app.demo.refusals import Refused
from lti_app.demo.state import store


def put_tool(data: dict[str, Any]) -> tuple[Tool, bool]:
    """Add a tool, or change the one with this key; true when it is new."""
    name = inputs.text(data, "name", "Tool")
    key = inputs.text(data, "key", "") or inputs.text(data, "client_id", "") or secrets.token_hex(8)
    profile = choice.by_slug(inputs.text(data, "profile", "standard"))
    with store().transaction():
        row = store().row("SELECT * FROM tool WHERE key = ?", key)
        if row is not None:
            tool = records.tool_of(row)
            store().update("tool", tool.id, name=name, **_changes(data, tool))
            return records.tool_by_id(tool.id), False
        client_id = inputs.text(data, "client_id", "") or profile.new_client_id()
        if records.find_tool(client_id):
            raise Refused(409, "client_id_taken")
        fields = _changes(data, None)
        number = store().insert(
            "tool", key=key, client_id=client_id, name=name, profile=profile.slug,
            deployment_ids="[]", **fields,
        )  # fmt: skip
        given = inputs.texts(data, "deployment_ids", [])
        deployments = given or profile.deployment_ids(number)
        store().update("tool", number, deployment_ids=json.dumps(deployments))
    return records.tool_by_id(number), True


def _changes(data: dict[str, Any], old: Tool | None) -> dict[str, Any]:
    """The columns of a tool; what is not named stays as it was."""
    addresses = {
        name: inputs.url(data, name, getattr(old, name, ""))
        for name in ("initiate_login_uri", "jwks_uri", "target_link_uri", "deep_linking_uri")
    }
    flags = {
        name: inputs.flag(data, name, getattr(old, name, True))
        for name in ("share_names", "share_email")
    }
    redirects = inputs.urls(data, "redirect_uris") or (old.redirect_uris if old else [])
    scopes = inputs.texts(data, "scopes", old.scopes if old else names.SCOPES)
    custom = custom_of(data) or (old.custom if old else {})
    return {
        **addresses,
        **flags,
        "token_audience": inputs.text(data, "token_audience", old.token_audience if old else ""),
        "redirect_uris": json.dumps(redirects),
        "scopes": json.dumps(scopes),
        "custom": json.dumps(custom),
    }


def custom_of(data: dict[str, Any]) -> dict[str, str]:
    """Custom parameters: texts by name."""
    custom = inputs.mapping(data, "custom")
    if not all(isinstance(value, str) and len(value) <= 4000 for value in custom.values()):
        raise Refused(400, "bad_field", "custom")
    return custom


def put_link(data: dict[str, Any]) -> tuple[Link, bool]:
    """Add an activity to a course, or change the one with this key; true when it is new."""
    tool = records.tool(inputs.text(data, "client_id", "") or None)
    course = records.course(inputs.text(data, "course", "mlo-lab"))
    key = inputs.text(data, "key", "") or None
    fields = {
        "title": inputs.text(data, "title"),
        "description": inputs.text(data, "description", ""),
        "target_link_uri": inputs.url(data, "target_link_uri", "") or tool.target_link_uri,
        "custom": json.dumps(custom_of(data)),
    }
    wanted = inputs.mapping(data, "line_item")
    profile = choice.by_slug(tool.profile)
    item = profile.line_item_of_content(fields["title"], wanted) if wanted else None
    with store().transaction():
        row = store().row("SELECT * FROM link WHERE key = ?", key) if key else None
        if row is not None:
            if row["course_id"] != course.id or row["tool_id"] != tool.id:
                raise Refused(409, "key_taken")
            store().update("link", row["id"], **fields)
            number = int(row["id"])
        else:
            number = _insert_link(course, tool, key, fields)
        if item is not None:
            _couple(course, tool, number, item)
    return records.link(number), row is None


def _insert_link(course: Course, tool: Tool, key: str | None, fields: dict[str, str]) -> int:
    return store().insert(
        "link",
        key=key,
        uid=f"link-{secrets.token_hex(8)}",
        course_id=course.id,
        tool_id=tool.id,
        history="[]",
        **fields,
    )


def _couple(course: Course, tool: Tool, link_id: int, item: dict[str, Any]) -> None:
    """The activity's own column; made once, changed after."""
    row = store().row("SELECT * FROM line_item WHERE link_id = ? AND coupled", link_id)
    if row is not None:
        gradebook.change_item(records.line_item_of(row), item, link_id)
    else:
        gradebook.add_item(course, tool, item, link_id=link_id, coupled=True)


def copy_course(source: Course, key: str) -> Course:
    """A copy of a course with its activities, people and empty columns, as at a new term."""
    if not key or store().row("SELECT id FROM course WHERE key = ?", key):
        raise Refused(409, "key_taken")
    opened = records.links(source.id)
    profile = choice.by_slug(
        records.tool_by_id(opened[0].tool_id).profile if opened else "standard"
    )
    with store().transaction():
        number = store().insert(
            "course",
            key=key,
            uid=f"course-{key}",
            label=source.label,
            title_nl=f"{source.title_nl} (kopie)",
            title_en=f"{source.title_en} (copy)",
            history=json.dumps([profile.public_id(source), *source.history]),
        )
        store().run(
            "INSERT INTO member SELECT ?, person_id, role, active FROM member WHERE course_id = ?",
            *(number, source.id),
        )
        course = records.course(key)
        for link in opened:
            _copy_link(course, link)
    return course


def add_learners(course: Course, keys: list[str]) -> list[str]:
    """Fictitious learners with these keys in a course; returns their user ids, in order."""
    with store().transaction():
        for key in keys:
            seed.add_person(store(), key, "Leerling", key, False, False)
            seed.add_member(store(), course.key, key, "learner", True)
    return [records.person(key).uid for key in keys]


def _copy_link(course: Course, link: Link) -> None:
    tool = records.tool_by_id(link.tool_id)
    profile = choice.by_slug(tool.profile)
    fields = {name: getattr(link, name) for name in ("title", "description", "target_link_uri")}
    number = _insert_link(course, tool, None, {**fields, "custom": json.dumps(link.custom)})
    history = [profile.public_id(link), *link.history]
    store().update("link", number, history=json.dumps(history))
    for row in store().rows("SELECT * FROM line_item WHERE link_id = ? AND coupled", link.id):
        item = records.line_item_of(row)
        wanted = {"label": item.label, "scoreMaximum": item.maximum, **item.extra}
        wanted |= {"resourceId": item.resource_id, "tag": item.tag}
        gradebook.add_item(course, tool, wanted, link_id=number, coupled=True)
