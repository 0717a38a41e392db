"""The part of /api/* that tests use: odd launches, faults, keys, logs."""

import json
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from lti_app.demo import (
    api,
    faults,
    gradebook,
    inputs,
    keys,
    launches,
    names,
    records,
    seed,
    signing,
)
from lti_app.demo.records import Link, Tool
from lti_app.demo.refusals import Refused
from lti_app.demo.state import now, store

bp = Blueprint("api_for_tests", __name__, url_prefix="/api")
bp.before_request(api.only_from_here)
PASSING = ("score", "launch", "used_once", "access_token", "mail", "fault", "request_log")
KEPT = ("tool", "link", "line_item", "registration")


@bp.post("/launch")
def launch() -> ResponseReturnValue:
    """Start a launch and sign an id_token, with any part of it changed on request."""
    data = inputs.json_object()
    overrides = _overrides(data)
    tool, link = _what(data)
    course_key = inputs.text(data, "course", "mlo-lab")
    place = records.course_by_id(link.course_id) if link else records.course(course_key)
    started = launches.start(
        tool,
        records.person(inputs.text(data, "person", "zoe")),
        place,
        link,
        overrides=overrides,
        locale=inputs.text(data, "locale", "nl"),
        document_target=inputs.text(data, "document_target", "iframe"),
        has_storage=inputs.flag(data, "storage", False),
    )
    id_token, claims = launches.token(started.launch, inputs.text(data, "nonce", "") or None)
    return jsonify(
        id_token=id_token,
        claims=claims,
        redirect_uri=tool.redirect_uris[0],
        initiation={"url": started.url, "params": started.params},
    )


def _what(data: dict[str, Any]) -> tuple[Tool, Link | None]:
    """The tool and the activity that are meant; deep linking has no activity."""
    tool = records.tool(inputs.text(data, "client_id", "") or None)
    kind = inputs.text(data, "message_type", names.RESOURCE_LINK)
    if kind == names.DEEP_LINK:
        return tool, None
    if "link" in data:
        link = records.link(int(inputs.number(data, "link")))
        return records.tool_by_id(link.tool_id), link
    for place in records.courses():
        for link in records.links(place.id):
            if link.tool_id == tool.id:
                return tool, link
    raise Refused(404, "link_unknown")


def _overrides(data: dict[str, Any]) -> dict[str, Any]:
    key = inputs.text(data, "key", "current")
    if key not in signing.KEY_CHOICES:
        raise Refused(400, "bad_field", "key")
    removed: dict[str, Any] = {name: {"$remove": True} for name in inputs.texts(data, "remove", [])}
    header_removed: dict[str, Any] = {
        name: {"$remove": True} for name in inputs.texts(data, "remove_header", [])
    }
    return {
        "claims": {**inputs.mapping(data, "claims"), **removed},
        "header": {**inputs.mapping(data, "header"), **header_removed},
        "key": key,
    }


@bp.post("/keys/rotate")
def rotate() -> ResponseReturnValue:
    """Sign with a new key from now on."""
    keep_old = inputs.flag(inputs.json_object(), "keep_old", True)
    kid = keys.rotate(store(), now(), keep_old=keep_old)
    return jsonify(kid=kid, published=[key["kid"] for key in keys.public_set(store())["keys"]])


@bp.post("/faults")
def add_fault() -> ResponseReturnValue:
    """Switch a fault on."""
    return jsonify(_shown_fault(faults.switch_on(inputs.json_object()))), 201


@bp.get("/faults")
def list_faults() -> ResponseReturnValue:
    """The faults that are on."""
    return jsonify(faults=[_shown_fault(fault) for fault in faults.active()])


@bp.delete("/faults")
@bp.delete(f"/faults/<{api.NUMBER}:number>")
def remove_fault(number: int | None = None) -> ResponseReturnValue:
    """Switch one fault off, or all."""
    faults.switch_off(number)
    return "", 204


def _shown_fault(fault: faults.Fault) -> dict[str, Any]:
    return {
        "id": fault.id,
        "service": fault.service,
        "kind": fault.kind,
        "remaining": fault.remaining,
        "until": fault.until,
        **fault.settings,
    }


@bp.get("/gradebook/<key>")
def gradebook_of(key: str) -> ResponseReturnValue:
    """The gradebook of a course."""
    found = records.course(key)
    table = gradebook.table(found)
    marks = [
        {"person": member.person.key, "line_item": item.id, "label": item.label}
        | {"link": item.link_id, "score": gradebook.points(item, mark)}
        | {"maximum": item.maximum, "fraction": mark.value, "comment": mark.comment}
        | {"timestamp": mark.timestamp, "activity": mark.activity, "grading": mark.grading}
        for member, cells in table.lines
        for item, mark in cells
        if mark is not None
    ]
    items = [
        {"id": item.id, "label": item.label, "maximum": item.maximum, "link": item.link_id}
        | {"resource_id": item.resource_id, "tag": item.tag, "coupled": item.coupled}
        for item in table.items
    ]
    return jsonify(course=found.key, line_items=items, scores=marks)


@bp.get("/log")
def log() -> ResponseReturnValue:
    """The latest launches and service calls, oldest first."""
    launched = store().rows("SELECT * FROM launch ORDER BY id DESC LIMIT 500")
    called = store().rows("SELECT * FROM request_log ORDER BY id DESC LIMIT 1000")
    return jsonify(
        launches=[_shown_launch(row["id"]) for row in reversed(launched)],
        requests=[dict(row) for row in reversed(called)],
    )


def _shown_launch(number: int) -> dict[str, Any]:
    row = store().row(
        "SELECT launch.*, tool.client_id, person.key AS person, course.key AS course"
        " FROM launch JOIN tool ON tool.id = tool_id JOIN person ON person.id = person_id"
        " JOIN course ON course.id = course_id WHERE launch.id = ?",
        number,
    )
    names_shown = ("uid", "client_id", "person", "course", "link_id", "message_type")
    shown = {name: row[name] for name in names_shown} if row else {}
    times = {name: row[name] for name in ("created_at", "answered_at", "error")} if row else {}
    claims = json.loads(row["claims"]) if row and row["claims"] else None
    return {"id": number, **shown, **times, "claims": claims}


@bp.post("/reset")
def reset() -> ResponseReturnValue:
    """Forget scores, launches, mail, faults and logs; with all=true also tools and activities."""
    everything = inputs.flag(inputs.json_object(), "all", False)
    tables = PASSING + (KEPT if everything else ())
    with store().transaction():
        for table in tables:
            store().run(f"DELETE FROM {table}")
        if everything:
            store().run("DELETE FROM course WHERE key NOT IN ('mlo-lab', 'bionoord-gmp')")
    seed.seed(store())
    return jsonify(cleared=list(tables))
