"""Assignment and Grade Services 2.0."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from lti_app.demo import faults, gradebook, inputs, names, tokens
from lti_app.demo.profiles import choice
from lti_app.demo.profiles.standard import Paging, Standard
from lti_app.demo.records import Course, LineItem, Link, Tool, course_of, links
from lti_app.demo.refusals import Refused
from lti_app.demo.state import store

bp = Blueprint("ags", __name__)
NUMBER = "int(max=2147483647)"
STANDARD = f"/services/<{NUMBER}:tool_id>/courses/<course>/lineitems"
MOODLE = f"/mod/lti/services.php/<{NUMBER}:course>/lineitems"
STANDARD_ITEM = f"{STANDARD}/<{NUMBER}:number>"
MOODLE_ITEM = f"{MOODLE}/<{NUMBER}:number>/lineitem"


@dataclass(frozen=True)
class Call:
    """A service call by a tool that may make it."""

    profile: Standard
    tool: Tool
    course: Course


def _call(tool_id: int | None, course: str | int, *scopes: str) -> Call:
    profile = choice.of_request()
    tool = tokens.bearer(profile, *scopes)
    if profile.slug == "moodle":
        tool_id = inputs.whole(request.args.get("type_id", ""))
    if tool_id != tool.id:
        # Another tool's address: Moodle says 401, the specification leaves it open.
        raise Refused(401 if profile.slug == "moodle" else 403, "not_yours")
    return Call(profile, tool, course_of_call(profile, course))


def course_of_call(profile: Standard, public_id: str | int) -> Course:
    """The course that a service address names."""
    row = store().row(f"SELECT * FROM course WHERE {profile.finds_by()} = ?", public_id)
    if row is None:
        reason = f"Not Found: Course {public_id} doesn't exist"
        raise Refused(404, "course_unknown", reason if profile.slug == "moodle" else "")
    return course_of(row)


@bp.get(STANDARD)
@bp.get(MOODLE, endpoint="moodle_line_items")
def line_items(course: str | int, tool_id: int | None = None) -> ResponseReturnValue:
    """The tool's columns in a course, filtered and in pages."""
    call = _call(tool_id, course, names.LINE_ITEM_SCOPE, names.LINE_ITEM_READ_SCOPE)
    _check_accept(call.profile, names.LINE_ITEMS_TYPE)
    found = gradebook.items_of_tool(call.course, call.tool, _filters(call))
    url = call.profile.line_items_url(call.course, call.tool).partition("?")[0]
    paging = paged(call.profile, "ags", url, len(found))
    shown = found[paging.start :][: paging.limit]
    answer = _json([_shown(call, item) for item in shown], names.LINE_ITEMS_TYPE)
    return with_link(answer, call.profile.link_header(paging))


def _filters(call: Call) -> dict[str, Any]:
    filters: dict[str, Any] = {
        "resource_id": request.args.get("resource_id"),
        "tag": request.args.get("tag"),
        "link_id": None,
    }
    wanted = request.args.get("resource_link_id")
    if wanted is not None:
        opened = _link(call, wanted)
        filters["link_id"] = opened.id if opened else -1
    return filters


def paged(profile: Standard, service: str, url: str, total: int) -> Paging:
    """The page that this request asks for, or that a fault forces."""
    limit = profile.page_size
    if "limit" in request.args:
        asked = inputs.whole(request.args["limit"])
        if not asked:
            raise Refused(400, "bad_field", "limit")
        limit = min(asked, limit or asked)
    forced = faults.page_limit(service)
    if forced is not None:
        limit = min(forced, limit or forced)
    return Paging(url, request.args, profile.page_start(request.args), limit, total)


def with_link(answer: Response, header: str | None) -> Response:
    """The answer with a Link header when there is one."""
    if header:
        answer.headers["Link"] = header
    return answer


@bp.post(STANDARD)
@bp.post(MOODLE, endpoint="moodle_add_line_item")
def add_line_item(course: str | int, tool_id: int | None = None) -> ResponseReturnValue:
    """A new column."""
    call = _call(tool_id, course, names.LINE_ITEM_SCOPE)
    data = _body(call.profile, names.LINE_ITEM_TYPE)
    call.profile.check_line_item(data)
    opened = _link_of_body(call, data)
    item = gradebook.add_item(call.course, call.tool, data, link_id=opened.id if opened else None)
    return _json(_echo(call, item, data), names.LINE_ITEM_TYPE, 201)


@bp.get(STANDARD_ITEM)
@bp.get(MOODLE_ITEM, endpoint="moodle_line_item")
def line_item(course: str | int, number: int, tool_id: int | None = None) -> ResponseReturnValue:
    """One column."""
    call = _call(tool_id, course, names.LINE_ITEM_SCOPE, names.LINE_ITEM_READ_SCOPE)
    _check_accept(call.profile, names.LINE_ITEM_TYPE)
    item = gradebook.find_item(number, call.course, call.tool)
    return _json(_shown(call, item), names.LINE_ITEM_TYPE)


@bp.put(STANDARD_ITEM)
@bp.put(MOODLE_ITEM, endpoint="moodle_change_line_item")
def change_line_item(
    course: str | int, number: int, tool_id: int | None = None
) -> ResponseReturnValue:
    """Replace a column's description."""
    call = _call(tool_id, course, names.LINE_ITEM_SCOPE)
    item = gradebook.find_item(number, call.course, call.tool)
    data = _body(call.profile, names.LINE_ITEM_TYPE)
    call.profile.check_line_item(data)
    opened = _link_of_body(call, data)
    gradebook.change_item(item, data, opened.id if opened else item.link_id)
    changed = gradebook.find_item(number, call.course, call.tool)
    return _json(_echo(call, changed, data), names.LINE_ITEM_TYPE)


@bp.delete(STANDARD_ITEM)
@bp.delete(MOODLE_ITEM, endpoint="moodle_delete_line_item")
def delete_line_item(
    course: str | int, number: int, tool_id: int | None = None
) -> ResponseReturnValue:
    """Take a column away."""
    call = _call(tool_id, course, names.LINE_ITEM_SCOPE)
    gradebook.delete_item(gradebook.find_item(number, call.course, call.tool))
    return Response(status=204)


@bp.post(f"{STANDARD_ITEM}/scores")
@bp.post(f"{MOODLE_ITEM}/scores", endpoint="moodle_scores")
def scores(course: str | int, number: int, tool_id: int | None = None) -> ResponseReturnValue:
    """Take a score for one learner."""
    call = _call(tool_id, course, names.SCORE_SCOPE)
    item = gradebook.find_item(number, call.course, call.tool)
    data = _body(call.profile, names.SCORE_TYPE)
    gradebook.put_score(call.profile, call.course, item, data)
    answer = Response("", call.profile.score_status)
    answer.content_type = f"{names.SCORE_TYPE}; charset=utf-8"
    return answer


@bp.get(f"{STANDARD_ITEM}/results")
@bp.get(f"{MOODLE_ITEM}/results", endpoint="moodle_results")
def results(course: str | int, number: int, tool_id: int | None = None) -> ResponseReturnValue:
    """What stands in a column, by learner."""
    call = _call(tool_id, course, names.RESULT_SCOPE)
    if call.profile.slug == "moodle" and "limit" in request.args:
        raise Refused(404, "moodle_html", "limit")  # seen: an HTML error page
    _check_accept(call.profile, names.RESULTS_TYPE)
    item = gradebook.find_item(number, call.course, call.tool)
    found = _results(call, item)
    url = call.profile.line_item_url(call.course, item, "/results").partition("?")[0]
    paging = paged(call.profile, "ags", url, len(found))
    answer = _json(found[paging.start :][: paging.limit], names.RESULTS_TYPE)
    return with_link(answer, call.profile.link_header(paging))


def _results(call: Call, item: LineItem) -> list[dict[str, Any]]:
    wanted = request.args.get("user_id")
    cells = gradebook.marks(item)
    users = store().rows("SELECT id, uid FROM person ORDER BY id")
    public = {row["id"]: str(row[call.profile.finds_by()]) for row in users}
    url = call.profile.line_item_url(call.course, item, "/results")
    mark = "&" if "?" in url else "?"
    return [
        {
            "id": f"{url}{mark}user_id={inputs.quoted(public[person_id])}",
            "userId": public[person_id],
            "resultScore": gradebook.points(item, cell),
            "resultMaximum": item.maximum,
            "scoreOf": call.profile.line_item_url(call.course, item),
            **({"comment": cell.comment} if cell.comment else {}),
            "timestamp": cell.timestamp,
        }
        for person_id, cell in cells.items()
        if cell.value is not None and wanted in (None, public[person_id])
    ]


def _body(profile: Standard, wanted: str) -> dict[str, Any]:
    if request.mimetype != wanted:
        raise profile.wrong_content_type(wanted)
    return inputs.parse_object(request.get_data())


def _check_accept(profile: Standard, wanted: str) -> None:
    if not profile.accepts(wanted, request.headers.get("Accept", "")):
        raise profile.wrong_accept(wanted)


def _link(call: Call, public_id: str) -> Link | None:
    for each in links(call.course.id):
        if each.tool_id == call.tool.id and call.profile.public_id(each) == public_id:
            return each
    return None


def _link_of_body(call: Call, data: dict[str, Any]) -> Link | None:
    wanted = data.get("resourceLinkId")
    if wanted in (None, ""):
        return None
    opened = _link(call, str(wanted))
    if opened is None:
        raise Refused(400, "bad_field", "resourceLinkId")
    return opened


def _shown(call: Call, item: LineItem) -> dict[str, Any]:
    public = None
    for each in links(call.course.id):
        if each.id == item.link_id:
            public = call.profile.public_id(each)
    url = call.profile.line_item_url(call.course, item)
    return call.profile.line_item_json(url, item, public)


def _echo(call: Call, item: LineItem, data: dict[str, Any]) -> dict[str, Any]:
    """What was written: Moodle sends the body back, others the column as it is now."""
    if call.profile.slug == "moodle":
        return {**data, "id": call.profile.line_item_url(call.course, item)}
    return _shown(call, item)


def _json(data: object, media_type: str, status: int = 200) -> Response:
    answer = Response(json.dumps(data), status)
    answer.content_type = f"{media_type}; charset=utf-8"
    return answer
