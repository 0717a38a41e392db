"""Starting a message to a tool: the first step of the OpenID Connect flow."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from lti_app.demo import claims, names, signing
from lti_app.demo.profiles import choice
from lti_app.demo.records import (
    Course,
    Launch,
    Link,
    Person,
    Tool,
    find_launch,
    role_of,
)
from lti_app.demo.refusals import Refused
from lti_app.demo.state import issuer, now, store

HINT_SECONDS = 600


@dataclass(frozen=True)
class Initiation:
    """What the browser posts to the tool's login address."""

    url: str
    params: dict[str, str]
    launch: Launch


def start(tool: Tool, person: Person, course: Course, link: Link | None, **how: Any) -> Initiation:
    """Note a new launch and say where the browser must go."""
    if not tool.is_ready:
        raise Refused(409, "tool_not_ready", tool.name)
    _check_place(person, course, link)
    uid = secrets.token_urlsafe(18)
    store().insert(
        "launch",
        uid=uid,
        tool_id=tool.id,
        person_id=person.id,
        course_id=course.id,
        link_id=link.id if link else None,
        message_type=names.RESOURCE_LINK if link else names.DEEP_LINK,
        locale=how.get("locale", "nl"),
        document_target=how.get("document_target", "iframe"),
        overrides=json.dumps(how.get("overrides", {})),
        created_at=now(),
    )
    launch = find_launch(uid)
    assert launch is not None  # just added
    return Initiation(
        tool.initiate_login_uri,
        _params(launch, link, has_storage=bool(how.get("has_storage"))),
        launch,
    )


def _check_place(person: Person, course: Course, link: Link | None) -> None:
    role = role_of(person.id, course.id)
    if role is None and not person.administrator:
        raise Refused(403, "not_in_course", person.key)
    if link is None and role != "teacher" and not person.administrator:
        raise Refused(403, "teacher_only")


def _params(launch: Launch, link: Link | None, *, has_storage: bool) -> dict[str, str]:
    message = claims.message_of(launch)
    profile = choice.by_slug(message.tool.profile)
    params = {
        "iss": issuer(),
        "target_link_uri": claims.target(message),
        "login_hint": profile.public_id(message.person),
        "lti_message_hint": profile.hint(launch, link),
        "client_id": message.tool.client_id,
        "lti_deployment_id": message.tool.deployment_ids[0],
    }
    return {**params, "lti_storage_target": "_parent"} if has_storage else params


def token(launch: Launch, nonce: str | None) -> tuple[str, dict[str, Any]]:
    """The signed id_token of a launch, and its claims; noted in the log."""
    message = claims.message_of(launch)
    body = claims.build(message, nonce)
    shown = signing.changed(body, launch.overrides.get("claims", {}))
    store().update("launch", launch.id, claims=json.dumps(shown))
    return signing.sign(body, launch.overrides), shown


def take(launch: Launch, *, once: bool) -> bool:
    """Note that a launch was answered; false when it may not be answered (again)."""
    if launch.created_at < now() - HINT_SECONDS:
        return False
    condition = " AND answered_at IS NULL" if once else ""
    taken = store().run(
        "UPDATE launch SET answered_at = ? WHERE id = ?" + condition, now(), launch.id
    )
    return taken == 1
