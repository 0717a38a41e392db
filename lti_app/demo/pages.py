"""The pages that people see: courses, activities, and the way into a tool."""

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from lti_app.demo import inputs, languages, launches, records, security
from lti_app.demo.records import Course, Member, Person, Tool, find_launch
from lti_app.demo.refusals import Refused
from lti_app.demo.state import store

bp = Blueprint("pages", __name__)
NUMBER = "int(max=2147483647)"
TARGETS = ("iframe", "window", "frame")


@bp.after_request
def keep_language(answer: Response) -> Response:
    """Remember a language that was chosen with a link."""
    if request.args.get("lang") in languages.LANGUAGES:
        answer.set_cookie(
            languages.COOKIE, languages.current(), samesite="Lax", httponly=True, max_age=31536000
        )
    return answer


@bp.get("/")
def home() -> ResponseReturnValue:
    """The courses, and the shortest way into their activities."""
    cards = [
        (course, records.links(course.id), _first(course, "learner"), _first(course, "teacher"))
        for course in records.courses()
    ]
    return render_template("demo/home.html", cards=cards, tools=_ready_tools())


def _first(course: Course, role: str) -> Person:
    for member in records.members(course.id):
        if member.role == role:
            return member.person
    raise Refused(404, "person_unknown")


def _ready_tools() -> list[Tool]:
    return [tool for tool in records.tools() if tool.is_ready]


@bp.get("/courses/<key>")
def course(key: str) -> ResponseReturnValue:
    """A course as one person sees it."""
    found = records.course(key)
    viewer, role = _viewer(found)
    return render_template(
        "demo/course.html",
        course=found,
        links=records.links(found.id),
        members=_everybody(found),
        viewer=viewer,
        role=role,
        tools=_ready_tools(),
    )


def _everybody(course: Course) -> list[Member]:
    row = store().row("SELECT * FROM person WHERE administrator ORDER BY id")
    admin = [Member(records.person_of(row), "admin", True)] if row else []
    return records.members(course.id) + admin


def _viewer(course: Course) -> tuple[Person, str]:
    """Who looks (?as=), by default the teacher."""
    wanted = request.args.get("as")
    viewer = records.person(wanted) if wanted else _first(course, "teacher")
    role = records.role_of(viewer.id, course.id)
    if role is None and not viewer.administrator:
        raise Refused(403, "not_in_course", viewer.key)
    return viewer, role or "admin"


@bp.get(f"/courses/<key>/links/<{NUMBER}:number>")
def activity(key: str, number: int) -> ResponseReturnValue:
    """An activity in a frame, as a learning platform shows it."""
    found = records.course(key)
    viewer, role = _viewer(found)
    return render_template(
        "demo/activity.html",
        course=found,
        link=records.link(number, found.id),
        viewer=viewer,
        role=role,
        storage=request.args.get("storage") == "1",
        origins=" ".join(security.tool_origins()),
    )


@bp.get(f"/courses/<key>/links/<{NUMBER}:number>/open")
def open_activity(key: str, number: int) -> ResponseReturnValue:
    """Start a launch: the browser posts itself to the tool's login address."""
    found = records.course(key)
    viewer, _ = _viewer(found)
    link = records.link(number, found.id)
    return _initiation(records.tool_by_id(link.tool_id), viewer, found, link)


@bp.get("/courses/<key>/add")
def add(key: str) -> ResponseReturnValue:
    """Where a teacher adds an activity from a tool."""
    found = records.course(key)
    viewer, role = _viewer(found)
    if role == "learner":
        raise Refused(403, "teacher_only")
    tools = _ready_tools()
    chosen = records.tool(request.args.get("tool"))
    return render_template(
        "demo/add.html",
        course=found,
        viewer=viewer,
        role=role,
        tools=tools,
        chosen=chosen,
        storage=request.args.get("storage") == "1",
        origins=" ".join(security.tool_origins()),
    )


@bp.get("/courses/<key>/add/open")
def open_picker(key: str) -> ResponseReturnValue:
    """Start a deep linking request."""
    found = records.course(key)
    viewer, _ = _viewer(found)
    return _initiation(records.tool(request.args.get("tool")), viewer, found, None)


def _initiation(
    tool: Tool, viewer: Person, course: Course, link: records.Link | None
) -> ResponseReturnValue:
    target = request.args.get("target", "iframe")
    if target not in TARGETS:
        raise Refused(400, "bad_field", "target")
    started = launches.start(
        tool,
        viewer,
        course,
        link,
        locale=languages.current(),
        document_target=target,
        has_storage=request.args.get("storage") == "1",
    )
    return render_template(
        "demo/auto_post.html", url=started.url, fields=started.params, to_tool=True
    )


@bp.get("/return")
def returned() -> ResponseReturnValue:
    """Where a tool sends people back, with or without a message."""
    launch = find_launch(request.args.get("launch", ""))
    if launch is None:
        raise Refused(404, "launch_unknown")
    return render_template(
        "demo/returned.html",
        course=records.course_by_id(launch.course_id),
        viewer=records.person_by_id(launch.person_id),
        message=_shown("lti_msg"),
        error=_shown("lti_errormsg"),
    )


def _shown(name: str) -> str:
    value = request.args.get(name, "")
    return value[:1000] if inputs.is_clean(value) else ""


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """The icon that browsers ask for by themselves."""
    return current_app.send_static_file("icon.svg")
