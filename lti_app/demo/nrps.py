"""Names and Role Provisioning Services 2.0."""

import json
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from lti_app.demo import ags, claims, names, tokens
from lti_app.demo.profiles import choice
from lti_app.demo.profiles.standard import Message, Standard
from lti_app.demo.records import Course, Launch, Link, Member, Tool, links
from lti_app.demo.records import members as members_of
from lti_app.demo.refusals import Refused

bp = Blueprint("nrps", __name__)
PATH = f"/services/<{ags.NUMBER}:tool_id>/courses/<course>/memberships"
MOODLE_PATH = (
    f"/mod/lti/services.php/CourseSection/<{ags.NUMBER}:course>"
    f"/bindings/<{ags.NUMBER}:tool_id>/memberships"
)


@bp.get(PATH)
@bp.get(MOODLE_PATH, endpoint="moodle_members")
def members(tool_id: int, course: str | int) -> ResponseReturnValue:
    """Who takes part in a course."""
    profile = choice.of_request()
    tool = tokens.bearer(profile, names.MEMBERSHIP_SCOPE)
    if tool.id != tool_id:
        raise Refused(401 if profile.slug == "moodle" else 403, "not_yours")
    _check_accept(profile)
    place = ags.course_of_call(profile, course)
    link = _link(profile, place, tool)
    found = _found(profile, place)
    url = profile.members_url(place, tool)
    paging = ags.paged(profile, "nrps", url, len(found))
    shown = found[paging.start :][: paging.limit]
    body = {
        "id": url,
        "context": _context(profile, place),
        "members": [_member(profile, tool, place, link, member) for member in shown],
    }
    answer = Response(json.dumps(body))
    answer.content_type = f"{names.MEMBERS_TYPE}; charset=utf-8"
    return ags.with_link(answer, profile.members_link_header(paging))


def _check_accept(profile: Standard) -> None:
    accept = request.headers.get("Accept", "")
    if profile.accepts(names.MEMBERS_TYPE, accept):
        return
    if profile.slug == "moodle":
        path = request.path.removeprefix("/mod/lti/services.php")
        raise Refused(400, "moodle_reason", f"No handler found for {path} {accept}")
    raise Refused(406, "wrong_media_type", names.MEMBERS_TYPE)


def _context(profile: Standard, course: Course) -> dict[str, str]:
    return {"id": profile.public_id(course), "label": course.label, "title": course.title("nl")}


def _link(profile: Standard, course: Course, tool: Tool) -> Link | None:
    wanted = request.args.get("rlid")
    if wanted is None:
        return None
    for each in links(course.id):
        if each.tool_id == tool.id and profile.public_id(each) == wanted:
            return each
    raise Refused(404, "link_unknown")


def _found(profile: Standard, course: Course) -> list[Member]:
    everybody = members_of(course.id)
    if profile.slug == "moodle":
        everybody = [member for member in reversed(everybody) if member.active]
    wanted = request.args.get("role")
    if wanted is None:
        return everybody
    full = wanted if wanted.startswith("http") else names.MEMBERSHIP + wanted
    return [each for each in everybody if full in profile.roles(each.person, each.role)]


def _member(
    profile: Standard, tool: Tool, course: Course, link: Link | None, member: Member
) -> dict[str, Any]:
    person = member.person
    message = Message(_no_launch(tool, course, member), tool, person, course, None, link, None)
    roles = profile.roles(person, member.role)
    if profile.slug == "moodle":
        roles = [role.removeprefix(names.MEMBERSHIP) for role in roles]
    shown: dict[str, Any] = {
        "status": "Active" if member.active else "Inactive",
        "roles": roles,
        "user_id": profile.public_id(person),
        **claims.shared(message),
    }
    if profile.slug == "moodle":
        shown |= {"lis_person_sourcedid": "", "ext_user_username": person.key}
    if link is not None:
        shown["message"] = [_message(profile, message)]
    return shown


def _message(profile: Standard, message: Message) -> dict[str, Any]:
    """What a launch of this link would say to this member (NRPS 2.0, section 3.6)."""
    assert message.link is not None  # only asked for links
    given = message.tool.custom | message.link.custom
    known = claims.variables(message, profile)
    content: dict[str, Any] = {names.CLAIM + "message_type": names.RESOURCE_LINK}
    if profile.slug == "standard":
        content[names.CLAIM + "version"] = "1.3.0"
        content[names.CLAIM + "custom"] = profile.custom(given, known)
    return content


def _no_launch(tool: Tool, course: Course, member: Member) -> Launch:
    return Launch(
        id=0,
        uid="",
        tool_id=tool.id,
        person_id=member.person.id,
        course_id=course.id,
        link_id=None,
        message_type=names.RESOURCE_LINK,
        locale="nl",
        document_target="iframe",
        overrides={},
        created_at=0,
        answered_at=None,
    )
