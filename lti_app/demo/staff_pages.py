"""The pages around the courses: gradebook, mail, faults and tools."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from lti_app.demo import (
    faults,
    gradebook,
    inputs,
    keys,
    pages,
    records,
    registration,
    security,
)
from lti_app.demo.profiles import choice
from lti_app.demo.refusals import Refused
from lti_app.demo.state import issuer, now, store

bp = Blueprint("staff", __name__)
bp.after_request(pages.keep_language)
ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


@bp.before_request
def only_own_forms() -> None:
    """A form that another site sends is refused."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in (
        "none",
        "same-origin",
    ):
        raise Refused(403, "other_site")
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None and urlsplit(origin).netloc != request.host:
        raise Refused(403, "other_site")


@bp.get("/courses/<key>/gradebook")
def gradebook_page(key: str) -> ResponseReturnValue:
    """The gradebook; with ?part=table only the table, for the script that refreshes it."""
    course = records.course(key)
    table = gradebook.table(course)
    part = request.args.get("part") == "table"
    template = "demo/gradebook_table.html" if part else "demo/gradebook.html"
    return render_template(template, course=course, table=table, points=gradebook.points)


@bp.get("/mail")
def mail() -> ResponseReturnValue:
    """The messages that the tool would have sent."""
    rows = store().rows("SELECT * FROM mail ORDER BY id DESC LIMIT 200")
    return render_template("demo/mail.html", messages=rows)


@bp.get("/mail/<int(max=2147483647):number>")
def message(number: int) -> ResponseReturnValue:
    """One message; addresses in it are links."""
    row = store().row("SELECT * FROM mail WHERE id = ?", number)
    if row is None:
        raise Refused(404, "mail_unknown")
    return render_template("demo/message.html", message=row, body=_linked(row["body"]))


def _linked(body: str) -> Markup:
    parts, end = [], 0
    for found in ADDRESS.finditer(body):
        address = escape(found.group())
        parts += [escape(body[end : found.start()]), Markup(f'<a href="{address}">{address}</a>')]
        end = found.end()
    return Markup("").join([*parts, escape(body[end:])])


@bp.get("/faults")
def faults_page() -> ResponseReturnValue:
    """The faults that are on, and a form for more."""
    return render_template(
        "demo/faults.html",
        faults=faults.active(),
        services=faults.SERVICES,
        kinds=faults.KINDS,
        kids=[key["kid"] for key in keys.public_set(store())["keys"]],
    )


@bp.post("/faults")
def change_faults() -> ResponseReturnValue:
    """Switch a fault on or off, or make a new key."""
    action = request.form.get("action", "on")
    if action == "on":
        faults.switch_on(_fault_of_form())
    elif action == "rotate":
        keys.rotate(store(), now(), keep_old=True)
    else:
        number = inputs.whole(action.removeprefix("off-"), 2147483647)
        faults.switch_off(number)
    return redirect(url_for("staff.faults_page"), 303)


def _fault_of_form() -> dict[str, Any]:
    data: dict[str, Any] = {name: request.form.get(name, "") for name in ("service", "kind")}
    for name in ("times", "status", "retry_after"):
        raw = request.form.get(name, "").strip()
        if raw:
            data[name] = inputs.whole(raw)
            if data[name] is None:
                raise Refused(400, "bad_field", name)
    return data


@bp.get("/tools")
def tools_page() -> ResponseReturnValue:
    """The tools that are connected, and a form to connect one."""
    return render_template("demo/tools.html", tools=records.tools(), profiles=list(choice.PROFILES))


@bp.post("/tools/register")
def register_page() -> ResponseReturnValue:
    """Open a tool's registration page with a fresh one-time token."""
    address = request.form.get("url", "").strip()
    if not inputs.is_url(address):
        raise Refused(400, "bad_field", "url")
    allowed = security.tool_origins()
    if inputs.origin(address) not in allowed and not _is_local(address):
        raise Refused(400, "bad_field", "url")
    invitation = registration.invite(choice.by_slug(request.form.get("profile", "standard")))
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in invitation.items())
    mark = "&" if "?" in address else "?"
    return redirect(f"{address}{mark}{query}", 303)


def _is_local(address: str) -> bool:
    """The demo sends people to tools on this machine only."""
    host = urlsplit(address).hostname
    return host in ("localhost", "127.0.0.1", "::1", urlsplit(issuer()).hostname)
