"""The administration of the platform for programs on this machine: /api/*."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from lti_app.demo import arrangements, inputs, records, registration
from lti_app.demo.profiles import choice
from lti_app.demo.records import LineItem, Link, Tool
from lti_app.demo.refusals import Refused
from lti_app.demo.state import issuer, now, store

bp = Blueprint("api", __name__, url_prefix="/api")
NUMBER = "int(max=2147483647)"


@bp.before_request
def only_from_here() -> None:
    """Programs on this machine only: not through a proxy, and not a web page in a browser."""
    address = request.remote_addr or ""
    try:
        is_here = ipaddress.ip_address(address).is_loopback
    except ValueError:
        is_here = False
    host = urlsplit(f"//{request.host}").hostname or ""
    is_known = host in (urlsplit(issuer()).hostname, "localhost", "127.0.0.1", "::1")
    if not is_here or not is_known or "X-Forwarded-For" in request.headers:
        raise Refused(403, "only_loopback")
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise Refused(403, "only_loopback")


@bp.post("/tools")
def put_tool() -> ResponseReturnValue:
    """Register a tool, or change the one with this key."""
    tool, is_new = arrangements.put_tool(inputs.json_object())
    return jsonify(described_tool(tool)), 201 if is_new else 200


@bp.get("/tools")
def tools() -> ResponseReturnValue:
    """All registered tools."""
    return jsonify(tools=[described_tool(tool) for tool in records.tools()])


def described_tool(tool: Tool) -> dict[str, Any]:
    """What a tool must know about the platform."""
    profile = choice.by_slug(tool.profile)
    return {
        "key": tool.key,
        "name": tool.name,
        "profile": tool.profile,
        "issuer": issuer(),
        "client_id": tool.client_id,
        "deployment_ids": tool.deployment_ids,
        "auth_url": profile.url(profile.authorization_path),
        "token_url": profile.url(profile.token_path),
        "jwks_url": profile.url(profile.jwks_path),
        "initiate_login_uri": tool.initiate_login_uri,
        "redirect_uris": tool.redirect_uris,
        "jwks_uri": tool.jwks_uri,
        "target_link_uri": tool.target_link_uri,
        "scopes": tool.scopes,
        "ready": tool.is_ready,
    }


@bp.post("/registrations")
def invite() -> ResponseReturnValue:
    """A one-time token for dynamic registration."""
    profile = choice.by_slug(inputs.text(inputs.json_object(), "profile", "standard"))
    return jsonify(registration.invite(profile)), 201


@bp.post("/links")
def put_link() -> ResponseReturnValue:
    """Add an activity to a course, or change the one with this key."""
    link, is_new = arrangements.put_link(inputs.json_object())
    return jsonify(described_link(link)), 201 if is_new else 200


@bp.get("/courses/<key>")
def course(key: str) -> ResponseReturnValue:
    """A course with its activities and people."""
    found = records.course(key)
    return jsonify(
        key=found.key,
        id=found.id,
        label=found.label,
        title=found.title_nl,
        links=[described_link(link) for link in records.links(found.id)],
        members=[
            {"key": m.person.key, "name": m.person.name, "role": m.role, "active": m.active}
            for m in records.members(found.id)
        ],
    )


@bp.post("/courses/<key>/copy")
def copy_course(key: str) -> ResponseReturnValue:
    """Copy a course with its activities."""
    copied = arrangements.copy_course(records.course(key), inputs.text(inputs.json_object(), "key"))
    links = [described_link(link) for link in records.links(copied.id)]
    return jsonify(key=copied.key, id=copied.id, links=links), 201


@bp.post("/courses/<key>/learners")
def add_learners(key: str) -> ResponseReturnValue:
    """More learners in a course: {keys: [...]}, each a new fictitious person."""
    keys = inputs.texts(inputs.json_object(), "keys", [])
    return jsonify(user_ids=arrangements.add_learners(records.course(key), keys)), 201


def described_link(link: Link) -> dict[str, Any]:
    """An activity, with the pages that open it."""
    course_found, tool = records.course_by_id(link.course_id), records.tool_by_id(link.tool_id)
    profile = choice.by_slug(tool.profile)
    items = [item for item in records.line_items(link.course_id) if item.link_id == link.id]
    coupled = next((item for item in items if item.coupled), None)
    page = issuer() + url_for("pages.activity", key=course_found.key, number=link.id)
    return {
        "id": link.id,
        "key": link.key,
        "resource_link_id": profile.public_id(link),
        "context_id": profile.public_id(course_found),
        "course": course_found.key,
        "client_id": tool.client_id,
        "title": link.title,
        "target_link_uri": link.target_link_uri,
        "custom": link.custom,
        "line_item": _item_url(link, coupled),
        "page": page,
        "open": f"{page}/open",
    }


def _item_url(link: Link, item: LineItem | None) -> str | None:
    if item is None:
        return None
    profile = choice.by_slug(records.tool_by_id(item.tool_id).profile)
    return profile.line_item_url(records.course_by_id(link.course_id), item)


@bp.post("/mail")
def take_mail() -> ResponseReturnValue:
    """Keep a message so that people can read it on /mail."""
    data = inputs.json_object()
    number = store().insert(
        "mail",
        at=now(),
        sender=inputs.text(data, "from", ""),
        recipient=inputs.text(data, "to"),
        subject=inputs.text(data, "subject"),
        body=_long_text(data, "body"),
    )
    return jsonify(id=number), 201


def _long_text(data: dict[str, Any], name: str) -> str:
    value = data.get(name, "")
    if not inputs.is_clean(value) or len(value) > 200_000:
        raise Refused(400, "bad_field", name)
    return str(value)


@bp.get("/mail")
def mail() -> ResponseReturnValue:
    """The messages, newest first."""
    rows = store().rows("SELECT * FROM mail ORDER BY id DESC LIMIT 500")
    shown = [{"from" if k == "sender" else "to" if k == "recipient" else k: row[k]
              for k in row.keys()} for row in rows]  # fmt: skip
    return jsonify(messages=shown)
