"""Deep Linking 2.0: what comes back when a teacher has chosen."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lti_app.demo import arrangements, inputs, names, tool_keys
from lti_app.demo.profiles import choice
from lti_app.demo.profiles.standard import Standard
from lti_app.demo.records import (
    Launch,
    Link,
    Tool,
    course_by_id,
    find_launch,
    person_by_id,
    tool_by_id,
)
from lti_app.demo.refusals import Refused
from lti_app.demo.state import issuer, store
from lti_app.demo.tool_keys import BadToken

bp = Blueprint("deep_linking", __name__)
MOST_ITEMS = 50


@dataclass(frozen=True)
class Outcome:
    """One content item, and what became of it."""

    title: str
    kind: str
    link: Link | None
    reason: str


@bp.post("/deep-linking/<uid>")
def answer(uid: str) -> ResponseReturnValue:
    """Take the tool's answer, make the activities, and show what came back."""
    return _received(uid)


@bp.post("/mod/lti/contentitem_return.php")
def moodle_answer() -> ResponseReturnValue:
    """The same at Moodle's address."""
    return _received(request.args.get("sesskey", ""))


def _received(uid: str) -> ResponseReturnValue:
    launch = find_launch(uid)
    if launch is None or launch.message_type != names.DEEP_LINK:
        raise Refused(404, "launch_unknown")
    tool = tool_by_id(launch.tool_id)
    claims = _claims(tool, launch)
    outcomes = [_made(tool, launch, item) for item in _items(claims)]
    note = {"content_items": claims.get(names.DEEP_LINKING + "content_items", [])}
    shown = {**note, "made": [each.link.id for each in outcomes if each.link]}
    store().update("launch", launch.id, error=None, claims=json.dumps(shown))
    return render_template(
        "demo/deep_linked.html",
        course=course_by_id(launch.course_id),
        person=person_by_id(launch.person_id),
        outcomes=outcomes,
        messages=_messages(claims),
    )


def _claims(tool: Tool, launch: Launch) -> dict[str, Any]:
    try:
        claims = tool_keys.verified(tool, request.form.get("JWT", ""))
        _check(tool, launch, claims)
        tool_keys.use_once("nonce", tool, claims.get("nonce"))
    except BadToken as bad:
        store().update("launch", launch.id, error=bad.reason)
        raise Refused(400, "bad_deep_link", bad.reason) from bad
    return claims


def _check(tool: Tool, launch: Launch, claims: dict[str, Any]) -> None:
    if claims.get("iss") != tool.client_id:
        raise BadToken("iss must be the client_id")
    if not tool_keys.is_for(claims, {issuer()}):
        raise BadToken("aud must be the platform")
    if claims.get(names.CLAIM + "message_type") != names.DEEP_LINK_ANSWER:
        raise BadToken("message_type must be LtiDeepLinkingResponse")
    if claims.get(names.CLAIM + "version") != "1.3.0":
        raise BadToken("version must be 1.3.0")
    if claims.get(names.CLAIM + "deployment_id") not in tool.deployment_ids:
        raise BadToken("deployment_id is unknown")
    profile = choice.by_slug(tool.profile)
    sent = profile.deep_linking_settings(launch, tool).get("data")
    if claims.get(names.DEEP_LINKING + "data") != sent:
        raise BadToken("data must come back as it was sent")


def _items(claims: dict[str, Any]) -> list[dict[str, Any]]:
    items = claims.get(names.DEEP_LINKING + "content_items", [])
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise Refused(400, "bad_deep_link", "content_items")
    if not all(isinstance(item, dict) for item in items):
        raise Refused(400, "bad_deep_link", "content_items")
    return items


def _messages(claims: dict[str, Any]) -> list[str]:
    found = [claims.get(names.DEEP_LINKING + name) for name in ("msg", "errormsg")]
    return [message for message in found if isinstance(message, str) and message]


def _made(tool: Tool, launch: Launch, item: dict[str, Any]) -> Outcome:
    """One activity from one content item; an item that does not fit is reported, not lost."""
    kind = item.get("type")
    if kind != "ltiResourceLink":
        return Outcome(_title(item, tool), str(kind)[:80], None, "other_kind")
    profile = choice.by_slug(tool.profile)
    try:
        link = _link(profile, tool, launch, item)
    except Refused as refused:
        return Outcome(_title(item, tool), str(kind), None, f"{refused.code} {refused.detail}")
    return Outcome(link.title, str(kind), link, "")


def _title(item: dict[str, Any], tool: Tool) -> str:
    title = item.get("title")
    usable = isinstance(title, str) and inputs.is_clean(title) and title.strip()
    return str(title)[:255] if usable else tool.name


def _link(profile: Standard, tool: Tool, launch: Launch, item: dict[str, Any]) -> Link:
    wanted = {
        "client_id": tool.client_id,
        "course": course_by_id(launch.course_id).key,
        "title": _title(item, tool),
        "description": item.get("text"),
        "target_link_uri": item.get("url"),
        "custom": item.get("custom"),
        "line_item": _line_item(profile, item, _title(item, tool)),
    }
    link, _ = arrangements.put_link(wanted)
    return link


def _line_item(profile: Standard, item: dict[str, Any], title: str) -> dict[str, Any] | None:
    wanted = inputs.mapping(item, "lineItem")
    return profile.line_item_of_content(title, wanted) if wanted else None
